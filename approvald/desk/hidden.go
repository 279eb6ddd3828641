package desk

import (
	"encoding/json"
	"strings"

	"github.com/sallyport/sallyport/approvald/ledger"
	"github.com/sallyport/sallyport/internal/action"
	"github.com/sallyport/sallyport/internal/pii"
	"github.com/sallyport/sallyport/internal/surrogate"
	"github.com/sallyport/sallyport/internal/tenant"
)

// What agents wrote is shown as it would leave, surrogates included: people decide
// about that. The customer, and what the gateway found out itself, is masked as an
// answer of the tool would be.

// What the fields of a card are called that can hide something.
const (
	fieldCustomer = "customer"
	fieldArgs     = "args."
	fieldFacts    = "facts."
)

// wholly stands for what cannot be masked; nobody sees it here.
const wholly = "[text]"

// hide is a text that stands under a name, as people see it, and the types that
// are hidden in it.
func (d *Desk) hide(t *tenant.Tenant, tool, name, text string) (string, []pii.Type) {
	name = name[strings.LastIndexByte(name, '.')+1:]
	in, _ := json.Marshal(map[string]string{name: text}) // strings always can
	d.masking.Lock()
	masked, report, err := d.masker.Body(nil, in, "application/json", t.Mask.For(tool))
	d.masking.Unlock()
	var out map[string]*string
	if err != nil || json.Unmarshal(masked, &out) != nil || out[name] == nil {
		return wholly, []pii.Type{pii.Text}
	}
	var types []pii.Type
	for n, count := range report {
		if count > 0 {
			types = append(types, pii.Type(n))
		}
	}
	return *out[name], types
}

// factsOf are what the gateway found out itself, in clear.
func factsOf(i ledger.Intent) []Named {
	out := []Named{}
	for _, fact := range sortedKeys(i.Facts) {
		out = append(out, named(fact+".", action.Args(i.Facts[fact]))...)
	}
	return out
}

// hideFacts are the same as people see them.
func (d *Desk) hideFacts(t *tenant.Tenant, i ledger.Intent) []Named {
	facts := factsOf(i)
	for n := range facts {
		facts[n].Value, _ = d.hide(t, i.Call.Tool, facts[n].Name, facts[n].Value)
	}
	return facts
}

// hiddenFields are the fields of an item that hide something, each by its name.
func hiddenFields(i ledger.Intent, item Item) map[string]string {
	out := map[string]string{}
	add := func(field string, hides bool) {
		if hides {
			out[field] = field
		}
	}
	for _, arg := range item.Args {
		add(fieldArgs+arg.Name, len(surrogate.Find(nil, []byte(arg.Value))) > 0)
	}
	for n, fact := range factsOf(i) {
		add(fieldFacts+fact.Name, fact.Value != item.Facts[n].Value)
	}
	add(fieldCustomer, item.Customer != visible(i.Identity.Session.Customer))
	return out
}

// unhide puts the clear text of one field into an item, as far as the person may
// see it. The refusal says why something of it stays hidden.
func (d *Desk) unhide(by viewer, i ledger.Intent, item *Item, field string) *Error {
	var refused *Error
	kept := func(text string, why *Error) string {
		refused = first(refused, why)
		return text
	}
	if field == fieldCustomer {
		item.Customer = kept(d.cleared(by, i, field, i.Identity.Session.Customer))
	}
	for n, arg := range item.Args {
		if fieldArgs+arg.Name == field {
			item.Args[n].Value = kept(d.opened(by, arg.Value))
		}
	}
	for n, fact := range factsOf(i) {
		if fieldFacts+fact.Name == field {
			item.Facts[n].Value = kept(d.cleared(by, i, fact.Name, fact.Value))
		}
	}
	return refused
}

// cleared is a text that hide hides, if the person may see all that is hidden.
func (d *Desk) cleared(by viewer, i ledger.Intent, name, text string) (string, *Error) {
	masked, types := d.hide(by.tenant, i.Call.Tool, name, text)
	for _, t := range types {
		if _, refused := d.see(by, t, func() (string, bool) { return text, true }); refused != nil {
			return masked, refused
		}
	}
	return visible(text), nil
}
