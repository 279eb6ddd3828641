package ads

import (
	corev3 "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	routev3 "github.com/envoyproxy/go-control-plane/envoy/config/route/v3"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/anypb"
	"google.golang.org/protobuf/types/known/structpb"
)

// againKey is metadata that nobody reads.
const againKey = "sallyport.again"

// otherBytes is the same scope in other bytes. Envoy keeps the scopes that stood
// before the guilty one in a refused response without putting them to use, and
// afterwards takes equal bytes for something it has: it acknowledges them and
// does nothing. Clusters are put to use one by one and need none of this.
func otherBytes(i item) item {
	scope := &routev3.ScopedRouteConfiguration{}
	if !i.body.MessageIs(scope) || i.body.UnmarshalTo(scope) != nil {
		return i
	}
	hosts := scope.GetRouteConfiguration().GetVirtualHosts()
	if len(hosts) == 0 {
		return i
	}
	if hosts[0].Metadata == nil {
		hosts[0].Metadata = &corev3.Metadata{}
	}
	if hosts[0].Metadata.FilterMetadata == nil {
		hosts[0].Metadata.FilterMetadata = map[string]*structpb.Struct{}
	}
	hosts[0].Metadata.FilterMetadata[againKey] = &structpb.Struct{Fields: map[string]*structpb.Value{
		"after": structpb.NewStringValue(i.version),
	}}
	body := &anypb.Any{}
	if anypb.MarshalFrom(body, scope, proto.MarshalOptions{Deterministic: true}) != nil {
		return i
	}
	i.body, i.version = body, sum(body)
	return i
}
