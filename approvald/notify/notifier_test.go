package notify_test

import (
	"slices"
	"testing"

	"github.com/sallyport/sallyport/approvald/notify"
	"github.com/sallyport/sallyport/internal/audit"
)

// Nobody is asked again because somebody voted; after an edit everybody is.
func TestWhoIsAskedAgain(t *testing.T) {
	b := start(t, mails("smtp://127.0.0.1:1"), false)
	for name, tt := range map[string]struct {
		actor, reason string
		want          []string
	}{
		"asked":  {"agent:billing-bot", "", []string{"mail/ann", "mail/mia"}},
		"voted":  {"ann", "", nil},
		"edited": {"ann", "edited", []string{"mail/ann", "mail/mia"}},
		"anew":   {"gateway", "held", []string{"mail/ann", "mail/mia"}},
	} {
		got := notify.Channels(b.Tenants)(audit.Approval{Tenant: "acme", State: "waiting", Actor: tt.actor, Reason: tt.reason}, "billing_leads")
		if !slices.Equal(got, tt.want) {
			t.Errorf("%s: %v, want %v", name, got, tt.want)
		}
	}
}
