package execute

import (
	"context"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/sallyport/sallyport/internal/grant"
	"github.com/sallyport/sallyport/internal/tenant"
	"github.com/sallyport/sallyport/internal/wire"
)

// Times of Watch.
const (
	watchTick  = 30 * time.Second
	watchAtOne = 8 // servers asked at a time
)

// Watch asks every MCP server of every tenant what it offers, at least every
// five minutes, until ctx ends: what changed is hidden before an agent calls it.
func (c *Client) Watch(ctx context.Context, tenants *tenant.Set) error {
	ticker := c.clock.NewTicker(watchTick)
	defer ticker.Stop()
	for {
		c.lookAtAll(ctx, tenants)
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.Chan():
		}
	}
}

func (c *Client) lookAtAll(ctx context.Context, tenants *tenant.Set) {
	var group errgroup.Group
	group.SetLimit(watchAtOne)
	for _, t := range tenants.All() {
		for _, tool := range t.Tools {
			if !isOverMCP(tool) || c.mcp.isFresh(t.Name, tool, c.clock.Now().Add(watchTick)) {
				continue
			}
			group.Go(func() error {
				if err := c.lookAt(ctx, t, tool); err != nil && ctx.Err() == nil {
					c.mcp.Logger.Warn("An MCP server could not be asked what it offers", "tenant", t.Name, "tool", tool.Name, "error", err)
				}
				return nil
			})
		}
	}
	_ = group.Wait()
}

// lookAt asks a server in the gateway's own name and session.
func (c *Client) lookAt(ctx context.Context, t *tenant.Tenant, tool *tenant.Tool) error {
	c.mcp.unsure(t.Name, tool)
	_, err := c.ready(ctx, Parcel{Tool: tool, Order: grant.Order{
		Admission: wire.DecisionID("gateway-" + nonce()), Tenant: t.Name,
		Agent: ActorGateway, SessionID: ActorGateway, TokenID: ActorGateway,
	}})
	return err
}
