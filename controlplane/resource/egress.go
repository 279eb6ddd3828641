package resource

import (
	corev3 "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	rbacconfigv3 "github.com/envoyproxy/go-control-plane/envoy/config/rbac/v3"
	rbacv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/http/rbac/v3"
	codecv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/http/upstream_codec/v3"
	hcmv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/network/http_connection_manager/v3"
	upstreamipv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/rbac/matchers/upstream_ip_port/v3"
)

// privateRanges are addresses that no public API has. They are looked at when a
// host is chosen, after DNS, so that a name cannot be rebound to one.
var privateRanges = [...]struct {
	prefix string
	bits   uint32
}{
	{"0.0.0.0", 8}, {"10.0.0.0", 8}, {"100.64.0.0", 10}, {"127.0.0.0", 8}, {"169.254.0.0", 16}, {"172.16.0.0", 12},
	{"192.0.0.0", 24}, {"192.168.0.0", 16}, {"198.18.0.0", 15}, {"224.0.0.0", 4}, {"240.0.0.0", 4},
	{"::", 127}, {"::ffff:0:0", 96}, {"64:ff9b::", 96}, {"fc00::", 7}, {"fe80::", 10}, {"ff00::", 8},
}

// publicAddressesOnly are a cluster's filters that refuse private addresses.
func (p *packer) publicAddressesOnly() []*hcmv3.HttpFilter {
	policy := &rbacconfigv3.Policy{Principals: []*rbacconfigv3.Principal{{Identifier: &rbacconfigv3.Principal_Any{Any: true}}}}
	for _, r := range privateRanges {
		matcher := &upstreamipv3.UpstreamIpPortMatcher{UpstreamIp: &corev3.CidrRange{AddressPrefix: r.prefix, PrefixLen: number(r.bits)}}
		policy.Permissions = append(policy.Permissions, &rbacconfigv3.Permission{Rule: &rbacconfigv3.Permission_Matcher{
			Matcher: &corev3.TypedExtensionConfig{Name: "envoy.rbac.matchers.upstream_ip_port", TypedConfig: p.pack(matcher)},
		}})
	}
	deny := &rbacv3.RBAC{RulesStatPrefix: "egress_", Rules: &rbacconfigv3.RBAC{
		Action: rbacconfigv3.RBAC_DENY, Policies: map[string]*rbacconfigv3.Policy{"private": policy},
	}}
	return []*hcmv3.HttpFilter{
		p.filter("envoy.filters.http.upstream_rbac", deny),
		p.filter("envoy.filters.http.upstream_codec", &codecv3.UpstreamCodec{}),
	}
}
