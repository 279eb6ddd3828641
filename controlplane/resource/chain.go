package resource

import (
	"time"

	mutationv3 "github.com/envoyproxy/go-control-plane/envoy/config/common/mutation_rules/v3"
	corev3 "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	authzv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/http/ext_authz/v3"
	routerv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/http/router/v3"
	wasmfilterv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/http/wasm/v3"
	hcmv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/network/http_connection_manager/v3"
	wasmv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/wasm/v3"
	matcherv3 "github.com/envoyproxy/go-control-plane/envoy/type/matcher/v3"
	typev3 "github.com/envoyproxy/go-control-plane/envoy/type/v3"
	"google.golang.org/protobuf/proto"

	"github.com/sallyport/sallyport/internal/wire"
)

// checkTimeout bounds one check: it waits for nothing but memory and a local
// file, so two seconds mean that something is broken.
const checkTimeout = 2 * time.Second

// checkFilter is the filter that routes of ScopeNone configure.
const checkFilter = "envoy.filters.http.ext_authz"

// chain is the order of the filters, here and nowhere else. Nothing stands
// before the check, so that every request is decided and recorded; nothing
// stands between the check and the seal, so that what passes was decided; and
// the mask sees answers of both lanes.
func (p *packer) chain(s side) []*hcmv3.HttpFilter {
	filters := []*hcmv3.HttpFilter{
		p.filter(checkFilter, check(s.check, s.maxBody)),
		p.filter("envoy.filters.http.rbac", seal()),
	}
	if s.mask != "" {
		filters = append(filters, p.filter("envoy.filters.http.wasm", maskFilter(s.mask)))
	}
	return append(filters, p.filter("envoy.filters.http.router", &routerv3.Router{SuppressEnvoyHeaders: true}))
}

func (p *packer) filter(name string, config proto.Message) *hcmv3.HttpFilter {
	return &hcmv3.HttpFilter{Name: name, ConfigType: &hcmv3.HttpFilter_TypedConfig{TypedConfig: p.pack(config)}}
}

// check asks extauthz with the whole body, unless the route says otherwise. What it answers may set headers that
// routes read, and nothing of Envoy's own; an answer that tries is an error, and
// an error is a 503.
func check(cluster string, maxBody uint32) *authzv3.ExtAuthz {
	return &authzv3.ExtAuthz{
		TransportApiVersion: corev3.ApiVersion_V3,
		Services: &authzv3.ExtAuthz_GrpcService{GrpcService: &corev3.GrpcService{
			TargetSpecifier: &corev3.GrpcService_EnvoyGrpc_{EnvoyGrpc: &corev3.GrpcService_EnvoyGrpc{ClusterName: cluster}},
			Timeout:         seconds(checkTimeout),
		}},
		WithRequestBody: &authzv3.BufferSettings{MaxRequestBytes: maxBody, PackAsBytes: true},
		StatusOnError:   &typev3.HttpStatus{Code: typev3.StatusCode_ServiceUnavailable},
		ClearRouteCache: true,

		DisallowedHeaders: &matcherv3.ListStringMatcher{Patterns: passedOver()},
		// Only a listener with TLS has one; tokens may be bound to it.
		IncludePeerCertificate: true,
		EncodeRawHeaders:       true, ValidateMutations: true,
		DecoderHeaderMutationRules: &mutationv3.HeaderMutationRules{
			AllowAllRouting: no(), AllowEnvoy: no(), DisallowIsError: yes(),
		},
	}
}

// passedOver are headers that the check has no use for: the catalog passes them
// over, or the check has them elsewhere. Every other header must reach it, because
// it refuses what a catalog does not name, and a token in what a tool gets: none of
// these reaches a tool as an agent wrote it.
func passedOver() []*matcherv3.StringMatcher {
	out := []*matcherv3.StringMatcher{prefix(":"), prefix("x-forwarded-"), prefix("x-envoy-")}
	for _, name := range [...]string{
		"connection", "content-length", "transfer-encoding", wire.HeaderTenant,
	} {
		out = append(out, exact(name))
	}
	return out
}

// maskFilter runs in its own sandbox; when it crashes, that answer is a 503 and the
// next one gets a fresh sandbox. Nothing ever passes unmasked.
func maskFilter(module string) *wasmfilterv3.Wasm {
	return &wasmfilterv3.Wasm{Config: &wasmv3.PluginConfig{
		Name: "sallyport.mask", RootId: "mask", FailurePolicy: wasmv3.FailurePolicy_FAIL_RELOAD,
		AllowOnHeadersStopIteration: yes(),
		Vm: &wasmv3.PluginConfig_VmConfig{VmConfig: &wasmv3.VmConfig{
			VmId: "sallyport.mask", Runtime: "envoy.wasm.runtime.v8",
			Code: &corev3.AsyncDataSource{Specifier: &corev3.AsyncDataSource_Local{Local: &corev3.DataSource{
				Specifier: &corev3.DataSource_Filename{Filename: module},
			}}},
		}},
	}}
}
