package e2e

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/sallyport/sallyport/internal/pii"
	"github.com/sallyport/sallyport/internal/rig"
	"github.com/sallyport/sallyport/internal/token"
)

// personals are a sentence a type that tells it, and what it tells of Ada and of Bob.
var personals = []struct {
	typ    pii.Type
	says   string
	values [2]string
}{
	{pii.Email, "Write to %s please.", [2]string{"ada-kept@example.com", "bob-kept@example.org"}},
	{pii.Card, "The card is %s today.", [2]string{"4000 0566 5566 5556", "5200 8282 8282 8210"}},
	{pii.SSN, "My SSN is %s since then.", [2]string{"536-22-9911", "219-09-9922"}},
	{pii.Phone, "Call me at %s today.", [2]string{"+1 415 555 0191", "+1 628 555 0192"}},
	{pii.Name, "Dear %s,", [2]string{"Adaline Quorra", "Bobbin Zephyr"}},
	{pii.IBAN, "Pay to %s please.", [2]string{"DE89370400440532013000", "GB82WEST12345698765432"}},
	{pii.BankAccount, "My account number is %s there.", [2]string{"000123456781", "000987654382"}},
	{pii.ResidentID, "身份证 %s 。", [2]string{"11010519491231002X", "440308199901101512"}},
	{pii.Aadhaar, "Aadhaar %s now.", [2]string{"2341 2341 2346", "4991 1866 5246"}},
	{pii.PAN, "PAN %s now.", [2]string{"ABCPE1234F", "BCDPK5678L"}},
	{pii.NHS, "NHS number %s now.", [2]string{"943 476 5919", "450 557 7104"}},
	{pii.NINO, "NI number %s now.", [2]string{"AB 12 34 56 C", "CE 65 43 21 D"}},
	{pii.Passport, "passport no. %s now.", [2]string{"C01234567", "X76543210"}},
	{pii.Licence, "My driver's license number is %s now.", [2]string{"F162823540116", "G998877665544"}},
	{pii.MedicalRecord, "MRN: %s now.", [2]string{"04417756", "05528867"}},
	{pii.Birthdate, "I was born on %s there.", [2]string{"1974-03-18", "1981-11-02"}},
	{pii.Address, "寄到%s。", [2]string{"北京市朝阳区建国路88号3单元1202室", "上海市浦东新区世纪大道100号A座1201室"}},
	{pii.IP, "I came from %s then.", [2]string{"203.0.113.77", "198.51.100.88"}},
	{pii.WeChat, "微信号：%s 。", [2]string{"adakept_88", "bobkept_99"}},
}

// position is a restorable argument: which types are turned back there without a word
// that tells them, nil for all in their own sentence, and the call that writes there.
type position struct {
	types []pii.Type
	call  func(s token.Session, text string) (method, path, body string)
}

func (p position) takes(t pii.Type) bool { return p.types == nil || slices.Contains(p.types, t) }

// positions are those of acme's tools.
var positions = map[string]position{
	"zendesk.comment.create body": {nil, func(s token.Session, text string) (string, string, string) {
		return http.MethodPut, "/zendesk/api/v2/tickets/" + s.Ticket + ".json", `{"ticket":{"comment":{"body":` + asJSON(text) + `}}}`
	}},
	"zendesk.ticket.reply body": {nil, func(s token.Session, text string) (string, string, string) {
		return http.MethodPut, "/zendesk/api/v2/tickets/" + s.Ticket + ".json", `{"ticket":{"status":"open","comment":{"body":` + asJSON(text) + `}}}`
	}},
	"stripe.customer.update name":        {[]pii.Type{pii.Name}, updating("name")},
	"stripe.customer.update email":       {[]pii.Type{pii.Email}, updating("email")},
	"stripe.customer.update phone":       {[]pii.Type{pii.Phone, pii.Email, pii.PAN}, updating("phone")},
	"stripe.customer.update description": {nil, updating("description")},
}

func updating(field string) func(token.Session, string) (string, string, string) {
	return func(s token.Session, text string) (string, string, string) {
		return http.MethodPost, "/stripe/v1/customers/" + s.Customer, url.Values{field: {text}}.Encode()
	}
}

func asJSON(text string) string {
	out, _ := json.Marshal(text)
	return string(out)
}

// writer is an agent in a session about a customer.
type writer struct {
	who   token.Identity
	token string
	own   int                 // which of two values is its customer's
	shown map[pii.Type]string // what the session was shown in their place
}

// Two customers, two sessions each, every type that has surrogates and every argument
// of the tools that is restorable: what a session was shown of its customer is turned
// back there, and nothing is that another session was shown, whomever it is about.
func testRestored(t *testing.T, r *rig.Rig) {
	r.Edit(t, "acme", "limits.yaml", "max: 600", "max: 1000000")
	r.Edit(t, "acme", "policy.csv", "p, support, zendesk.comment.create,",
		"p, support, stripe.customer.update, args.customer == session.customer, allow, once\np, support, zendesk.ticket.reply, args.ticket == session.ticket, allow, once\np, support, zendesk.comment.create,")
	writers := append(personalWriters(t, r, 0, "cus_ada", "1001"), personalWriters(t, r, 1, "cus_bob", "1002")...)
	var all sync.WaitGroup
	for n := range writers {
		for m := range writers {
			all.Go(func() { writers[n].tries(t, r, writers[m], n == m) })
		}
	}
	all.Wait()
	written := map[string]int{}
	for _, seen := range r.Provider().Requests() {
		path, body := seen.Path, seen.Body
		if form, err := url.QueryUnescape(body); err == nil && seen.Method == http.MethodPost {
			body = form
		}
		for _, p := range personals {
			for n, value := range p.values {
				foreign := strings.Contains(path, "1001") || strings.Contains(path, "cus_ada")
				switch {
				case !strings.Contains(body, value):
				case foreign == (n == 1):
					t.Errorf("%s %s has what is foreign: %s", seen.Method, path, body)
				default:
					written[p.typ.String()]++
				}
			}
		}
	}
	for _, p := range personals {
		want := 0
		for _, position := range positions {
			if position.takes(p.typ) {
				want += len(writers)
			}
		}
		if got := written[p.typ.String()]; got != want {
			t.Errorf("%s was turned back %d times, want %d", p.typ, got, want)
		}
	}
}

// personalWriters are two sessions about a customer, who has told all of personals.
func personalWriters(t *testing.T, r *rig.Rig, own int, customer, ticket string) []writer {
	t.Helper()
	number, err := strconv.ParseInt(ticket, 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range personals {
		if err := r.Provider().AddComment("acme", number, fmt.Sprintf(p.says, p.values[own])); err != nil {
			t.Fatal(err)
		}
	}
	var out []writer
	for _, session := range []string{"one", "two"} {
		w := writer{who: rig.Billing("acme", customer), own: own, shown: map[pii.Type]string{}}
		w.who.Session.Ticket, w.who.Session.ID = ticket, "ses_"+customer+"_"+session
		w.token = r.Token(w.who)
		got := call(t, r, http.MethodGet, "/zendesk/api/v2/tickets/"+ticket+"/comments.json", "", "authorization", "Bearer "+w.token)
		var page struct{ Comments []struct{ Body string } }
		if err := json.Unmarshal([]byte(got.body), &page); err != nil || len(page.Comments) < len(personals) {
			t.Fatalf("%d %s", got.status, got.body)
		}
		for n, c := range page.Comments[len(page.Comments)-len(personals):] {
			p, found := personals[n], surrogates.FindAllString(c.Body, -1)
			if len(found) != 1 || fmt.Sprintf(p.says, found[0]) != c.Body {
				t.Fatalf("%s is shown as %q", p.typ, c.Body)
			}
			w.shown[p.typ] = found[0]
		}
		out = append(out, w)
	}
	return out
}

// tries writes all that a session was shown wherever it could be turned back.
func (w writer) tries(t *testing.T, r *rig.Rig, issuer writer, own bool) {
	for place, position := range positions {
		for _, p := range personals {
			text := issuer.shown[p.typ]
			if position.types == nil {
				text = fmt.Sprintf(p.says, text)
			}
			method, path, body := position.call(w.who.Session, text)
			media := "application/json"
			if method == http.MethodPost {
				media = "application/x-www-form-urlencoded"
			}
			got := call(t, r, method, path, body, "authorization", "Bearer "+w.token, "content-type", media)
			if done := got.status == http.StatusOK; done != (own && position.takes(p.typ)) || !done && !strings.Contains(got.body, "surrogate_") {
				t.Errorf("%s: %s writes the %s of %s: %d %s", place, w.who.Session.ID, p.typ, issuer.who.Session.ID, got.status, got.body)
			}
		}
	}
}
