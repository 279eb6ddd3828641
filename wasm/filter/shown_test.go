package filter

import "testing"

func TestShown(t *testing.T) {
	for name, want := range map[string]bool{
		":status": true, "content-type": true, "location": true, "retry-after": true, "stripe-version": true, "mcp-session-id": true, "x-sallyport-decision": true,
		"set-cookie": false, "authorization": false, "x-api-key": false, "x-internal-host": false, "x-powered-by": false, "via": false, "": false,
	} {
		if shown(name) != want {
			t.Errorf("%q: %v", name, !want)
		}
	}
}
