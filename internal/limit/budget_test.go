package limit

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sallyport/sallyport/internal/money"
)

func at(t *testing.T, text string) time.Time {
	t.Helper()
	when, err := time.Parse(time.RFC3339, text)
	if err != nil {
		t.Fatal(err)
	}
	return when
}

func TestPeriod(t *testing.T) {
	for _, tt := range []struct{ window, zone, now, since, resets string }{
		{"24h", "", "2026-03-04T12:00:00Z", "2026-03-03T12:00:00Z", "2026-03-05T00:00:00Z"}, // the oldest is of midnight
		{"hour", "", "2026-03-04T12:59:59Z", "2026-03-04T12:00:00Z", "2026-03-04T13:00:00Z"},
		{"hour", "Asia/Kolkata", "2026-03-04T12:00:00Z", "2026-03-04T11:30:00Z", "2026-03-04T12:30:00Z"},
		{"day", "Europe/Berlin", "2026-03-04T23:30:00Z", "2026-03-04T23:00:00Z", "2026-03-05T23:00:00Z"},
		{"day", "Europe/Berlin", "2026-03-29T12:00:00Z", "2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z"},  // 23 hours long
		{"day", "Europe/Berlin", "2026-10-25T12:00:00Z", "2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z"},  // 25 hours long
		{"hour", "Europe/Berlin", "2026-10-25T01:30:00Z", "2026-10-25T01:00:00Z", "2026-10-25T02:00:00Z"}, // the second 02:30 of that day
		{"day", "America/Havana", "2026-03-08T03:30:00Z", "2026-03-07T05:00:00Z", "2026-03-08T05:00:00Z"}, // clocks go forward at the midnight after it
		{"day", "America/Havana", "2026-03-08T12:00:00Z", "2026-03-08T05:00:00Z", "2026-03-09T04:00:00Z"}, // which it begins at one
		{"day", "America/Havana", "2026-11-01T05:30:00Z", "2026-11-01T04:00:00Z", "2026-11-02T05:00:00Z"}, // the second 00:30 of that day
		{"day", "Africa/Cairo", "2026-04-24T12:00:00Z", "2026-04-23T22:00:00Z", "2026-04-24T21:00:00Z"},   // east of Greenwich too
		{"month", "America/Asuncion", "2017-10-01T12:00:00Z", "2017-10-01T04:00:00Z", "2017-11-01T03:00:00Z"},
		{"month", "America/New_York", "2026-03-01T04:30:00Z", "2026-02-01T05:00:00Z", "2026-03-01T05:00:00Z"},
		{"month", "", "2026-12-31T23:59:59Z", "2026-12-01T00:00:00Z", "2027-01-01T00:00:00Z"},
	} {
		zone, err := time.LoadLocation(tt.zone)
		if err != nil {
			t.Fatal(err)
		}
		p, err := parsePeriod(tt.window, zone)
		if err != nil {
			t.Fatal(err)
		}
		now := at(t, tt.now)
		since, resets := p.Since(now).UTC().Format(time.RFC3339), p.Resets(now, at(t, "2026-03-04T00:00:00Z")).UTC().Format(time.RFC3339)
		if since != tt.since || resets != tt.resets {
			t.Errorf("%s in %q at %s: since %s, resets %s", tt.window, tt.zone, tt.now, since, resets)
		}
	}
	if p, _ := parsePeriod("1h", time.UTC); !p.Resets(noon, time.Time{}).IsZero() {
		t.Error("a rolling sum of what is on its way has a time")
	}
}

const budgets = `
zone: Europe/Berlin
sums:
  charge_24h: {actions: [stripe.refund.create], by: [args.charge], window: 24h}
budgets:
  agent_day: {actions: [stripe.refund.create], by: [agent], window: day, max: 100 USD, calls: 3}
  deletions: {actions: ["stripe.customer.*"], by: [session, customer, tool, action], window: 1h, calls: 1}
exchange: {EUR: 1.5 USD}
`

func budgeted(t *testing.T) *Limits {
	t.Helper()
	l, problems := Parse("limits.yaml", []byte(budgets))
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	return l
}

func spender(action string) Subject {
	return Subject{
		Tenant: "acme", Agent: "bot", Session: "s1", Customer: "cus_1", Tool: "stripe", Action: action,
		Arg: func(string) (string, bool) { return "ch_1", true },
	}
}

func usd(minor int64) money.Amount { return money.Amount{Minor: minor, Currency: "USD"} }

func TestEntries(t *testing.T) {
	l := budgeted(t)
	names := func(s Subject, moves bool, amount money.Amount) (out []string) {
		entries, err := l.Entries(s, moves, amount)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			out = append(out, e.Name+" "+e.Amount.Currency)
		}
		return out
	}
	if got := names(spender("stripe.refund.create"), true, usd(1)); !slices.Equal(got, []string{"charge_24h USD", "agent_day# XXX", "agent_day USD"}) {
		t.Errorf("a refund counts in %v", got)
	}
	if got := names(spender("stripe.refund.create"), true, money.Amount{Minor: 1, Currency: "EUR"}); !slices.Equal(got, []string{"charge_24h EUR", "agent_day# XXX", "agent_day USD"}) {
		t.Errorf("a refund in euros counts in %v", got)
	}
	if got := names(spender("stripe.customer.delete"), false, money.Amount{}); !slices.Equal(got, []string{"deletions# XXX"}) {
		t.Errorf("a deletion counts in %v", got)
	}
	if _, err := l.Entries(spender("stripe.refund.create"), true, money.Amount{Minor: 1, Currency: "JPY"}); err == nil {
		t.Error("a currency that nobody exchanges counts")
	}
	nobody := spender("stripe.customer.delete")
	nobody.Customer = ""
	if _, err := l.Entries(nobody, false, money.Amount{}); err == nil {
		t.Error("a call without a customer is counted by customer")
	}
	if got := l.SumNames(); !slices.Equal(got, []string{"agent_day", "charge_24h"}) {
		t.Errorf("rules may speak about %v", got)
	}
}

func TestOver(t *testing.T) {
	l := budgeted(t)
	count := func(n int64) money.Amount { return money.Amount{Minor: n, Currency: None} }
	for name, tc := range map[string]struct {
		amount money.Amount
		used   map[string]money.Amount
		says   string // "" fits
	}{
		"to the cent":      {usd(1), map[string]money.Amount{"agent_day": usd(9999), "agent_day#": count(0)}, ""},
		"one cent more":    {usd(2), map[string]money.Amount{"agent_day": usd(9999), "agent_day#": count(0)}, "The budget is agent_day: 0.01 USD of 100.00 USD is left for this day (Europe/Berlin); there is more after 2026-03-04 23:00:00 UTC"},
		"the third call":   {usd(1), map[string]money.Amount{"agent_day": usd(2), "agent_day#": count(2)}, ""},
		"the fourth call":  {usd(1), map[string]money.Amount{"agent_day": usd(2), "agent_day#": count(3)}, "0 of 3 calls are left"},
		"lowered since":    {usd(0), map[string]money.Amount{"agent_day": usd(20000), "agent_day#": count(0)}, ": 0.00 USD of"},
		"exchanged":        {money.Amount{Minor: 6667, Currency: "EUR"}, map[string]money.Amount{"agent_day": usd(0), "agent_day#": count(0)}, "100.00 USD of 100.00 USD is left"},
		"exchanged, fits":  {money.Amount{Minor: 6666, Currency: "EUR"}, map[string]money.Amount{"agent_day": usd(0), "agent_day#": count(0)}, ""},
		"not exchanged":    {money.Amount{Minor: 1, Currency: "JPY"}, map[string]money.Amount{"agent_day": usd(0), "agent_day#": count(0)}, "does not take JPY"},
		"another currency": {usd(1), map[string]money.Amount{"agent_day": {Minor: 1, Currency: "EUR"}, "agent_day#": count(0)}, "0.00 USD of"},
		"not known":        {usd(1), map[string]money.Amount{"agent_day#": count(0)}, "0.00 USD of"},
	} {
		over, is := l.Over(spender("stripe.refund.create"), true, tc.amount, Used{Sums: tc.used}, noon)
		if is != (tc.says != "") || !strings.Contains(over.String(), tc.says) {
			t.Errorf("%s: %v %q", name, is, over)
		}
	}
	used := Used{Sums: map[string]money.Amount{"deletions#": count(1)}}
	over, _ := l.Over(spender("stripe.customer.delete"), false, money.Amount{}, used, noon)
	if over.Rule() != "limits.yaml:deletions" || !strings.HasSuffix(over.String(), "the last 1h0m0s; what is on its way holds the rest") {
		t.Errorf("%s %s", over.Rule(), over)
	}
	used.Oldest = map[string]time.Time{"deletions#": noon.Add(-time.Minute)}
	if over, _ = l.Over(spender("stripe.customer.delete"), false, money.Amount{}, used, noon); !strings.HasSuffix(over.String(), "more after 2026-03-04 12:59:30 UTC") {
		t.Errorf("%s", over)
	}
	if over, is := l.Over(spender("stripe.charge.get"), true, usd(1), Used{}, noon); is {
		t.Errorf("another action is over %s", over)
	}
}

func TestSpoken(t *testing.T) {
	l := budgeted(t)
	for counter, want := range map[string]string{"charge_24h": "charge_24h: 40.00 USD reserved or done", "agent_day": "agent_day: 40.00 USD of 100.00 USD reserved or done"} {
		if name, words := l.Spoken(counter, usd(4000)); name+": "+words != want {
			t.Errorf("%s: %s", name, words)
		}
	}
	if name, words := l.Spoken("agent_day#", money.Amount{Minor: 2, Currency: None}); name != "agent_day" || words != "2 of 3 calls reserved or done" {
		t.Errorf("%s: %s", name, words)
	}
}

func TestLeft(t *testing.T) {
	l := budgeted(t)
	count := func(n int64) money.Amount { return money.Amount{Minor: n, Currency: None} }
	for _, tt := range []struct {
		counter    string
		used, more money.Amount
		want       string
	}{
		{"charge_24h", usd(1), usd(1), ""},
		{"agent_day", usd(4000), usd(1000), "Budget agent_day: 50.00 USD left after this"},
		{"agent_day", usd(4000), usd(6000), "Budget agent_day: 0.00 USD left after this"},
		{"agent_day", usd(4000), usd(6001), "Budget agent_day: this does not fit any more, only 60.00 USD left"},
		{"agent_day", usd(10001), usd(1), "Budget agent_day: this does not fit any more, only 0.00 USD left"},
		{"agent_day#", count(1), count(1), "Budget agent_day: 1 calls left after this"},
		{"agent_day#", count(3), count(1), "Budget agent_day: this does not fit any more, only 0 calls left"},
	} {
		if words, bounded := l.Left(tt.counter, tt.used, tt.more); words != tt.want || bounded != (tt.want != "") {
			t.Errorf("%s of %s and %s: %q", tt.counter, tt.used, tt.more, words)
		}
	}
}

func TestBudgetMistakes(t *testing.T) {
	for text, want := range map[string]string{
		"budgets: {b: {actions: [a.b], window: day}}":                                                     "budgets.b: needs max: 2000 USD, or calls: 20, or both",
		"budgets: {b: {actions: [a.b], window: day, calls: -1}}":                                          "budgets.b.calls: must be at least 1 (got -1)",
		"budgets: {b: {actions: [a.b], window: week, calls: 1}}":                                          "budgets.b.window: must be hour, day or month of the calendar, or a rolling length from 1m to 744h (got week)",
		"budgets: {b: {actions: [a.b], window: day, max: 20 usd}}":                                        `budgets.b.max: the currency must be an upper case ISO 4217 code (got "usd")`,
		"budgets: {b: {actions: [a.b], by: [team], window: day, calls: 1}}":                               "budgets.b.by[0]: must be agent, session, customer, tool, action, args.NAME or facts.FACT.FIELD (got team)",
		"sums: {b: {actions: [a.b], window: day, max: 20 USD}}":                                           "sums.b: has a bound, so it stands under budgets",
		"sums: {b: {actions: [a.b], window: day}}\nbudgets: {b: {actions: [a.b], window: day, calls: 1}}": "budgets.b: is used twice (got b)",
		"zone: Mars/Olympus":      "zone: must be a time zone's name, like Europe/Berlin (got Mars/Olympus)",
		"zone: Local":             "zone: must be a time zone's name, like Europe/Berlin (got Local)",
		"exchange: {EUR: 0 USD}":  `exchange.EUR: a rate is more than 0 (got "0 USD")`,
		"exchange: {USD: 1 USD}":  "exchange.USD: must be another currency's code in upper case, as in EUR: 1.0850 USD (got USD)",
		"exchange: {euro: 1 USD}": "exchange.euro: must be another currency's code in upper case, as in EUR: 1.0850 USD (got euro)",
	} {
		_, problems := Parse("limits.yaml", []byte(text))
		if len(problems) != 1 || !strings.Contains(problems[0].String(), want) {
			t.Errorf("%s: %v, want %s", text, problems, want)
		}
	}
}
