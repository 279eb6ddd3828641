package desk

import (
	"context"
	"encoding/json"
	"mime"
	"regexp"
	"strings"

	"github.com/sallyport/sallyport/approvald/execute"
	"github.com/sallyport/sallyport/approvald/ledger"
	"github.com/sallyport/sallyport/internal/tenant"
)

// detail is an item with what is looked up for one intent alone.
func (d *Desk) detail(ctx context.Context, t *tenant.Tenant, i ledger.Intent) Item {
	out := d.item(t, i)
	// In other files the same line may be another rule.
	rule, ok := t.Policy.Rule(i.Rule)
	if ok = ok && t.Version == i.Bundle; ok {
		out.Condition = rule.Condition
	}
	if i.State == ledger.Waiting {
		out.Because = because(i, rule, ok)
		out.Sums, out.Budgets = d.sums(ctx, t, i)
		out.Next = d.nextSteps(t, i)
	}
	out.Changes, out.Editable = changes(i), drafts(t, i)
	out.UndoneBy, out.Undoable = d.undoneBy(ctx, i, out.Undoable)
	out.Denials = d.denials(ctx, t, i)
	if out.Outcome != nil {
		out.Outcome.Fields = fields(i.Outcome)
	}
	return out
}

// sums are the sums an intent is added to, without it: with its own amount they
// are what the policy decides by; and what it leaves of its budgets.
func (d *Desk) sums(ctx context.Context, t *tenant.Tenant, i ledger.Intent) (out []Named, budgets []string) {
	act, ok := actionOf(t, i)
	if !ok {
		return nil, nil
	}
	tool, ok := t.Tool(i.Call.Tool)
	if !ok {
		return nil, nil
	}
	queries, reserve, err := execute.Sums(execute.Of(execute.Caller{Tenant: t, Tool: tool}, act, i, i.Facts))
	if err != nil {
		d.Logger.Warn("The sums of an intent cannot be named", "intent", i.ID, "error", err)
		return nil, nil
	}
	sums, err := d.Store.Sums(ctx, t.Name, i.ID, queries)
	if err != nil {
		d.Logger.Error("Sums could not be read", "intent", i.ID, "error", err)
	}
	for n, q := range queries {
		sum, ok := sums[q.Name]
		name, value := t.Limits.Spoken(q.Name, sum)
		if !ok {
			value = "not known: look again"
		} else if left, bounded := t.Limits.Left(q.Name, sum, reserve[n].Amount); bounded {
			budgets = append(budgets, left)
		}
		out = append(out, Named{Name: name, Value: value})
	}
	return out, budgets
}

// outcomeFields are the fields of an answer that people may see, and plain what
// they may hold: a name or a state, no sentence, no address. Anything else in an
// answer may be personal data.
var (
	outcomeFields = []string{"id", "object", "status"}
	plain         = regexp.MustCompile(`^[A-Za-z0-9_.:-]{1,128}$`)
)

// fields are those of a JSON answer's top level.
func fields(o *ledger.Outcome) []Named {
	var body map[string]json.RawMessage
	kind := mediaType(o)
	if (kind != "application/json" && !strings.HasSuffix(kind, "+json")) || json.Unmarshal(o.Body, &body) != nil {
		return nil
	}
	var out []Named
	for _, name := range outcomeFields {
		var text string
		if json.Unmarshal(body[name], &text) == nil && plain.MatchString(text) {
			out = append(out, Named{Name: name, Value: visible(text)})
		}
	}
	return out
}

// mediaType is without parameters.
func mediaType(o *ledger.Outcome) string {
	kind, _, _ := mime.ParseMediaType(o.MediaType)
	return visible(kind)
}
