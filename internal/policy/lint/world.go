package lint

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/sallyport/sallyport/internal/action"
	"github.com/sallyport/sallyport/internal/money"
	"github.com/sallyport/sallyport/internal/policy"
	"github.com/sallyport/sallyport/internal/token"
)

// world are the circumstances of a probe: a value for each name that conditions
// can speak about, the amount aside. Texts are all the same at first, so that
// what is compared is equal.
type world struct {
	act      *action.Action
	currency string
	chosen   map[string]any // action.Value, or a string for session.*, or the time
}

var (
	textLiteral  = regexp.MustCompile(`'([^'\\]*)'|"([^"\\]*)"`)
	wholeLiteral = regexp.MustCompile(`(?:^|[^\w.'])(\d{1,15})(?:$|[^\w.'])`)
	moneyLiteral = regexp.MustCompile(`money\(\s*['"]([^'"]*)['"]\s*\)`)
)

// choices are the values that a world can take for each name that the
// conditions mention; the first is where the search begins.
func choices(act *action.Action, conditions string) map[string][]any {
	out := map[string][]any{}
	texts := []string{"x"}
	for _, m := range textLiteral.FindAllStringSubmatch(conditions, -1) {
		if text := m[1] + m[2]; text != "" {
			texts = append(texts, text)
		}
	}
	texts = append(texts, "y")
	for _, name := range []string{"session.id", "session.ticket", "session.customer"} {
		for _, text := range texts {
			out[name] = append(out[name], text)
		}
	}
	for _, hours := range []int{12, 0, 6, 18, 23, 5 * 24, 6*24 + 12} {
		out["now"] = append(out["now"], time.Date(2026, time.January, 5, 0, 0, 0, 0, time.UTC).Add(time.Duration(hours)*time.Hour))
	}
	for _, p := range act.Params {
		out["args."+p.Name] = values(p, texts, conditions)
	}
	for _, f := range act.Facts {
		for _, field := range f.Fields {
			out["facts."+f.Name+"."+field.Name] = values(field.Type(), texts, conditions)
		}
	}
	for name, all := range out {
		if !strings.Contains(conditions, name) {
			out[name] = all[:1]
		}
	}
	return out
}

func values(p action.Param, texts []string, conditions string) []any {
	var out []any
	kind := p.Kind
	switch kind {
	case action.Bool:
		return []any{action.Value{Kind: kind}, action.Value{Kind: kind, Bool: true}}
	case action.Integer:
		out = append(out, action.Value{Kind: kind})
		for _, m := range wholeLiteral.FindAllStringSubmatch(conditions, -1) {
			n, _ := strconv.ParseInt(m[1], 10, 64) // 15 digits fit
			for _, at := range []int64{n - 1, n, n + 1} {
				out = append(out, action.Value{Kind: kind, Int: at})
			}
		}
	case action.Money:
		return []any{action.Value{Kind: kind, Int: most}, action.Value{Kind: kind}}
	case action.List:
		out = append(out, action.Value{Kind: kind})
		for _, item := range values(*p.Items, texts, conditions) {
			out = append(out, action.Value{Kind: kind, List: []action.Value{item.(action.Value)}})
		}
	case action.Object:
		return []any{object(p, texts, conditions)}
	case action.Decimal, action.Time:
		return parsed(p, conditions)
	default:
		if len(p.Values) > 0 {
			texts = p.Values
		}
		for _, text := range texts {
			out = append(out, action.Value{Kind: kind, Text: text})
		}
	}
	return out
}

// object has the first value of each field.
func object(p action.Param, texts []string, conditions string) action.Value {
	out := action.Value{Kind: p.Kind, Fields: map[string]action.Value{}}
	for _, f := range p.Fields {
		out.Fields[f.Name], _ = values(f, texts, conditions)[0].(action.Value)
	}
	return out
}

// parsed are the decimals or times that conditions name, after one of ours.
func parsed(p action.Param, conditions string) []any {
	var out []any
	for _, text := range append([][]string{{"", "0", ""}, {"", "2026-01-05T12:00:00Z", ""}}, textLiteral.FindAllStringSubmatch(conditions, -1)...) {
		if v, ok := p.Parse(text[1] + text[2]); ok {
			out = append(out, v)
		}
	}
	return out
}

// input is the question about one amount.
func (w world) input(tenant, subject string, roles []string, sums []string, minor int64) policy.Input {
	text := func(name string) string { s, _ := w.chosen[name].(string); return s }
	value := func(name string) action.Value { v, _ := w.chosen[name].(action.Value); return v }
	in := policy.Input{
		Tenant: tenant, Action: w.act, Facts: action.Facts{}, Sums: policy.Sums{},
		Identity: token.Identity{Tenant: tenant, Agent: subject, Roles: roles, Session: token.Session{
			ID: text("session.id"), Ticket: text("session.ticket"), Customer: text("session.customer"),
		}},
		Call: action.Call{Action: w.act.Name, Args: action.Args{}},
	}
	in.Now, _ = w.chosen["now"].(time.Time)
	for _, p := range w.act.Params {
		in.Call.Args[p.Name] = value("args." + p.Name)
	}
	for _, f := range w.act.Facts {
		in.Facts[f.Name] = action.Record{}
		for _, field := range f.Fields {
			v := value("facts." + f.Name + "." + field.Name)
			if v.Kind == action.Money || field.Code {
				v.Text = w.currency
			}
			in.Facts[f.Name][field.Name] = v
		}
	}
	in.Call.Args[w.act.MoneyArg] = action.Value{Kind: action.Money, Int: minor, Text: w.currency}
	w.nameCurrency(in)
	for _, sum := range sums {
		in.Sums[sum] = money.Amount{Currency: w.currency}
	}
	return in
}

// nameCurrency lets the argument that is the currency say it.
func (w world) nameCurrency(in policy.Input) {
	if w.possible(in) {
		return
	}
	for _, p := range w.act.Params {
		before := in.Call.Args[p.Name]
		if before.Kind == action.Money {
			continue
		}
		in.Call.Args[p.Name] = action.Value{Kind: before.Kind, Text: strings.ToLower(w.currency)}
		if w.possible(in) {
			return
		}
		in.Call.Args[p.Name] = before
	}
}

// possible: the catalog does not say another currency.
func (w world) possible(in policy.Input) bool {
	_, known, err := w.act.Amount(in.Call.Args, in.Facts)
	return err == nil && known
}

// currencies are those that conditions name, sorted.
func currencies(conditions string) []string {
	var out []string
	for _, m := range moneyLiteral.FindAllStringSubmatch(conditions, -1) {
		if amount, err := money.Parse(m[1]); err == nil {
			out = append(out, amount.Currency)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}
