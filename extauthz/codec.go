package extauthz

import (
	"strings"

	corev3 "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	authv3 "github.com/envoyproxy/go-control-plane/envoy/service/auth/v3"
	typev3 "github.com/envoyproxy/go-control-plane/envoy/type/v3"
	"google.golang.org/genproto/googleapis/rpc/status"
	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/types/known/structpb"

	"github.com/sallyport/sallyport/internal/action"
	"github.com/sallyport/sallyport/internal/answer"
	"github.com/sallyport/sallyport/internal/reason"
	"github.com/sallyport/sallyport/internal/wire"
)

// partialBody is Envoy's own header in a Check: "true" when it cut the body.
const partialBody = "x-envoy-auth-partial-body"

// check is one Check as the gateway sees it.
type check struct {
	requestID string
	authority string
	target    string // path with query, as Envoy will send it
	request   action.Request
	unread    bool        // the route gave no body to the check: it streams past it
	fault     reason.Code // why this is not the whole request, "" when it is
	source    *authv3.AttributeContext_Peer
}

// decode reads a Check. Envoy was told to send raw headers, so that duplicates
// stay apart and bytes stay bytes.
func decode(in *authv3.CheckRequest) check {
	http := in.GetAttributes().GetRequest().GetHttp()
	c := check{
		authority: http.GetHost(),
		target:    http.GetPath(),
		request:   action.Request{Method: http.GetMethod(), Body: http.GetRawBody()},
		source:    in.GetAttributes().GetSource(),
	}
	c.request.Path, c.request.RawQuery, _ = strings.Cut(c.target, "?")
	raw := http.GetHeaderMap().GetHeaders()
	c.request.Header = make([]action.Header, 0, len(raw))
	for _, h := range raw {
		value := h.GetValue()
		if len(h.GetRawValue()) > 0 {
			value = string(h.GetRawValue())
		}
		c.request.Header = append(c.request.Header, action.Header{Name: strings.ToLower(h.GetKey()), Value: value})
	}
	c.requestID, _ = c.header(wire.RequestID)
	c.unread = in.GetAttributes().GetContextExtensions()[wire.ContextBody] == wire.BodyUnread
	c.fault = c.whole(http)
	return c
}

// whole refuses what an Envoy that is set up in another way would send: part of
// a body, a body as text in which bytes were replaced, and a request without an
// id, whose decision nobody could find again.
func (c check) whole(http *authv3.AttributeContext_HttpRequest) reason.Code {
	partial, said := c.header(partialBody)
	switch {
	case said && partial != "false":
		return reason.BodyTooLarge
	case http.GetBody() != "", c.requestID == "":
		return reason.Internal
	}
	return ""
}

// header returns the first header of a name.
func (c check) header(name string) (string, bool) {
	for _, h := range c.request.Header {
		if h.Name == name {
			return h.Value, true
		}
	}
	return "", false
}

// pass says how a request goes on. Every credential slot but slot is removed.
type pass struct {
	decision string
	tenant   string
	slot     string      // the one credential slot that may be filled, or ""
	set      [][2]string // headers that replace whatever was there
	remove   []string
}

// allow is the only place that builds an answer which lets a request pass.
func allow(p pass) *authv3.CheckResponse {
	ok := &authv3.OkHttpResponse{HeadersToRemove: p.remove}
	for _, slot := range wire.CredentialSlots {
		if slot != p.slot {
			ok.HeadersToRemove = append(ok.HeadersToRemove, slot)
		}
	}
	for _, h := range p.set {
		ok.Headers = append(ok.Headers, overwrite(h))
	}
	return &authv3.CheckResponse{
		Status:          &status.Status{Code: int32(codes.OK)},
		HttpResponse:    &authv3.CheckResponse_OkResponse{OkResponse: ok},
		DynamicMetadata: metadata(wire.VerdictAllow, p.decision, p.tenant, p.slot),
	}
}

// deny is the only place that builds a refusal. Its gRPC status is never 0: a
// denied answer with status 0 is an allow to Envoy.
func deny(decision, tenant string, a answer.Answer) *authv3.CheckResponse {
	denied := &authv3.DeniedHttpResponse{
		Status: &typev3.HttpStatus{Code: typev3.StatusCode(a.Status)},
		Body:   string(a.Body),
	}
	for _, h := range a.Headers {
		denied.Headers = append(denied.Headers, overwrite(h))
	}
	return &authv3.CheckResponse{
		Status:          &status.Status{Code: int32(codes.PermissionDenied)},
		HttpResponse:    &authv3.CheckResponse_DeniedResponse{DeniedResponse: denied},
		DynamicMetadata: metadata(wire.VerdictDeny, decision, tenant, ""),
	}
}

func overwrite(h [2]string) *corev3.HeaderValueOption {
	return &corev3.HeaderValueOption{
		Header:       &corev3.HeaderValue{Key: h[0], Value: h[1]},
		AppendAction: corev3.HeaderValueOption_OVERWRITE_IF_EXISTS_OR_ADD,
	}
}

// metadata reaches the seal and every access log entry: no secret, no argument.
func metadata(verdict, decision, tenant, slot string) *structpb.Struct {
	return &structpb.Struct{Fields: map[string]*structpb.Value{
		wire.MetaVerdict:  structpb.NewStringValue(verdict),
		wire.MetaDecision: structpb.NewStringValue(decision),
		wire.MetaTenant:   structpb.NewStringValue(tenant),
		wire.MetaSlot:     structpb.NewStringValue(slot),
	}}
}
