package action

import (
	"fmt"

	"github.com/sallyport/sallyport/internal/mcp/client"
)

// askWords are what actions of a server's questions are called, and what they do.
var askWords = map[client.Asks][2]string{
	client.Sampling:    {"sampling.create", "Let the server use the model of the agent's client"},
	client.Elicitation: {"elicitation.create", "Let the server ask whoever sits at the agent's client"},
	client.Roots:       {"roots.list", "Tell the server the folders of the agent's client"},
}

// asks makes an action of each thing that the catalog lets its server ask, so that
// the policy decides about it. No agent calls it, and it is no fact.
func (c *compiler) asks() {
	if c.src.MCP == nil {
		return
	}
	c.catalog.mcp.asks = map[client.Asks]*Action{}
	for i, word := range c.src.MCP.MayAsk {
		kind := client.AskNamed(word)
		name := c.catalog.name + "." + askWords[kind][0]
		switch {
		case kind == 0:
			c.add(fmt.Sprintf("mcp.may_ask[%d]", i), "must be sampling, elicitation or roots", quoted(word))
			continue
		case c.catalog.byName[name] != nil:
			c.add(fmt.Sprintf("mcp.may_ask[%d]", i), "is an action already, "+name, quoted(word))
			continue
		}
		a := &Action{
			Name: name, Summary: askWords[kind][1], Description: askWords[kind][1],
			op: &operation{method: "POST", shared: &c.catalog.shared, mcp: &serverTool{method: kind.Method()}},
		}
		c.catalog.mcp.asks[kind] = a
		c.catalog.actions = append(c.catalog.actions, a)
		c.catalog.byName[name] = a
	}
}

// MayAsk is what the catalog lets its MCP server ask of the agents' clients.
func (c *Catalog) MayAsk() (out client.Asks) {
	if c.mcp == nil {
		return 0
	}
	for kind := range c.mcp.asks {
		out |= kind
	}
	return out
}

// Question is the action of something that the server may ask; nil for what the
// catalog does not allow.
func (c *Catalog) Question(kind client.Asks) *Action {
	if c.mcp == nil {
		return nil
	}
	return c.mcp.asks[kind]
}

// isQuestion says that the action is none that anybody calls.
func (a *Action) isQuestion() bool { return a.op.mcp != nil && client.AskOf(a.op.mcp.method) != 0 }
