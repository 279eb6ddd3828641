package pii_test

import (
	"testing"

	"github.com/sallyport/sallyport/internal/pii"
)

// A house, words with capitals and a word for a street make an address in English.
func TestStreets(t *testing.T) {
	for name, c := range map[string]struct{ in, want string }{
		"street":       {"ship it to 12 Main Street, please, not to 4 Old Kent Rd.", "ship it to [address], please, not to [address]."},
		"numbered":     {"350 5th Avenue; 1600 N. Capitol St", "[address]; [address]"},
		"flat":         {"12 Main Street, Apt. 4B and 9 O'Connell Street Suite 200.", "[address] and [address]."},
		"city":         {"12 Main St., Springfield, IL 62704 or 7 Elm Road, Apt 3, New York, NY 10118-0001.", "[address] or [address]."},
		"other words":  {"the 5 Street lights, 24 Hour Road Service, 2 Google Drive accounts, 3 Main streets, 10 best Street food", "the 5 Street lights, 24 Hour Road Service, 2 Google Drive accounts, 3 Main streets, 10 best Street food"},
		"other digits": {"123456 Main Street, v12 Main Street, ORD-12 Main Street, 0.12 Main Street, 012 Main Street", "123456 Main Street, v12 Main Street, ORD-12 Main Street, 0.12 Main Street, 012 Main Street"},
		"no city":      {"12 Main Street, Springfield is nice, 12 Main Street, Springfield, IL 6270", "[address], Springfield is nice, [address], Springfield, IL 6270"},
		"hidden":       {"12&nbsp;Main&#32;Street, １２ Main Street", "[address], [address]"},
	} {
		t.Run(name, func(t *testing.T) {
			got := marked(c.in, pii.All)
			if again := marked(got, pii.All); got != c.want || again != got {
				t.Errorf("%q became %q and %q, want %q", c.in, got, again, c.want)
			}
		})
	}
}
