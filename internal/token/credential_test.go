package token

import (
	"encoding/base64"
	"strings"
	"testing"
)

func TestFromCredential(t *testing.T) {
	basic := func(pair string) string { return "Basic " + base64.StdEncoding.EncodeToString([]byte(pair)) }
	for _, tt := range []struct{ name, slot, value, want string }{
		{"bearer", "authorization", "Bearer spgw_a.b.c", "spgw_a.b.c"},
		{"bearer, any case", "authorization", "bearer spgw_a", "spgw_a"},
		{"alone", "authorization", "spgw_a", "spgw_a"},
		{"basic user", "authorization", basic("spgw_a:"), "spgw_a"},
		{"basic password", "authorization", basic("bot:spgw_a"), "spgw_a"},
		{"basic both the same", "authorization", basic("spgw_a:spgw_a"), "spgw_a"},
		{"basic, two different", "authorization", basic("spgw_a:spgw_b"), ""},
		{"api key", "x-api-key", "spgw_a", "spgw_a"},
		{"api key with a scheme", "x-api-key", "Bearer spgw_a", ""},
		{"somebody else's key", "authorization", "Bearer sk_live_1", ""},
		{"broken basic", "authorization", "Basic ???", ""},
		{"another scheme", "authorization", "Digest spgw_a", ""},
		{"bearer of nothing", "authorization", "Bearer ", ""},
		{"a token inside a longer text", "authorization", "Bearer key=spgw_a", ""},
		{"basic without base64's padding", "authorization", strings.TrimRight(basic("spgw_a:"), "="), ""},
		{"cookie", "cookie", "spgw_a", ""},
		{"proxy", "proxy-authorization", "Bearer spgw_a", ""},
		{"any other header", "x-key", "spgw_a", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, ok := FromCredential(tt.slot, tt.value)
			if got != tt.want || ok != (tt.want != "") {
				t.Errorf("got %q %v, want %q", got, ok, tt.want)
			}
		})
	}
}
