package filter

import (
	"strconv"
	"testing"

	"github.com/sallyport/sallyport/internal/wire"
)

// What the check leaves is read again only when it is new, and no more is kept than
// there is room for.
func TestSecrets(t *testing.T) {
	k := newKnown()
	of := func(scope, credentials string) secrets { return k.of([]byte(wire.MaskSecrets(scope, credentials))) }
	a, b := of("a.stripe", "Bearer sk_test_4eC39HqLyj"), of("b.stripe", "Bearer sk_test_4eC39HqLyj")
	if a.scope != "a.stripe" || b.scope != "b.stripe" || a.sent == nil || a.sent != b.sent {
		t.Errorf("%+v, %+v", a, b)
	}
	if c := of("a.stripe", "Bearer another_4eC39HqLyj"); c.sent == a.sent || of("a.stripe", "Bearer sk_test_4eC39HqLyj") != a {
		t.Errorf("two tools have one credential: %+v", c)
	}
	if none := k.of(nil); none != (secrets{}) {
		t.Errorf("nothing is %+v", none)
	}
	for i := range 3 * maxSecrets {
		n := strconv.Itoa(i)
		if got := of(n, "Bearer "+n+"-0123456789abcdef"); got.scope != n || got.sent == nil || len(k.all) > maxSecrets || len(k.sent) > maxSent {
			t.Fatalf("%d: %+v of %d and %d", i, got, len(k.all), len(k.sent))
		}
	}
}
