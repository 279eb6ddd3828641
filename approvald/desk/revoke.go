package desk

import (
	"crypto/rand"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/sallyport/sallyport/approvald/ledger"
	"github.com/sallyport/sallyport/internal/audit"
	"github.com/sallyport/sallyport/internal/reason"
	"github.com/sallyport/sallyport/internal/token"
	"github.com/sallyport/sallyport/internal/wire"
)

// stepRevoke is what records call a person who revokes something.
const stepRevoke = "revoke"

// maxName bounds what a revocation names, in bytes.
const maxName = 256

var (
	errNotOperator = &Error{"Not yours to revoke", http.StatusForbidden, "Nobody gave you the right to revoke: operators in approvals.yaml names the groups whose people may."}
	errOwnerHere   = &Error{"Not here", http.StatusForbidden, "Who holds the gateway's data folder revokes in it: `sallyport revoke --data`."}
	errStaysOff    = &Error{"Cannot be recorded", http.StatusServiceUnavailable, "This cannot be recorded now, so the tool stays off. Try again in a moment."}
	errUnrevoked   = &Error{"Not revoked", http.StatusServiceUnavailable, "This could not be revoked: tell whoever runs the gateway, who has `sallyport revoke`."}
)

// apiRevoke revokes something of the caller's tenant, or restores a tool. Its body
// is a token.Revocation without time and person, which the answer has.
func (d *Desk) apiRevoke(w http.ResponseWriter, r *http.Request, c caller) {
	var entry token.Revocation
	if err := json.NewDecoder(r.Body).Decode(&entry); err != nil {
		refuse(w, &Error{"Body not readable", http.StatusBadRequest, "The body must be JSON like {\"agent\": …, \"why\": …}."})
		return
	}
	if c.owner {
		refuse(w, errOwnerHere)
		return
	}
	by := c.seats[0]
	refused := mayRevoke(by, entry)
	if refused == nil {
		entry, refused = d.revoke(by, entry, ledger.Intent{})
	} else if err := d.recordRevocation(by, token.Revocation{}, ledger.Intent{}, refused); err != nil {
		d.Logger.Error("A refused revocation could not be recorded", "tenant", by.tenant.Name, "person", by.person.ID, "error", err)
	}
	if refused != nil {
		refuse(w, refused)
		return
	}
	reply(w, http.StatusOK, entry)
}

// apiRevocations lists what was revoked of the caller's tenant, the oldest first.
func (d *Desk) apiRevocations(w http.ResponseWriter, _ *http.Request, c caller) {
	switch {
	case c.owner:
		refuse(w, errOwnerHere)
		return
	case !operates(c.seats[0]):
		refuse(w, errNotOperator)
		return
	}
	all, err := d.revocations.List()
	if err != nil {
		d.Logger.Error("Revocations cannot be read", "error", err)
		refuse(w, &Error{"Not readable", http.StatusServiceUnavailable, "What was revoked cannot be read: tell whoever runs the gateway."})
		return
	}
	mine := slices.DeleteFunc(all, func(e token.Revocation) bool { return e.Tenant != c.seats[0].tenant.Name })
	reply(w, http.StatusOK, append([]token.Revocation{}, mine...))
}

// operates says whether a person is one of their tenant's operators.
func operates(s seat) bool { return slices.ContainsFunc(s.tenant.Approvals.Operators, s.person.In) }

// mayRevoke is why a person may not revoke something, or nil.
func mayRevoke(by seat, e token.Revocation) *Error {
	named := 0
	for _, name := range []string{e.Agent, e.Session, e.Token, e.Tool} {
		if name != "" {
			named++
		}
	}
	_, known := by.tenant.Tool(e.Tool)
	switch {
	case !operates(by):
		return errNotOperator
	case e.Tenant != "" && e.Tenant != by.tenant.Name:
		return &Error{"Another tenant", http.StatusForbidden, "Your login is one of " + by.tenant.Name + ": what is another tenant's, or everybody's, revokes who holds the gateway's data folder."}
	case named > 1 || named == 0 && e.Tenant == "" || len(e.Agent)+len(e.Session)+len(e.Token)+len(e.Tool) > maxName:
		return &Error{"Not clear", http.StatusBadRequest, "Name one of agent, session, token and tool, or the tenant alone for all its tokens."}
	case e.Restore && e.Tool == "":
		return &Error{"Not clear", http.StatusBadRequest, "Only a tool can be restored."}
	case len(e.Why) > maxReason:
		return errLongReason
	case e.Tool != "" && !known:
		return &Error{"No such tool", http.StatusNotFound, fmt.Sprintf("%s has no tool %q; it has %s.", by.tenant.Name, visible(e.Tool), strings.Join(toolNames(by), ", "))}
	}
	return nil
}

func toolNames(s seat) []string {
	var out []string
	for _, tool := range s.tenant.Tools {
		out = append(out, tool.Name)
	}
	return out
}

// revoke does it, for a person who may, at an intent or at none. What opens is
// recorded first, or not done; what closes is done, whatever becomes of its record:
// the entry itself says who.
func (d *Desk) revoke(by seat, e token.Revocation, at ledger.Intent) (token.Revocation, *Error) {
	e.Tenant, e.By = by.tenant.Name, by.person.ID
	record := func() error { return d.recordRevocation(by, e, at, nil) }
	if e.Restore {
		if err := record(); err != nil {
			d.Logger.Error("A restored tool could not be recorded", "tenant", e.Tenant, "tool", e.Tool, "person", e.By, "error", err)
			return e, errStaysOff
		}
	}
	e, err := d.revocations.Now(d.Clock.Now(), e)
	if err != nil {
		d.Logger.Error("A revocation could not be written", "tenant", e.Tenant, "person", e.By, "error", err)
		return e, errUnrevoked
	}
	if !e.Restore {
		if err := record(); err != nil {
			d.Logger.Error("A revocation could not be recorded", "tenant", e.Tenant, "person", e.By, "error", err)
		}
	}
	d.Logger.Info("A person revoked something", "tenant", e.Tenant, "what", revokes(e), "person", e.By, "intent", at.ID)
	return e, nil
}

// revokes is what a revocation is about, as records name it.
func revokes(e token.Revocation) string {
	switch {
	case e.Restore:
		return "restore.tool"
	case e.Tool != "":
		return stepRevoke + ".tool"
	case e.Token != "":
		return stepRevoke + ".token"
	case e.Session != "":
		return stepRevoke + ".session"
	case e.Agent != "":
		return stepRevoke + ".agent"
	}
	return stepRevoke + ".tenant"
}

func (d *Desk) recordRevocation(by seat, e token.Revocation, at ledger.Intent, refused *Error) error {
	row := &audit.Decision{
		Time: d.Clock.Now(), Tenant: by.tenant.Name, ID: wire.DecisionID(rand.Text()), Step: stepRevoke, Action: revokes(e),
		Agent: e.Agent, Session: e.Session, Tool: e.Tool, TokenID: token.PersonPrefix + by.person.ID,
		Effect: "allow", Reason: string(reason.Allowed), Bundle: by.tenant.Version, Intent: at.ID,
	}
	switch {
	case refused == errNotOperator:
		row.Effect, row.Reason = "deny", string(reason.PolicyNoRule)
	case refused != nil:
		row.Effect, row.Reason = "deny", string(reason.PolicyDenied)
	}
	return d.Recorder.Record(audit.Record{Table: audit.Decisions, Decision: row})
}
