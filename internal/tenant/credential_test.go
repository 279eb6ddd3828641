package tenant

import "testing"

func TestCredentialFillsOneSlot(t *testing.T) {
	for scheme, want := range map[Scheme][2]string{
		Bearer:    {"authorization", "Bearer u:p"},
		BasicUser: {"authorization", "Basic dTpwOg=="},
		Basic:     {"authorization", "Basic dTpw"},
		APIKey:    {"x-api-key", "u:p"},
	} {
		c := Credential{Secret: "key", Scheme: scheme}
		if got := [2]string{c.Slot(), c.Value("u:p")}; got != want {
			t.Errorf("%s gives %v", scheme, got)
		}
	}
}
