package action

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// notes are what may follow on a plan.
const notes = `
name: desk
dialect: problem
max_body: 1KiB
outcomes: {applied: {status: [2xx]}, not_applied: {status: [4xx]}}
actions:
  - name: desk.note.add
    summary: Note
    method: POST
    effect: true
    path: /tickets/{ticket}
    body: form
    params:
      - {name: ticket, kind: id, chars: digits}
      - {name: text, kind: string, required: true, max: 60}
      - {name: public, kind: bool}
      - {name: seats, kind: integer}
      - {name: fee, kind: money, currency: USD}
      - {name: since, kind: time}
    business_key: [args.ticket]
`

func afterPlans(t *testing.T) (first, to *Action, of *Catalog) {
	t.Helper()
	shop, problems := Compile("shop", []byte(strings.Replace(plans, "undo: UNDO", "", 1)))
	desk, more := Compile("desk", []byte(notes))
	if len(problems)+len(more) > 0 {
		t.Fatal(problems, more)
	}
	first, _ = shop.Action("shop.plan.set")
	to, _ = desk.Action("desk.note.add")
	return first, to, desk
}

// A follower's arguments are values of the first call as they are, and words.
func TestAfterCall(t *testing.T) {
	first, to, desk := afterPlans(t)
	after, wrong := NewAfter(first, to, map[string]string{
		"ticket": "session.ticket", "public": "false", "seats": "args.seats",
		"text": "Was {facts.plan.price} ({intent.id}): {intent.say}",
	})
	if len(wrong) > 0 {
		t.Fatal(wrong)
	}
	ended := Ended{
		Args:   Args{"seats": {Kind: Integer, Int: 3}},
		Facts:  Facts{"plan": {"price": {Kind: ID, Text: "price_old"}}},
		Ticket: "17", Intent: "int_1", Say: "no\u202e\n",
	}
	call, act, err := after.Call(desk, ended)
	want := `{"public":{"bool":false},"seats":{"integer":3},"text":{"text":"Was price_old (int_1): no??"},"ticket":{"id":"17"}}`
	if err != nil || act != to || string(MarshalArgs(call.Args)) != want {
		t.Errorf("%s %v", MarshalArgs(call.Args), err)
	}
	for name, change := range map[string]func(*Ended){
		"a session without a ticket":    func(e *Ended) { e.Ticket = "" },
		"an argument that was absent":   func(e *Ended) { e.Args = nil },
		"a ticket that is none":         func(e *Ended) { e.Ticket = "x" },
		"words that are longer than 60": func(e *Ended) { e.Say = strings.Repeat("x", 60) },
	} {
		e := ended
		change(&e)
		if call, _, err := after.Call(desk, e); err == nil {
			t.Errorf("%s is followed by %s", name, MarshalArgs(call.Args))
		}
	}
	ended.Say = ""
	if _, _, err := after.Call(desk, ended); err != nil {
		t.Errorf("without words: %v", err)
	}
}

func TestAfterMistakes(t *testing.T) {
	first, to, _ := afterPlans(t)
	good := map[string]string{"ticket": "session.ticket", "text": "Done."}
	if _, wrong := NewAfter(first, to, good); len(wrong) > 0 {
		t.Fatal(wrong)
	}
	const kind = "must be an argument or a fact of shop.plan.set of the same kind"
	for name, tt := range map[string]struct {
		arg, text, want string
	}{
		"no such argument":      {"color", "red", "is no argument of desk.note.add"},
		"another kind":          {"text", "args.plan", kind},
		"no such fact":          {"ticket", "facts.plan.cost", kind},
		"a constant that is no": {"public", "no", "must be true or false"},
		"a text that is empty":  {"text", "", "must be a text of 1 to 60 bytes in UTF-8"},
		"money":                 {"fee", "100", "is money, which is never carried from one effect into another"},
		"a time in words":       {"since", "now", kind},
		"a time of the session": {"since", "session.ticket", kind},
		"a free argument":       {"text", "{args.plan}", "has {args.plan}, which is none of a safe argument, a fact that is no free text, session.ticket, session.customer, intent.id and intent.say"},
		"a brace left open":     {"text", "{intent.id", "has {intent.id}, which is none of a safe argument, a fact that is no free text, session.ticket, session.customer, intent.id and intent.say"},
	} {
		args := map[string]string{"ticket": good["ticket"], "text": good["text"], tt.arg: tt.text}
		after, wrong := NewAfter(first, to, args)
		if diff := cmp.Diff(map[string]string{tt.arg: tt.want}, wrong); diff != "" || after != nil {
			t.Errorf("%s: %s", name, diff)
		}
	}
	if _, wrong := NewAfter(first, to, map[string]string{"ticket": "17"}); wrong["text"] != "must be given: desk.note.add needs it" {
		t.Errorf("without text: %v", wrong)
	}
}
