package wire

import (
	"strings"
	"testing"
)

func TestMaskRules(t *testing.T) {
	for _, roles := range []bool{false, true} {
		for _, policy := range []string{"", `{"types":[]}`} {
			value := MaskRules(policy, roles)
			if got, of := ParseMaskRules(value); got != policy || of != roles {
				t.Errorf("%q and %v are %q, read as %q and %v", policy, roles, value, got, of)
			}
		}
	}
	if RouteMetaMaskOf("fraud") == RouteMetaMaskOf("finance") || RouteMetaMaskOf("") == RouteMetaMask {
		t.Error("two roles have one policy")
	}
}

func TestMaskSecrets(t *testing.T) {
	for _, c := range [][2]string{{"", ""}, {"key.stripe", ""}, {"", "Bearer a,b"}, {"key.stripe", "Bearer a,b\nBasic c"}} {
		if scope, credentials := ParseMaskSecrets(MaskSecrets(c[0], c[1])); scope != c[0] || credentials != c[1] {
			t.Errorf("%q are read as %q and %q", c, scope, credentials)
		}
	}
	if scope, credentials := ParseMaskSecrets(""); scope != "" || credentials != "" {
		t.Errorf("nothing is %q and %q", scope, credentials)
	}
}

func TestRulesDigest(t *testing.T) {
	seen := map[string]string{}
	for _, value := range []string{"", `{"types":[]}`, `+{"types":[]}`, `{"types":["card"]}`} {
		digest := RulesDigest(value)
		if other, twice := seen[digest]; twice || digest != RulesDigest(value) || strings.ContainsAny(digest, "% ") {
			t.Errorf("%q has %q, as %q", value, digest, other)
		}
		seen[digest] = value
	}
}
