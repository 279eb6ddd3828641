package wire

import "testing"

func TestMaskHeader(t *testing.T) {
	for _, c := range [][3]string{{"", "", ""}, {"scope.tool", "", "scope.tool"}, {"", "fraud", ";fraud"}, {"scope.tool", "fraud", "scope.tool;fraud"}} {
		header := MaskHeader(c[0], c[1])
		scope, role := ParseMaskHeader(header)
		if header != c[2] || scope != c[0] || role != c[1] {
			t.Errorf("%q and %q are %q, read as %q and %q", c[0], c[1], header, scope, role)
		}
	}
	if RouteMetaMaskOf("") != RouteMetaMask || RouteMetaMaskOf("fraud") == RouteMetaMask {
		t.Error("two roles have one policy")
	}
}
