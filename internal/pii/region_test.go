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
