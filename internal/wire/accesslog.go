package wire

import "strings"

// AccessLogFields are the fields of one line of Envoy's access log, behind the
// listener's name, with tabs between them. What a client writes stands last: a tab
// in it moves nothing. The query is left out: it has arguments, and keys that stand
// where they should not. Every member is in Envoy's format language.
var AccessLogFields = [...]string{
	"%START_TIME(%s.%6f)%",
	"%REQ(X-REQUEST-ID)%",
	"%DYNAMIC_METADATA(" + MetadataNamespace + ":" + MetaDecision + ")%",
	"%DYNAMIC_METADATA(" + MetadataNamespace + ":" + MetaTenant + ")%",
	"%RESPONSE_CODE%",
	"%RESPONSE_FLAGS%",
	"%RESPONSE_CODE_DETAILS%",
	"%COMMON_DURATION(DS_RX_BEG:DS_TX_END:us)%",
	"%DOWNSTREAM_HEADER_BYTES_RECEIVED%",
	"%BYTES_RECEIVED%",
	"%DOWNSTREAM_HEADER_BYTES_SENT%",
	"%BYTES_SENT%",
	"%UPSTREAM_CLUSTER%",
	"%FILTER_STATE(" + MaskReportState + ":PLAIN)%",
	"%REQ(:METHOD):16%",
	"%PATH(NQ:PATH):300%",
}

// ViaUpstream is what Envoy says of an answer's details when it is an upstream's,
// and not its own.
const ViaUpstream = "via_upstream"

// AccessLogFormat is a listener's line.
func AccessLogFormat(listener string) string {
	return listener + "\t" + strings.Join(AccessLogFields[:], "\t") + "\n"
}
