package accesslog

import (
	"cmp"
	"strings"

	datav3 "github.com/envoyproxy/go-control-plane/envoy/data/accesslog/v3"
	"google.golang.org/protobuf/types/known/anypb"
	"google.golang.org/protobuf/types/known/wrapperspb"

	"github.com/sallyport/sallyport/internal/audit"
	"github.com/sallyport/sallyport/internal/wire"
)

// request reads one entry.
func request(listener string, e *datav3.HTTPAccessLogEntry) *audit.Request {
	common, in, out := e.GetCommonProperties(), e.GetRequest(), e.GetResponse()
	row := &audit.Request{
		Time: common.GetStartTime().AsTime(), Listener: listener,
		Method: short(in.GetRequestMethod().String(), 16), Path: Path(cmp.Or(in.GetOriginalPath(), in.GetPath())),
		Status: out.GetResponseCode().GetValue(), Flags: flags(common.GetResponseFlags()),
		DurationUS: common.GetDuration().AsDuration().Microseconds(),
		BytesIn:    in.GetRequestHeadersBytes() + in.GetRequestBodyBytes(),
		BytesOut:   out.GetResponseHeadersBytes() + out.GetResponseBodyBytes(),
		Cluster:    common.GetUpstreamCluster(), Masked: text(common.GetFilterStateObjects()[wire.MaskReportState]),
	}
	if id := in.GetRequestId(); id != "" {
		row.Decision = wire.DecisionID(id)
	}
	said := common.GetMetadata().GetFilterMetadata()[wire.MetadataNamespace].GetFields()
	row.Tenant = said[wire.MetaTenant].GetStringValue()
	// The execute listener's requests belong to the decision they grew from.
	if id := said[wire.MetaDecision].GetStringValue(); id != "" {
		row.Decision = id
	}
	return row
}

func short(s string, most int) string {
	if len(s) > most {
		s = s[:most]
	}
	return strings.ToValidUTF8(s, "?")
}

// text is a filter state that holds a string, as Envoy packs it.
func text(packed *anypb.Any) string {
	message, err := packed.UnmarshalNew()
	if err != nil {
		return ""
	}
	switch m := message.(type) {
	case *wrapperspb.StringValue:
		return m.GetValue()
	case *wrapperspb.BytesValue:
		return string(m.GetValue())
	default:
		return ""
	}
}

// flags are Envoy's response flags by their short names, comma separated.
func flags(f *datav3.ResponseFlags) string {
	var set []string
	for _, flag := range []struct {
		name string
		on   bool
	}{
		{"LH", f.GetFailedLocalHealthcheck()}, {"UH", f.GetNoHealthyUpstream()}, {"UF", f.GetUpstreamConnectionFailure()},
		{"UC", f.GetUpstreamConnectionTermination()}, {"UO", f.GetUpstreamOverflow()}, {"UT", f.GetUpstreamRequestTimeout()},
		{"UR", f.GetUpstreamRemoteReset()}, {"LR", f.GetLocalReset()}, {"NR", f.GetNoRouteFound()}, {"NC", f.GetNoClusterFound()},
		{"DI", f.GetDelayInjected()}, {"FI", f.GetFaultInjected()}, {"RL", f.GetRateLimited()},
		{"RLSE", f.GetRateLimitServiceError()}, {"UAEX", f.GetUnauthorizedDetails() != nil},
		{"DC", f.GetDownstreamConnectionTermination()}, {"DR", f.GetDownstreamRemoteReset()},
		{"URX", f.GetUpstreamRetryLimitExceeded()}, {"SI", f.GetStreamIdleTimeout()}, {"IH", f.GetInvalidEnvoyRequestHeaders()},
		{"DPE", f.GetDownstreamProtocolError()}, {"UPE", f.GetUpstreamProtocolError()},
		{"UMSDR", f.GetUpstreamMaxStreamDurationReached()}, {"OM", f.GetOverloadManager()}, {"RFCF", f.GetResponseFromCacheFilter()},
		{"NFCF", f.GetNoFilterConfigFound()}, {"DT", f.GetDurationTimeout()}, {"DF", f.GetDnsResolutionFailure()},
	} {
		if flag.on {
			set = append(set, flag.name)
		}
	}
	return strings.Join(set, ",")
}
