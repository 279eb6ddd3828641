package answer

import (
	"time"

	"github.com/sallyport/sallyport/internal/mcpserver"
	"github.com/sallyport/sallyport/internal/reason"
	"github.com/sallyport/sallyport/internal/wire"
)

// Thing is what happened to a call, as far as its client may know.
type Thing struct {
	Code     reason.Code
	Decision string // dec-…, on every answer
	Intent   string // int_… when the answer speaks about one
	Say      string // the rule's, or the person's, own words
	Rule     string // "policy.csv:4"
	Field    string // of a request that is no call
	Hint     string // what would be accepted
	Group    string // held: the people who are asked
	Limit    string // limit_exceeded: its name
	RetryAt  time.Time
	Now      time.Time    // with RetryAt
	Metadata string       // with a refused token: where RFC 9728's metadata is
	Call     mcpserver.ID // with MCP: the call that is answered
}

// Answer is one HTTP answer.
type Answer struct {
	Status  int
	Headers [][2]string // lower case names, in order; content-type is among them
	Body    []byte
}

// Dialect is how an API's clients expect errors.
type Dialect string

// The dialects a catalog may name.
const (
	Stripe  Dialect = "stripe"
	Zendesk Dialect = "zendesk"
	Slack   Dialect = "slack"
	Jira    Dialect = "jira"
	HubSpot Dialect = "hubspot"
	Problem Dialect = "problem"
)

// The dialects of MCP, which no catalog names: of tool calls, whatever the tool
// behind them is, of resources and prompts, and of what is refused before a call
// was read.
const (
	MCP        Dialect = "mcp"
	MCPRequest Dialect = wire.DialectRequest
	MCPError   Dialect = "mcp_error"
)

// Dialects are those that a catalog may name.
func Dialects() []Dialect { return []Dialect{Stripe, Zendesk, Slack, Jira, HubSpot, Problem} }

// Render makes the answer for a thing. An unknown dialect is Problem.
func Render(d Dialect, t Thing) Answer {
	entry := lookup(t.Code)
	if (d == MCP || d == MCPRequest) && entry.status == 401 { // a bad token is the one thing a client handles by itself
		d = MCPError
	}
	entry.status = statusOf(d, entry)
	a := Answer{Status: entry.status, Headers: headers(d, entry, t)}
	sentence := Sentence(t)
	switch d {
	case Stripe:
		a.Body = stripeBody(entry, t, sentence)
	case MCP:
		a.Body = mcpBody(t, sentence)
	case MCPRequest:
		a.Body = mcpserver.DeniedFault(t.Call, sentence, mcpData(t, sentence)).Body()
	case MCPError:
		a.Body = mcpError(sentence)
	case Zendesk:
		a.Body = zendeskBody(t, sentence)
	case Slack:
		a.Body = slackBody(t, sentence)
	case Jira:
		a.Body = jiraBody(t, sentence)
	case HubSpot:
		a.Body = hubspotBody(entry, t, sentence)
	default:
		a.Body = problemBody(entry, t, sentence)
	}
	return a
}
