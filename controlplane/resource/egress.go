package resource

import (
	corev3 "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	rbacconfigv3 "github.com/envoyproxy/go-control-plane/envoy/config/rbac/v3"
	rbacv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/http/rbac/v3"
	codecv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/http/upstream_codec/v3"
	hcmv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/network/http_connection_manager/v3"
	upstreamipv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/rbac/matchers/upstream_ip_port/v3"
)

// addresses is a range of them.
type addresses struct {
	prefix string
	bits   uint32
}

// everyAddress has no room for one that is not known: what cannot be looked at
// is refused.
var everyAddress = [...]addresses{{"0.0.0.0", 0}, {"::", 0}}

// privateRanges are addresses that no public API has: IANA's special-purpose
// registries, with what carries an IPv4 address inside an IPv6 one. They are
// looked at when a host is chosen, after DNS, so that a name cannot be rebound
// to one.
var privateRanges = [...]addresses{
	{"0.0.0.0", 8}, {"10.0.0.0", 8}, {"100.64.0.0", 10}, {"127.0.0.0", 8}, {"169.254.0.0", 16}, {"172.16.0.0", 12},
	{"192.0.0.0", 24}, {"192.0.2.0", 24}, {"192.168.0.0", 16}, {"198.18.0.0", 15}, {"198.51.100.0", 24}, {"203.0.113.0", 24},
	{"224.0.0.0", 4}, {"240.0.0.0", 4},
	{"::", 96}, {"::ffff:0:0", 96}, {"64:ff9b::", 96}, {"64:ff9b:1::", 48}, {"100::", 64}, {"2001::", 23}, {"2001:db8::", 32},
	{"2002::", 16}, {"fc00::", 7}, {"fe80::", 10}, {"ff00::", 8},
}

// publicAddressesOnly are a cluster's filters that let only public addresses
// pass.
func (p *packer) publicAddressesOnly() []*hcmv3.HttpFilter {
	public := []*rbacconfigv3.Permission{p.within(everyAddress[:]), not(p.within(privateRanges[:]))}
	guard := &rbacv3.RBAC{RulesStatPrefix: "egress_", Rules: &rbacconfigv3.RBAC{
		Action: rbacconfigv3.RBAC_ALLOW,
		Policies: map[string]*rbacconfigv3.Policy{"public": {
			Permissions: []*rbacconfigv3.Permission{{Rule: &rbacconfigv3.Permission_AndRules{AndRules: &rbacconfigv3.Permission_Set{Rules: public}}}},
			Principals:  []*rbacconfigv3.Principal{{Identifier: &rbacconfigv3.Principal_Any{Any: true}}},
		}},
	}}
	return []*hcmv3.HttpFilter{
		p.filter("envoy.filters.http.upstream_rbac", guard),
		p.filter("envoy.filters.http.upstream_codec", &codecv3.UpstreamCodec{}),
	}
}

func (p *packer) within(ranges []addresses) *rbacconfigv3.Permission {
	var rules []*rbacconfigv3.Permission
	for _, r := range ranges {
		matcher := &upstreamipv3.UpstreamIpPortMatcher{UpstreamIp: &corev3.CidrRange{AddressPrefix: r.prefix, PrefixLen: number(r.bits)}}
		rules = append(rules, &rbacconfigv3.Permission{Rule: &rbacconfigv3.Permission_Matcher{
			Matcher: &corev3.TypedExtensionConfig{Name: "envoy.rbac.matchers.upstream_ip_port", TypedConfig: p.pack(matcher)},
		}})
	}
	return anyOf(rules...)
}
