package execute

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"time"

	"github.com/jonboulle/clockwork"

	"github.com/sallyport/sallyport/internal/action"
	"github.com/sallyport/sallyport/internal/grant"
	"github.com/sallyport/sallyport/internal/reason"
	"github.com/sallyport/sallyport/internal/sessionkey"
	"github.com/sallyport/sallyport/internal/tenant"
	"github.com/sallyport/sallyport/internal/wire"
)

// maxAnswer bounds what is read of a tool's answer, in bytes.
const maxAnswer = 1 << 20

// errAnswerTooLarge means that a tool's answer was cut: it proves nothing.
var errAnswerTooLarge = errors.New("the tool's answer is larger than 1 MiB")

// ClientOptions are what a Client needs.
type ClientOptions struct {
	Socket string // of the execute listener
	Node   string // id of the Envoy behind it
	Sealer *grant.Sealer
	// Surrogates are what Restore opens; none open nothing.
	Surrogates sessionkey.Source
	Clock      clockwork.Clock
	MCP        MCPOptions
}

// Client sends single requests through the execute listener.
type Client struct {
	node   string
	sealer *grant.Sealer
	clock  clockwork.Clock
	http   *http.Client
	mcp    *servers

	surrogates sessionkey.Source
}

// NewClient returns a Client. It never follows a redirect and never repeats a
// request: whether to send again is the ledger's decision.
func NewClient(o ClientOptions) *Client {
	dialer := &net.Dialer{}
	if o.Surrogates == nil {
		o.Surrogates = func() sessionkey.Keys { return nil }
	}
	return &Client{node: o.Node, sealer: o.Sealer, surrogates: o.Surrogates, clock: o.Clock, mcp: newServers(o.MCP), http: &http.Client{
		Transport: &http.Transport{
			DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
				return dialer.DialContext(ctx, "unix", o.Socket)
			},
			DisableCompression:  true,
			MaxIdleConnsPerHost: 64,
			IdleConnTimeout:     time.Minute,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// Parcel is one request to a tool and the order it travels with. Send fills
// the order's nonce, Envoy and digest.
type Parcel struct {
	Order       grant.Order
	Tool        *tenant.Tool
	Request     action.Request
	ProviderKey string // value of the action's provider key header, or ""
	KeyHeader   string
	ReplayMark  string   // response header of a stored answer, or ""
	Listener    Listener // nil for a request that nobody listens to
}

// Response is what came back.
type Response struct {
	Status    int
	MediaType string
	Body      []byte
	// NotSent is the proof that no byte reached the tool: reason.ToolUnreachable,
	// or the execute check's own reason. "" when the request may have reached it.
	NotSent reason.Code
	// Stored says that the tool gave the answer that it had stored under the key.
	Stored bool
	// RetryAt is when the tool says that a call may be made again, zero when it does not.
	RetryAt time.Time
}

// overrun is how much longer than a tool's timeout a call is waited for here: Envoy ends
// it, and says so.
const overrun = time.Second

// Send makes one attempt. An error means that nothing is known about it. A call
// of an MCP server's tool goes in the agent's session with that server, which is
// opened when there is none.
func (c *Client) Send(ctx context.Context, p Parcel) (Response, error) {
	if isOverMCP(p.Tool) {
		return c.call(ctx, p)
	}
	ctx, cancel := context.WithTimeout(ctx, p.Tool.Timeout+overrun)
	defer cancel()
	response, out, err := c.exchange(ctx, p)
	if err != nil {
		return out, err
	}
	defer func() { _ = response.Body.Close() }()
	out.Body, err = io.ReadAll(io.LimitReader(response.Body, maxAnswer+1))
	switch {
	case err != nil:
		return out, fmt.Errorf("the tool's answer broke off: %w", err)
	case len(out.Body) > maxAnswer:
		return out, errAnswerTooLarge
	}
	return out, nil
}

// exchange sends a request and returns what its answer begins with; the caller
// reads the body. Nothing is sent when an error comes with NotSent.
func (c *Client) exchange(ctx context.Context, p Parcel) (*http.Response, Response, error) {
	request, err := c.build(ctx, p)
	if err != nil {
		return nil, Response{NotSent: reason.Internal}, err
	}
	response, err := c.http.Do(request)
	if err != nil {
		return nil, Response{NotSent: notDialled(err)}, fmt.Errorf("the execute listener gave no answer: %w", withoutURL(err))
	}
	return response, Response{
		Status:    response.StatusCode,
		MediaType: response.Header.Get("content-type"),
		NotSent:   notSent(response.Header.Get(wire.HeaderNotSent)),
		Stored:    p.ReplayMark != "" && response.Header.Get(p.ReplayMark) == "true",
		RetryAt:   retryAfter(response.Header, c.clock.Now()),
	}, nil
}

// withoutURL is an error without the address of its request, whose arguments may
// be personal and do not belong into a log.
func withoutURL(err error) error {
	var asked *url.Error
	if errors.As(err, &asked) {
		return asked.Err
	}
	return err
}

// notDialled is ToolUnreachable when not even the connection to our own Envoy
// stood: nothing left this process.
func notDialled(err error) reason.Code {
	var op *net.OpError
	if errors.As(err, &op) && op.Op == "dial" {
		return reason.ToolUnreachable
	}
	return ""
}

// notSent reads the mark: "1" is Envoy's own, anything else a reason code.
func notSent(mark string) reason.Code {
	if mark == "1" {
		return reason.ToolUnreachable
	}
	return reason.Code(mark)
}

// build makes the HTTP request and seals its order.
func (c *Client) build(ctx context.Context, p Parcel) (*http.Request, error) {
	target := "/" + p.Tool.Name + p.Request.Path
	if p.Request.RawQuery != "" {
		target += "?" + p.Request.RawQuery
	}
	request, err := http.NewRequestWithContext(ctx, p.Request.Method, "http://"+p.Tool.Name+target, bytes.NewReader(p.Request.Body))
	if err != nil {
		return nil, err
	}
	// A body that cannot be read again is one that net/http cannot repeat. To it
	// an empty one could be, so this one does not say that it is empty.
	request.GetBody = nil
	if len(p.Request.Body) == 0 {
		request.Body = io.NopCloser(bytes.NewReader(nil))
	}
	request.Header.Set("user-agent", "sallyport")
	for _, h := range p.Request.Header {
		request.Header.Add(h.Name, h.Value)
	}
	if p.KeyHeader != "" {
		request.Header.Set(p.KeyHeader, p.ProviderKey)
	}
	order := p.Order
	order.Nonce, order.Envoy, order.Tool = nonce(), c.node, p.Tool.Name
	order.Body = grant.BodyDigest(p.Request.Method, p.Tool.Name, target, p.ProviderKey, p.Request.Body)
	sealed, err := c.sealer.Order(order)
	if err != nil {
		return nil, err
	}
	request.Header.Set(wire.HeaderOrder, sealed)
	return request, nil
}

// nonce is 128 random bits; crypto/rand does not fail.
func nonce() string {
	var b [16]byte
	_, _ = rand.Read(b[:])
	return hex.EncodeToString(b[:])
}
