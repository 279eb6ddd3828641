package resource

import (
	accesslogv3 "github.com/envoyproxy/go-control-plane/envoy/config/accesslog/v3"
	corev3 "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	hcmv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/network/http_connection_manager/v3"
	matcherv3 "github.com/envoyproxy/go-control-plane/envoy/type/matcher/v3"
	"google.golang.org/protobuf/types/known/structpb"

	"github.com/sallyport/sallyport/internal/reason"
	"github.com/sallyport/sallyport/internal/wire"
)

// decisionFormat is the decision's id wherever Envoy writes it.
const decisionFormat = wire.DecisionPrefix + "%REQ(X-REQUEST-ID)%"

// unsent are the response flags which prove that no byte reached the upstream:
// no connection, no host, no route or cluster, no room, no verdict.
var unsent = []string{"UF", "UH", "UO", "NR", "NC", "UAEX"}

// tooLarge is said of an answer that is over what Envoy holds for the mask, which is
// when Envoy itself answers 500, and only then.
const tooLarge = "The answer of the tool is too large to be checked for personal data, so it was withheld. Repeating the call gives the same result; ask for a smaller answer."

// agentReplies are the answers that Envoy gives to agents by itself. A refusal
// by the check keeps its own words: its mapper comes first and changes nothing.
func agentReplies() *hcmv3.LocalReplyConfig {
	return &hcmv3.LocalReplyConfig{Mappers: []*hcmv3.ResponseMapper{
		mapper(refusedByCheck(), nil),
		mapper(toolCallAnd(flags("NR", "NC")), toolResult("The gateway cannot decide this call at the moment. Nothing was done.")),
		mapper(toolCallAnd(flags("UF", "UH", "UO")), toolResult("What this call needs cannot be reached at the moment. Nothing was done.")),
		mapper(toolCallAnd(flags("UC", "UT", "UR", "UPE", "LR", "SI")), toolResult("The answer to this call broke off. It may have been done: send the same call again to get the outcome.")),
		mapper(toolCallAnd(status(500)), toolResult(tooLarge+" If this call changes something, it was done.")),
		mapper(toolCallAnd(atLeast(500)), toolResult("The gateway cannot do this call at the moment. It may have been done: send the same call again to get the outcome.")),
		mapper(flags("UAEX", "NR", "NC"), body(503, reason.GatewayUnavailable, "The gateway cannot decide this call at the moment. Nothing was done.")),
		mapper(flags("UF", "UH", "UO"), body(503, reason.ToolUnreachable, "What this call needs cannot be reached at the moment. Nothing was done.")),
		mapper(flags("UC", "UT", "UR", "UPE", "LR", "SI"), body(503, reason.GatewayUnavailable, "The answer to this call broke off. It may have been done: send the same call again to get the outcome.")),
		mapper(status(413), body(413, reason.BodyTooLarge, "The body of this request is too large.")),
		mapper(status(500), body(502, reason.GatewayUnavailable, tooLarge)),
		mapper(status(502), nil), // the mask's own words
		mapper(atLeast(500), body(503, reason.GatewayUnavailable, "The gateway cannot do this call at the moment.")),
		mapper(atLeast(400), body(0, reason.RequestRejected, "The gateway cannot accept this request as HTTP.")),
	}}
}

// executeReplies mark the answers which prove that nothing was sent. A refusal
// by the execute check carries its own mark. A 403 of Envoy's own comes from the
// seal, from a scope without the route or from the cluster's guard, and a 413
// from before the check; all of them stand in front of the connection. Flags of
// what broke off later (UC, UT, UPE) prove nothing and are not marked.
func executeReplies() *hcmv3.LocalReplyConfig {
	out := &hcmv3.LocalReplyConfig{Mappers: []*hcmv3.ResponseMapper{mapper(refusedByCheck(), nil)}}
	for _, proof := range []*accesslogv3.AccessLogFilter{flags(unsent...), status(403), status(413)} {
		m := mapper(proof, nil)
		m.HeadersToAdd = append(m.HeadersToAdd, set(wire.HeaderNotSent, "1"))
		out.Mappers = append(out.Mappers, m)
	}
	return out
}

// reply is one body in place of Envoy's own.
type reply struct {
	status uint32 // 0 keeps Envoy's
	body   *corev3.SubstitutionFormatString
}

func body(statusCode uint32, code reason.Code, sentence string) *reply {
	text := func(s string) *structpb.Value { return structpb.NewStringValue(s) }
	return &reply{status: statusCode, body: &corev3.SubstitutionFormatString{
		ContentType: "application/problem+json",
		Format: &corev3.SubstitutionFormatString_JsonFormat{JsonFormat: &structpb.Struct{Fields: map[string]*structpb.Value{
			"type": text("about:blank"), "title": text("Not done"), "status": text("%RESPONSE_CODE%"),
			"detail": text(sentence), "code": text(string(code)), "decision": text(decisionFormat),
		}}},
	}}
}

// toolResult is a result in place of Envoy's own answer to a tool call over MCP:
// clients end their session at an HTTP error, and lose the words. It carries the
// call's id, which the check wrote as JSON.
func toolResult(sentence string) *reply {
	const id = "%DYNAMIC_METADATA(" + wire.MetadataNamespace + ":" + wire.MetaMCP + ")%"
	code := string(reason.GatewayUnavailable)
	say := sentence + " (" + code + ", " + decisionFormat + ")"
	return &reply{status: 200, body: &corev3.SubstitutionFormatString{
		ContentType: "application/json",
		Format: &corev3.SubstitutionFormatString_TextFormatSource{TextFormatSource: &corev3.DataSource{
			Specifier: &corev3.DataSource_InlineString{InlineString: `{"jsonrpc":"2.0","id":` + id + `,"result":{"resultType":"complete",` +
				`"content":[{"type":"text","text":"` + say + `"}],"structuredContent":{"code":"` + code + `","message":"` + say +
				`","pending":false,"decision":"` + decisionFormat + `"},"isError":true}}` + "\n"},
		}},
	}}
}

// toolCallAnd is a tool call over MCP, by the id that the check left, that meets
// another condition too.
func toolCallAnd(other *accesslogv3.AccessLogFilter) *accesslogv3.AccessLogFilter {
	present := checkSaid(wire.MetaMCP, nil)
	present.Value = &matcherv3.ValueMatcher{MatchPattern: &matcherv3.ValueMatcher_PresentMatch{PresentMatch: true}}
	call := &accesslogv3.AccessLogFilter{FilterSpecifier: &accesslogv3.AccessLogFilter_MetadataFilter{MetadataFilter: &accesslogv3.MetadataFilter{
		Matcher: present, MatchIfKeyNotFound: no(),
	}}}
	return &accesslogv3.AccessLogFilter{FilterSpecifier: &accesslogv3.AccessLogFilter_AndFilter{
		AndFilter: &accesslogv3.AndFilter{Filters: []*accesslogv3.AccessLogFilter{call, other}},
	}}
}

func mapper(filter *accesslogv3.AccessLogFilter, r *reply) *hcmv3.ResponseMapper {
	m := &hcmv3.ResponseMapper{Filter: filter, HeadersToAdd: []*corev3.HeaderValueOption{set(wire.HeaderDecision, decisionFormat)}}
	if r != nil {
		m.BodyFormatOverride = r.body
		if r.status != 0 {
			m.StatusCode = number(r.status)
		}
	}
	return m
}

func set(name, value string) *corev3.HeaderValueOption {
	return &corev3.HeaderValueOption{
		Header: &corev3.HeaderValue{Key: name, Value: value}, AppendAction: corev3.HeaderValueOption_OVERWRITE_IF_EXISTS_OR_ADD,
	}
}

func refusedByCheck() *accesslogv3.AccessLogFilter {
	return &accesslogv3.AccessLogFilter{FilterSpecifier: &accesslogv3.AccessLogFilter_MetadataFilter{MetadataFilter: &accesslogv3.MetadataFilter{
		Matcher: checkSaid(wire.MetaVerdict, exact(wire.VerdictDeny)), MatchIfKeyNotFound: no(),
	}}}
}

func flags(names ...string) *accesslogv3.AccessLogFilter {
	return &accesslogv3.AccessLogFilter{FilterSpecifier: &accesslogv3.AccessLogFilter_ResponseFlagFilter{
		ResponseFlagFilter: &accesslogv3.ResponseFlagFilter{Flags: names},
	}}
}

func status(code uint32) *accesslogv3.AccessLogFilter {
	return compare(accesslogv3.ComparisonFilter_EQ, code)
}

func atLeast(code uint32) *accesslogv3.AccessLogFilter {
	return compare(accesslogv3.ComparisonFilter_GE, code)
}

func compare(op accesslogv3.ComparisonFilter_Op, code uint32) *accesslogv3.AccessLogFilter {
	return &accesslogv3.AccessLogFilter{FilterSpecifier: &accesslogv3.AccessLogFilter_StatusCodeFilter{StatusCodeFilter: &accesslogv3.StatusCodeFilter{
		Comparison: &accesslogv3.ComparisonFilter{Op: op, Value: &corev3.RuntimeUInt32{DefaultValue: code, RuntimeKey: "sallyport.status"}},
	}}}
}
