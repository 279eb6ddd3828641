package resource

import (
	accesslogv3 "github.com/envoyproxy/go-control-plane/envoy/config/accesslog/v3"
	corev3 "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	hcmv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/network/http_connection_manager/v3"

	"github.com/sallyport/sallyport/internal/wire"
)

// decisionFormat is the decision's id wherever Envoy writes it.
const decisionFormat = wire.DecisionPrefix + "%REQ(X-REQUEST-ID)%"

// unsent are the response flags which prove that no byte reached the upstream:
// no connection, no host, no route or cluster, no room, no verdict.
var unsent = []string{"UF", "UH", "UO", "NR", "NC", "UAEX"}

// executeReplies mark the answers which prove that nothing was sent. A refusal
// by the execute check carries its own mark. A 403 of Envoy's own comes from the
// seal, from a scope without the route or from the cluster's guard, and a 413
// from before the check; all of them stand in front of the connection. Flags of
// what broke off later (UC, UT, UPE) prove nothing and are not marked.
func executeReplies() *hcmv3.LocalReplyConfig {
	out := &hcmv3.LocalReplyConfig{Mappers: []*hcmv3.ResponseMapper{unchanged(refusedByCheck())}}
	for _, proof := range []*accesslogv3.AccessLogFilter{flags(unsent...), status(403), status(413)} {
		m := unchanged(proof)
		m.HeadersToAdd = append(m.HeadersToAdd, set(wire.HeaderNotSent, "1"))
		out.Mappers = append(out.Mappers, m)
	}
	return out
}

// unchanged is an answer in its own words.
func unchanged(filter *accesslogv3.AccessLogFilter) *hcmv3.ResponseMapper {
	return &hcmv3.ResponseMapper{Filter: filter, HeadersToAdd: []*corev3.HeaderValueOption{set(wire.HeaderDecision, decisionFormat)}}
}

func set(name, value string) *corev3.HeaderValueOption {
	return &corev3.HeaderValueOption{
		Header: &corev3.HeaderValue{Key: name, Value: value}, AppendAction: corev3.HeaderValueOption_OVERWRITE_IF_EXISTS_OR_ADD,
	}
}

func refusedByCheck() *accesslogv3.AccessLogFilter {
	return said(wire.MetaVerdict, exact(wire.VerdictDeny))
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
