package extauthz

import (
	"google.golang.org/protobuf/proto"

	authv3 "github.com/envoyproxy/go-control-plane/envoy/service/auth/v3"

	"github.com/sallyport/sallyport/internal/action"
	"github.com/sallyport/sallyport/internal/reason"
)

// partialBody is Envoy's own header in a Check: "true" when it cut the body.
const partialBody = "x-envoy-auth-partial-body"

// check is one CheckRequest of Envoy, as far as the gateway reads it.
type check struct {
	requestID string
	authority string // the host that was called, with its port
	target    string // path with query, as Envoy will send it
	request   action.Request
	textBody  string      // a body in the field for texts, which is refused: see whole
	unread    bool        // an upload's route: the body streams to the tool and the check gets none
	fault     reason.Code // why this is not the whole request, "" when it is
	source    string      // the peer's address and certificate, still encoded: few tokens ask for them
}

// peer is who called: the zero peer when Envoy did not say, nil when what it said
// cannot be read.
func (c *check) peer() *authv3.AttributeContext_Peer {
	out := new(authv3.AttributeContext_Peer)
	if proto.Unmarshal([]byte(c.source), out) != nil {
		return nil
	}
	return out
}

// whole is why a request must not be decided, because an Envoy that is configured
// otherwise sent it: with a part of its body, with the body as text, in which bytes
// may be replaced, or without an id, so that nobody could find its decision again.
// "" when all of it is here.
func (c *check) whole() reason.Code {
	partial, said := c.header(partialBody)
	switch {
	case said && partial != "false":
		return reason.BodyTooLarge
	case c.textBody != "", c.requestID == "", !said && c.bodiless():
		return reason.Internal
	}
	return ""
}

// bodiless says that the request has a body which Envoy did not give to the check,
// though no route told it to: the tool would get what nobody has read.
func (c *check) bodiless() bool {
	length, _ := c.header("content-length")
	return length != "" && length != "0" && len(c.request.Body) == 0 && !c.unread
}

// header returns the first header of a name.
func (c *check) header(name string) (string, bool) {
	for _, h := range c.request.Header {
		if h.Name == name {
			return h.Value, true
		}
	}
	return "", false
}
