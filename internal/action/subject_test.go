package action

import (
	"strings"
	"testing"
)

func TestSubject(t *testing.T) {
	stripe, zendesk := shippedCatalog(t, "stripe"), shippedCatalog(t, "zendesk")
	text := func(s string) Value { return Value{Kind: ID, Text: s} }
	for name, c := range map[string]struct {
		catalog *Catalog
		action  string
		args    Args
		facts   Facts
		want    Subject
	}{
		"an argument":       {stripe, "stripe.customer.get", Args{"customer": text("cus_1")}, nil, Subject{ID: "cus_1"}},
		"a ticket":          {zendesk, "zendesk.comment.create", Args{"ticket": text("7")}, nil, Subject{ID: "7", Ticket: true}},
		"a fact":            {stripe, "stripe.charge.get", nil, Facts{"charge": {"customer": text("cus_2")}}, Subject{ID: "cus_2"}},
		"a fact to come":    {stripe, "stripe.charge.get", Args{"charge": text("ch_1")}, nil, Subject{}},
		"nobody's charge":   {stripe, "stripe.charge.get", nil, Facts{"charge": {}}, Subject{}},
		"everybody's list":  {zendesk, "zendesk.ticket.list", nil, nil, Subject{}},
		"a list of nobody":  {stripe, "stripe.charge.list", nil, nil, Subject{}},
		"an empty customer": {stripe, "stripe.customer.get", Args{"customer": text("")}, nil, Subject{}},
	} {
		a, _ := c.catalog.Action(c.action)
		got, ok := a.Subject(c.args, c.facts)
		if ok != (c.want != Subject{}) || ok && got != c.want {
			t.Errorf("%s: %+v, %v", name, got, ok)
		}
	}
}

// A phone number of 20 bytes has a surrogate of 80: the catalog counts what is no
// surrogate.
func TestRestorableTextIsAsLongAsWhatItBecomes(t *testing.T) {
	sealed := "[phone:b" + strings.Repeat("a2", 30) + ":0142]"
	for text, fits := range map[string]bool{
		sealed: true, strings.ToUpper(sealed): true, sealed + strings.Repeat("5", 20): true, sealed + strings.Repeat("5", 21): false,
		strings.Replace(sealed, "a2", "a1", 1): false, "[phone:" + strings.Repeat("a", 30) + "]": false, sealed[:len(sealed)-1]: false, "[" + sealed[7:]: false,
		strings.Repeat("[", 21): false,
	} {
		_, _, mismatch := shippedCatalog(t, "stripe").Match(Request{
			Method: "POST", Path: "/v1/customers/cus_1", Header: []Header{{"content-type", "application/x-www-form-urlencoded"}}, Body: []byte("phone=" + text),
		})
		if (mismatch == nil) != fits {
			t.Errorf("%s: %+v", text, mismatch)
		}
	}
}
