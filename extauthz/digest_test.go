package extauthz_test

import (
	"strings"
	"testing"

	"github.com/sallyport/sallyport/internal/grant"
)

// A text that may hold what a surrogate stood for leaves no plain digest in the
// record, by which somebody could try telephone numbers; equal ones stay equal.
func TestRecordedDigestCannotBeGuessed(t *testing.T) {
	r := newRig(t, nil)
	comment := func(nonce, text string) string {
		p := parcel{
			order: orderOf(grant.PurposeEffect, nonce), method: "PUT", target: "/zendesk/api/v2/tickets/1001.json",
			body: `{"ticket":{"comment":{"body":"` + text + `"}}}`, headers: []string{"content-type", "application/json"},
		}
		p.order.Tool = "zendesk"
		in := p.request(r, p.seal(r))
		forwarded(t, in, ask(t, r.execute, in))
		return r.one(t).Digest
	}
	first, again, other := comment("n1", "call +1 415 555 0142"), comment("n2", "call +1 415 555 0142"), comment("n3", "call +1 415 555 0143")
	if !strings.HasPrefix(first, "hmac-sha256:") || first != again || first == other {
		t.Errorf("%q, again %q, another %q", first, again, other)
	}
	in := effect("n4").request(r, effect("n4").seal(r))
	forwarded(t, in, ask(t, r.execute, in))
	if plain := r.one(t).Digest; !strings.HasPrefix(plain, "sha256:") {
		t.Errorf("a call that holds no personal data has %q", plain)
	}
}
