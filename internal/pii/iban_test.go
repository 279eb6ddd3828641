package pii_test

import (
	"testing"

	"github.com/sallyport/sallyport/internal/pii"
)

// What has the length and the check digits of an IBAN, and not the structure of its country, is
// none.
func TestStructureOfIBANs(t *testing.T) {
	var finder pii.Finder
	for text, want := range map[string]pii.Type{
		"Pay to DE89370400440532013000 now": pii.IBAN,
		"Pay to DE0537040044053201300A now": pii.None, // a letter where Germany has digits, and modulus 97 of it
		"code GB82WEST12345698765432":       pii.IBAN,
	} {
		got := pii.None
		for _, s := range finder.Find(nil, []byte(text), pii.All) {
			if s.Type == pii.IBAN {
				got = s.Type
			}
		}
		if got != want {
			t.Errorf("%q: %v, want %v", text, got, want)
		}
	}
}
