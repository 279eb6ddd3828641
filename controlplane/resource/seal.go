package resource

import (
	"strings"

	rbacconfigv3 "github.com/envoyproxy/go-control-plane/envoy/config/rbac/v3"
	routev3 "github.com/envoyproxy/go-control-plane/envoy/config/route/v3"
	rbacv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/http/rbac/v3"
	matcherv3 "github.com/envoyproxy/go-control-plane/envoy/type/matcher/v3"

	"github.com/sallyport/sallyport/internal/wire"
)

// seal lets a request pass only with a verdict and a decision, with every
// credential slot empty but the one the verdict names, and with no trace of a
// gateway token. Of an empty slot nothing else is asked. It is needed: Envoy takes an empty answer of a check, or a
// refusal without a status, for an allow.
func seal() *rbacv3.RBAC {
	escaped := strings.ReplaceAll(wire.TokenPrefix, "_", "%5f")
	rules := []*rbacconfigv3.Permission{
		metadata(wire.MetaVerdict, exact(wire.VerdictAllow)),
		metadata(wire.MetaDecision, prefix(wire.DecisionPrefix)),
	}
	rules = append(append(rules, withoutToken(":path")...), not(header(":path", inAnyCase(contains(escaped)))))
	for _, slot := range wire.CredentialSlots {
		named := append([]*rbacconfigv3.Permission{metadata(wire.MetaSlot, exact(slot))}, withoutToken(slot)...)
		rules = append(rules, anyOf(not(header(slot, nil)), allOf(named...)))
	}
	return &rbacv3.RBAC{RulesStatPrefix: "seal_", Rules: &rbacconfigv3.RBAC{
		Action: rbacconfigv3.RBAC_ALLOW,
		Policies: map[string]*rbacconfigv3.Policy{"decided": {
			Permissions: []*rbacconfigv3.Permission{allOf(rules...)},
			Principals:  []*rbacconfigv3.Principal{{Identifier: &rbacconfigv3.Principal_Any{Any: true}}},
		}},
	}}
}

// withoutToken are the forms of a gateway token that a header must not have.
func withoutToken(name string) []*rbacconfigv3.Permission {
	rules := []*rbacconfigv3.Permission{not(header(name, inAnyCase(contains(wire.TokenPrefix))))}
	for _, core := range wire.TokenBase64 {
		rules = append(rules, not(header(name, contains(core))))
	}
	return rules
}

func not(p *rbacconfigv3.Permission) *rbacconfigv3.Permission {
	return &rbacconfigv3.Permission{Rule: &rbacconfigv3.Permission_NotRule{NotRule: p}}
}

func allOf(ps ...*rbacconfigv3.Permission) *rbacconfigv3.Permission {
	return &rbacconfigv3.Permission{Rule: &rbacconfigv3.Permission_AndRules{AndRules: &rbacconfigv3.Permission_Set{Rules: ps}}}
}

func anyOf(ps ...*rbacconfigv3.Permission) *rbacconfigv3.Permission {
	return &rbacconfigv3.Permission{Rule: &rbacconfigv3.Permission_OrRules{OrRules: &rbacconfigv3.Permission_Set{Rules: ps}}}
}

// header matches a header's value, or with nil its presence.
func header(name string, value *matcherv3.StringMatcher) *rbacconfigv3.Permission {
	m := &routev3.HeaderMatcher{Name: name, HeaderMatchSpecifier: &routev3.HeaderMatcher_PresentMatch{PresentMatch: true}}
	if value != nil {
		m.HeaderMatchSpecifier = &routev3.HeaderMatcher_StringMatch{StringMatch: value}
	}
	return &rbacconfigv3.Permission{Rule: &rbacconfigv3.Permission_Header{Header: m}}
}

// metadata matches what the check said.
func metadata(key string, value *matcherv3.StringMatcher) *rbacconfigv3.Permission {
	return &rbacconfigv3.Permission{Rule: &rbacconfigv3.Permission_SourcedMetadata{SourcedMetadata: &rbacconfigv3.SourcedMetadata{
		MetadataSource: rbacconfigv3.MetadataSource_DYNAMIC, MetadataMatcher: checkSaid(key, value),
	}}}
}

func checkSaid(key string, value *matcherv3.StringMatcher) *matcherv3.MetadataMatcher {
	return &matcherv3.MetadataMatcher{
		Filter: wire.MetadataNamespace,
		Path:   []*matcherv3.MetadataMatcher_PathSegment{{Segment: &matcherv3.MetadataMatcher_PathSegment_Key{Key: key}}},
		Value:  &matcherv3.ValueMatcher{MatchPattern: &matcherv3.ValueMatcher_StringMatch{StringMatch: value}},
	}
}

func exact(text string) *matcherv3.StringMatcher {
	return &matcherv3.StringMatcher{MatchPattern: &matcherv3.StringMatcher_Exact{Exact: text}}
}

func prefix(text string) *matcherv3.StringMatcher {
	return &matcherv3.StringMatcher{MatchPattern: &matcherv3.StringMatcher_Prefix{Prefix: text}}
}

func contains(text string) *matcherv3.StringMatcher {
	return &matcherv3.StringMatcher{MatchPattern: &matcherv3.StringMatcher_Contains{Contains: text}}
}

func inAnyCase(m *matcherv3.StringMatcher) *matcherv3.StringMatcher {
	m.IgnoreCase = true
	return m
}
