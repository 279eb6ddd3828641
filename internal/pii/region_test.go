package pii_test

import (
	"testing"

	"github.com/sallyport/sallyport/internal/pii"
)

func TestRegions(t *testing.T) {
	for _, c := range []struct{ code, in, want string }{
		{"GB", "ring me? 07700 900123 or 07700900123 ext. 4", "ring me? [phone] or [phone]"},
		{"GB", "12 07700 9001234, 17700 900123, A07700900123", "12 07700 9001234, 17700 900123, A07700900123"},
		{"DE", "0171 5796195; 030 12345678", "[phone]; [phone]"},
		{"FR", "au 0184176118.", "au [phone]."},
		{"IN", "98765 43210 12345 43210", "[phone] 12345 43210"},
		{"SG", "9123 4567, 1123 4567", "[phone], 1123 4567"},
		{"HK", "5123-4567", "[phone]"},
		{"IT", "312 1234567", "[phone]"},
		{"ES", "612 345 678 and 512 345 678", "[phone] and 512 345 678"},
		{"ES", "91 123 45 67", "[phone]"},
		{"BR", "(11) 91234-5678, (11) 81234-5678", "[phone], (11) 81234-5678"},
		{"GB", "02079460958, 03079460958", "[phone], 03079460958"},
		{"SE", "08-123 456 78", "[phone]"},
	} {
		regions, ok := pii.Regions(0).With(c.code)
		if !ok || !regions.Has(c.code) || regions.Has("XX") {
			t.Fatalf("%s is no region", c.code)
		}
		f := pii.Finder{Regions: regions}
		if got := markedBy(&f, c.in, pii.All); got != c.want {
			t.Errorf("%s: %q became %q, want %q", c.code, c.in, got, c.want)
		}
		if got := marked(c.in, pii.All); got == c.want && c.in != c.want {
			t.Errorf("%s: %q is found without the region", c.code, c.in)
		}
	}
	if _, ok := pii.Regions(0).With("XX"); ok {
		t.Error("XX is a region")
	}
}

// A number can end with the text wherever one of its groups does.
func TestRegionsOfNumbersThatAreCut(t *testing.T) {
	f := pii.Finder{Regions: everywhere(t)}
	for _, number := range []string{"07700 900 123", "0412 345 678", "044 668 18 00", "(11) 91234-5678", "0044 20 7946 0958", "(010) 6234 5678", "06 12 34 56 78", "98765 43210"} {
		for end := range len(number) {
			text := []byte(number[:end])
			for _, s := range f.Find(nil, text[:end:end], pii.All) {
				if s.Type != pii.Phone || s.End > end {
					t.Errorf("%q: %+v", text, s)
				}
			}
		}
	}
}

func everywhere(t testing.TB) (all pii.Regions) {
	t.Helper()
	for _, code := range pii.RegionCodes() {
		with, ok := all.With(code)
		if !ok {
			t.Fatalf("%s is no region", code)
		}
		all = with
	}
	return all
}
