package bodykey

import (
	"bytes"
	"testing"

	"github.com/sallyport/sallyport/internal/keyring"
)

// The key alone keeps tenants apart, whatever a body is bound to besides.
func TestTenantsHaveKeysOfTheirOwn(t *testing.T) {
	master := keyring.Version{Number: 1, Key: bytes.Repeat([]byte{7}, 32)}
	acme, err := derive(master, "acme")
	if err != nil {
		t.Fatal(err)
	}
	sealed := acme.Seal(nil, nil, []byte("body"), nil)
	for tenant, opens := range map[string]bool{"acme": true, "globex": false, "": false} {
		other, err := derive(master, tenant)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := other.Open(nil, nil, sealed, nil); (err == nil) != opens {
			t.Errorf("%q: %v", tenant, err)
		}
	}
}
