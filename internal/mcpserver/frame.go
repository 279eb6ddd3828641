package mcpserver

import (
	"github.com/sallyport/sallyport/internal/action"
	"github.com/sallyport/sallyport/internal/mcp/client"
)

// Kind is what a client's message is. The list is closed.
type Kind uint8

// The kinds. The zero Kind is Unlisted: a request for what the gateway does not
// offer.
const (
	Unlisted     Kind = iota
	Initialize        // begins a session
	Discover          // server/discover
	Ping              //
	List              // tools/list
	Call              // tools/call
	Notification      // notifications/*: taken, nothing is done
	Response          // an answer to what the gateway never asked: taken, nothing is done
	Get               // asks for a stream of the gateway's own messages: there is none
	Delete            // ends a session
	Resources         // resources/list
	Templates         // resources/templates/list
	Prompts           // prompts/list
	ReadResource      // resources/read
	GetPrompt         // prompts/get
	Complete          // completion/complete
	Reply             // an answer to what a tool's server asked through the gateway
)

// String is the word records use, after "mcp.".
func (k Kind) String() string {
	return [...]string{
		"unlisted", "initialize", "discover", "ping", "tools_list", "tools_call", "notification", "response", "get", "delete",
		"resources_list", "resources_templates", "prompts_list", "resources_read", "prompts_get", "completion", "reply",
	}[k]
}

// Frame is one message of a client.
type Frame struct {
	Kind    Kind
	Modern  bool   // of 2026-07-28
	ID      ID     // of what must be answered; empty for a notification, a response, GET and DELETE
	Session string // the session id it came with, "" for none
	Asked   string // Initialize: the version the client speaks
	Call    ToolCall
	Partial Partial
	Asks    client.Asks // what a call's client can be asked
}

// IsCall says that the message is a call, which the policy decides about; all
// others are of the protocol alone.
func (f Frame) IsCall() bool {
	return f.Kind == Call || f.Kind == ReadResource || f.Kind == GetPrompt || f.Kind == Reply
}

// Mapped says that the message is about resources, prompts or their arguments,
// which are offered only where a catalog maps some.
func (f Frame) Mapped() bool {
	return f.Kind >= Resources && f.Kind <= Complete
}

// Partial is what a completion/complete asks about.
type Partial struct {
	Prompt   string // its name; "" for a resource
	URI      string // of a resource, with its arguments' names in braces
	Argument string
	Value    string // what there is of it
}

// ToolCall is one tools/call, resources/read or prompts/get.
type ToolCall struct {
	Name      string // of the tool or the prompt; the address of a resource
	Arguments action.JSON
	// Progress is the client's token for progress, as JSON; "" when it asked for
	// none or does not read streams.
	Progress string
	// Log is the least level of a tool's log that the client reads; "" for none.
	Log string
	// Reason is why the agent makes the call, in its own words; "" for none.
	Reason string
	// Question is what the call was answered with before, "" for nothing; Answers
	// are the client's to it, a JSON object.
	Question string
	Answers  string
}

// NeedsSession says whether the message belongs to a session, so that one which
// names none is refused. Notifications and responses do nothing, and may come
// without one.
func (f Frame) NeedsSession() bool {
	switch f.Kind {
	case Initialize, Notification, Response, Get:
		return false
	default:
		return !f.Modern
	}
}

// ID is a request's id as JSON in printable ASCII without a character that
// Envoy's formats act on, at most maxID bytes long before it was escaped. "" is
// no id, and answered as null.
type ID string

// maxID bounds an id that is a text, in bytes.
const maxID = 128

func readID(j action.JSON) (ID, bool) {
	if n, ok := j.Integer(); ok {
		return ID(appendInt(nil, n)), true
	}
	text, ok := j.Text()
	if !ok || len(text) > maxID {
		return "", false
	}
	return ID(appendASCII(nil, text)), true
}

func (id ID) orNull() string {
	if id == "" {
		return "null"
	}
	return string(id)
}
