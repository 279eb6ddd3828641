package resource

import (
	"time"

	accesslogv3 "github.com/envoyproxy/go-control-plane/envoy/config/accesslog/v3"
	mutationv3 "github.com/envoyproxy/go-control-plane/envoy/config/common/mutation_rules/v3"
	corev3 "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	listenerv3 "github.com/envoyproxy/go-control-plane/envoy/config/listener/v3"
	filelogv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/access_loggers/file/v3"
	hcmv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/network/http_connection_manager/v3"
	earlyv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/http/early_header_mutation/header_mutation/v3"

	"github.com/sallyport/sallyport/internal/mask"
	"github.com/sallyport/sallyport/internal/wire"
)

// Bounds of a client's request.
const (
	maxHeaderKB    = 32
	maxHeaders     = 100
	headersTimeout = 10 * time.Second
	requestTimeout = 5 * time.Minute // a GET that waits for approvald counts as one being received
	streamIdle     = 5 * time.Minute
	// bufferLimit is of an answer that is held back to be masked, in bytes: twice
	// what the mask takes, so that it is the mask that refuses, in its own words.
	bufferLimit = 2 * mask.MaxBody
)

// side is what tells the two listeners apart.
type side struct {
	name    string
	address *corev3.Address
	tls     ListenerTLS
	check   string // cluster of its check
	mask    string // module, or ""
	maxBody uint32 // of a request, where its route says nothing else
	early   []*mutationv3.HeaderMutation
	replies *hcmv3.LocalReplyConfig
	log     string // file
}

// listener takes its port for itself: with the usual sharing of ports a second
// gateway on the same one would silently get half of the calls. Envoy deals the
// connections out to its workers: left to the kernel, whichever worker wakes first takes
// most of an agent's connections, and the other processors stand still.
func (p *packer) listener(s side) *listenerv3.Listener {
	manager := &hcmv3.HttpConnectionManager{
		StatPrefix: s.name, CodecType: hcmv3.HttpConnectionManager_AUTO,
		NormalizePath: yes(), MergeSlashes: true, PathWithEscapedSlashesAction: hcmv3.HttpConnectionManager_REJECT_REQUEST,
		StripPortMode: &hcmv3.HttpConnectionManager_StripAnyHostPort{StripAnyHostPort: true},
		CommonHttpProtocolOptions: &corev3.HttpProtocolOptions{
			HeadersWithUnderscoresAction: corev3.HttpProtocolOptions_REJECT_REQUEST, MaxHeadersCount: number(maxHeaders),
		},
		RequestHeadersTimeout: seconds(headersTimeout), RequestTimeout: seconds(requestTimeout), StreamIdleTimeout: seconds(streamIdle),
		MaxRequestHeadersKb: number(maxHeaderKB),
		UseRemoteAddress:    yes(), SkipXffAppend: true, GenerateRequestId: yes(), PreserveExternalRequestId: false, AlwaysSetRequestIdInResponse: true,
		ServerName: "sallyport", EarlyHeaderMutationExtensions: []*corev3.TypedExtensionConfig{p.earlyMutation(s.early)},
		RouteSpecifier: scopes(), LocalReplyConfig: s.replies, AccessLog: []*accesslogv3.AccessLog{p.accessLog(s.name, s.log)},
		HttpFilters: p.chain(s),
	}
	chain := &listenerv3.FilterChain{Filters: []*listenerv3.Filter{{
		Name: "envoy.filters.network.http_connection_manager", ConfigType: &listenerv3.Filter_TypedConfig{TypedConfig: p.pack(manager)},
	}}}
	p.secure(chain, s.tls)
	return &listenerv3.Listener{
		Name: s.name, Address: s.address, TrafficDirection: corev3.TrafficDirection_INBOUND,
		PerConnectionBufferLimitBytes: number(bufferLimit), EnableReusePort: no(),
		ConnectionBalanceConfig: &listenerv3.Listener_ConnectionBalanceConfig{BalanceType: &listenerv3.Listener_ConnectionBalanceConfig_ExactBalance_{
			ExactBalance: &listenerv3.Listener_ConnectionBalanceConfig_ExactBalance{},
		}},
		FilterChains: []*listenerv3.FilterChain{chain},
	}
}

// scopes: one scope a tenant, chosen by the header that the check sets, with
// its routes inline. Envoy waits for them for ever: without routes it would
// answer 404 to everybody.
func scopes() *hcmv3.HttpConnectionManager_ScopedRoutes {
	return &hcmv3.HttpConnectionManager_ScopedRoutes{ScopedRoutes: &hcmv3.ScopedRoutes{
		Name: "tenants", RdsConfigSource: overADS(),
		ScopeKeyBuilder: &hcmv3.ScopedRoutes_ScopeKeyBuilder{Fragments: []*hcmv3.ScopedRoutes_ScopeKeyBuilder_FragmentBuilder{{
			Type: &hcmv3.ScopedRoutes_ScopeKeyBuilder_FragmentBuilder_HeaderValueExtractor_{
				HeaderValueExtractor: &hcmv3.ScopedRoutes_ScopeKeyBuilder_FragmentBuilder_HeaderValueExtractor{
					Name:        wire.HeaderTenant,
					ExtractType: &hcmv3.ScopedRoutes_ScopeKeyBuilder_FragmentBuilder_HeaderValueExtractor_Index{Index: 0},
				},
			},
		}}},
		ConfigSpecifier: &hcmv3.ScopedRoutes_ScopedRds{ScopedRds: &hcmv3.ScopedRds{ScopedRdsConfigSource: overADS()}},
	}}
}

func overADS() *corev3.ConfigSource {
	return &corev3.ConfigSource{
		ConfigSourceSpecifier: &corev3.ConfigSource_Ads{Ads: &corev3.AggregatedConfigSource{}},
		ResourceApiVersion:    corev3.ApiVersion_V3, InitialFetchTimeout: seconds(0),
	}
}

// accessLog writes a line for every request, for extauthz: telemetry, joined to
// decisions by the request id. It names no header that could hold a credential.
func (p *packer) accessLog(listener, file string) *accesslogv3.AccessLog {
	config := &filelogv3.FileAccessLog{Path: file, AccessLogFormat: &filelogv3.FileAccessLog_LogFormat{LogFormat: &corev3.SubstitutionFormatString{
		Format: &corev3.SubstitutionFormatString_TextFormatSource{TextFormatSource: &corev3.DataSource{
			Specifier: &corev3.DataSource_InlineString{InlineString: wire.AccessLogFormat(listener)},
		}},
	}}}
	return &accesslogv3.AccessLog{
		Name: "envoy.access_loggers.file", ConfigType: &accesslogv3.AccessLog_TypedConfig{TypedConfig: p.pack(config)},
	}
}

func (p *packer) earlyMutation(mutations []*mutationv3.HeaderMutation) *corev3.TypedExtensionConfig {
	return &corev3.TypedExtensionConfig{
		Name: "envoy.http.early_header_mutation.header_mutation", TypedConfig: p.pack(&earlyv3.HeaderMutation{Mutations: mutations}),
	}
}

// Headers that would let a client speak for the gateway, for Envoy, or about
// another path than the one that is decided.
var (
	forgedPrefixes = [...]string{"x-envoy-", "x-forwarded-", "x-original-"}
	forgedHeaders  = [...]string{"forwarded", "x-http-method-override", "x-rewrite-url", "traceparent", "tracestate", "baggage"}
)

// aside is where the agent's reason is while all headers of its prefix are removed.
const aside = "sallyport-kept-reason"

// agentMutations run before the scope is computed.
func agentMutations() []*mutationv3.HeaderMutation {
	return append(unforged(
		remove(aside), copied(wire.HeaderReason, aside), removePrefix(wire.Prefix), copied(aside, wire.HeaderReason), remove(aside),
	), noTenant())
}

// copied copies the first kilobyte of a header, where there is one.
func copied(from, to string) *mutationv3.HeaderMutation {
	return &mutationv3.HeaderMutation{Action: &mutationv3.HeaderMutation_Append{Append: set(to, "%REQ("+from+"):1024%")}}
}

// unforged adds the removal of what would speak for Envoy or another proxy.
func unforged(out ...*mutationv3.HeaderMutation) []*mutationv3.HeaderMutation {
	for _, name := range forgedPrefixes {
		out = append(out, removePrefix(name))
	}
	for _, name := range forgedHeaders {
		out = append(out, remove(name))
	}
	return out
}

// executeMutations leave the order, which only approvald's socket can bring.
func executeMutations() []*mutationv3.HeaderMutation {
	out := unforged()
	for _, name := range []string{
		wire.HeaderTool, wire.HeaderLane, wire.HeaderAdmission, wire.HeaderNotSent,
		wire.HeaderDecision, wire.HeaderReplayed, wire.HeaderEdited, wire.HeaderIntent, wire.HeaderReason,
	} {
		out = append(out, remove(name))
	}
	return append(out, noTenant())
}

func noTenant() *mutationv3.HeaderMutation {
	return &mutationv3.HeaderMutation{Action: &mutationv3.HeaderMutation_Append{Append: set(wire.HeaderTenant, wire.ScopeNone)}}
}

func remove(name string) *mutationv3.HeaderMutation {
	return &mutationv3.HeaderMutation{Action: &mutationv3.HeaderMutation_Remove{Remove: name}}
}

func removePrefix(text string) *mutationv3.HeaderMutation {
	return &mutationv3.HeaderMutation{Action: &mutationv3.HeaderMutation_RemoveOnMatch_{
		RemoveOnMatch: &mutationv3.HeaderMutation_RemoveOnMatch{KeyMatcher: prefix(text)},
	}}
}
