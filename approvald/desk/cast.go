package desk

import (
	"context"
	"net/http"
	"net/url"
	"time"

	"github.com/sallyport/sallyport/approvald/ledger"
	"github.com/sallyport/sallyport/internal/tenant"
)

// Ballot is a person's vote from a channel beside the Desk's own pages. Whoever
// hands it in MUST know that it is this person's.
type Ballot struct {
	Tenant, Person string // ids
	Intent         string
	Approve        bool
	Digest         string    // of what the person was shown
	Reason         string    // needed to deny
	Login          time.Time // when the person last proved who they are; zero: never
}

// Cast counts a ballot as one from a page: whether the person may vote, what was
// shown, and whether a fresh login is needed is asked now. The refusal is nil
// when it counted.
func (d *Desk) Cast(ctx context.Context, v Ballot) (ledger.Intent, *Error) {
	t, person, ok := d.find(v.Tenant, v.Person)
	if !ok {
		return ledger.Intent{}, &Error{"Nobody", http.StatusForbidden, "The tenant's people.yaml has nobody with this id."}
	}
	word := "deny"
	if v.Approve {
		word = "approve"
	}
	return d.cast(ctx, ballot{tenant: t, person: person, id: v.Intent, word: word, digest: v.Digest, reason: v.Reason, login: v.Login})
}

// CardURL is where a browser finds a tenant's intent. It leads to a login;
// opening it decides nothing.
func (d *Desk) CardURL(tenant, intent string) string {
	return d.home + "/intents/" + intent + "?tenant=" + url.QueryEscape(tenant)
}

// Home is the address of the Desk as logins use it.
func (d *Desk) Home() string { return d.home }

// Item is an intent as people see it, with what is looked up for one alone.
func (d *Desk) Item(ctx context.Context, t *tenant.Tenant, i ledger.Intent) Item {
	return d.detail(ctx, t, i)
}
