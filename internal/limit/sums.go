package limit

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/sallyport/sallyport/internal/config"
	"github.com/sallyport/sallyport/internal/money"
)

// Sum is money added up over a period: what is reserved, unknown or done by its
// actions, for each value it is counted by. A budget is a sum that may not pass
// an amount or a number of effects.
type Sum struct {
	Name    string
	Actions []string
	By      []string // "agent", "args.charge", "facts.charge.customer"; empty counts the whole tenant
	Period  Period
	Max     money.Amount // of a budget; without currency none
	Calls   int64        // of a budget: how many effects; 0 is any number
	budget  bool
}

// sumDocument is one sum or budget of limits.yaml.
type sumDocument struct {
	Actions []string `yaml:"actions"`
	By      []string `yaml:"by"`
	Window  string   `yaml:"window"`
	Max     string   `yaml:"max"`
	Calls   int64    `yaml:"calls"`
}

// readSums reads what is added up: sums, budgets, and how currencies are
// exchanged for them.
func (l *Limits) readSums(problems *config.Problems, file string, doc document) {
	zone := l.readZone(problems, file, doc.Zone)
	seen := map[string]bool{}
	for _, section := range []struct {
		name    string
		entries map[string]sumDocument
	}{{"sums", doc.Sums}, {"budgets", doc.Budgets}} {
		for _, name := range slices.Sorted(maps.Keys(section.entries)) {
			at := file + ": " + section.name + "." + name
			checkName(problems, at, name, seen)
			sum := readSum(problems, at, section.entries[name], zone)
			sum.Name, sum.budget = name, section.name == "budgets"
			sum.bounded(problems, at, section.entries[name])
			l.sums = append(l.sums, sum)
		}
	}
	l.rates = money.Rates{}
	for _, from := range slices.Sorted(maps.Keys(doc.Exchange)) {
		rate, err := money.ParseRate(doc.Exchange[from])
		switch _, known := money.Exponent(from); {
		case err != nil:
			problems.Add(file+": exchange."+from, err.Error(), nil)
		case !known || rate.To == from:
			problems.Add(file+": exchange."+from, "must be another currency's code in upper case, as in EUR: 1.0850 USD", from)
		}
		l.rates[from] = rate
	}
}

func (l *Limits) readZone(problems *config.Problems, file, name string) *time.Location {
	zone, err := time.LoadLocation(name)
	if err != nil || name == "Local" {
		problems.Add(file+": zone", "must be a time zone's name, like Europe/Berlin", name)
		return time.UTC
	}
	return zone
}

func readSum(problems *config.Problems, at string, entry sumDocument, zone *time.Location) Sum {
	checkActions(problems, at, entry.Actions)
	for i, by := range entry.By {
		if !slices.Contains(callers, by) && !argPattern.MatchString(by) && !factPattern.MatchString(by) {
			problems.Add(fmt.Sprintf("%s.by[%d]", at, i), "must be "+strings.Join(callers, ", ")+", args.NAME or facts.FACT.FIELD", by)
		}
	}
	period, err := parsePeriod(entry.Window, zone)
	if err != nil {
		problems.Add(at+".window", err.Error(), nil)
	}
	sum := Sum{Actions: entry.Actions, By: entry.By, Period: period, Calls: entry.Calls}
	if entry.Max != "" {
		if sum.Max, err = money.Parse(entry.Max); err != nil {
			problems.Add(at+".max", err.Error(), nil)
		}
	}
	return sum
}

// callers are what a sum is counted by that no action declares.
var callers = []string{"agent", "session", "customer", "tool", "action"}

// bounded: a sum has no bound and a budget has one.
func (s Sum) bounded(problems *config.Problems, at string, entry sumDocument) {
	none := entry.Max == "" && entry.Calls == 0
	switch {
	case !s.budget && !none:
		problems.Add(at, "has a bound, so it stands under budgets", nil)
	case s.budget && none:
		problems.Add(at, "needs max: 2000 USD, or calls: 20, or both", nil)
	case s.Calls < 0:
		problems.Add(at+".calls", "must be at least 1", s.Calls)
	}
}

// Sums are all sums and budgets; each section by name.
func (l *Limits) Sums() []Sum { return l.sums }

// SumNames are the names of those that add up money, sorted.
func (l *Limits) SumNames() []string {
	var names []string
	for _, s := range l.sums {
		if s.Adds() {
			names = append(names, s.Name)
		}
	}
	slices.Sort(names)
	return names
}

// Adds says whether money is added up: a budget of calls alone only counts.
func (s Sum) Adds() bool { return !s.budget || s.Max.Currency != "" }

// Applies says whether an action is added to the sum.
func (s Sum) Applies(action string) bool { return matches(s.Actions, action) }

// Key names the counter of one call. value spells "agent", "args.charge" or
// "facts.charge.customer"; one that is not there is an error, because a call
// that is counted nowhere would be free.
func (s Sum) Key(tenant string, value func(path string) (string, bool)) (string, error) {
	parts := []string{tenant, s.Name}
	for _, by := range s.By {
		text, ok := value(by)
		if !ok || text == "" && slices.Contains(callers, by) {
			return "", fmt.Errorf("the sum %s is counted by %s, which this call does not have", s.Name, by)
		}
		parts = append(parts, text)
	}
	return joinKey(parts), nil
}

// Entry is what one effect adds to one counter.
type Entry struct {
	Name   string // of the sum; of a budget's calls with "#" behind it
	Key    string
	Amount money.Amount // in the counter's currency
	Period Period
}

// calls names the counter of a budget's effects beside the one of its money.
func calls(name string) string { return name + "#" }

// Entries are what an effect adds to the sums of its action. moves is false for
// an action without money: it counts, and adds nothing. An amount that the table
// does not exchange is money.ErrCurrency.
func (l *Limits) Entries(s Subject, moves bool, amount money.Amount) ([]Entry, error) {
	var entries []Entry
	for _, sum := range l.sums {
		if !sum.Applies(s.Action) || !moves && sum.Calls == 0 {
			continue
		}
		key, err := sum.Key(s.Tenant, s.path)
		if err != nil {
			return nil, err
		}
		if sum.Calls > 0 {
			entries = append(entries, Entry{calls(sum.Name), calls(key), one, sum.Period})
		}
		if !moves || !sum.Adds() {
			continue
		}
		counted, err := l.counted(sum, amount)
		if err != nil {
			return nil, fmt.Errorf("the budget %s is in %s and the call in %s: %w; add it to exchange in limits.yaml", sum.Name, sum.Max.Currency, amount.Currency, err)
		}
		entries = append(entries, Entry{sum.Name, key, counted, sum.Period})
	}
	return entries, nil
}

// counted is an amount in the currency of a budget; a sum has that of its calls.
func (l *Limits) counted(sum Sum, amount money.Amount) (money.Amount, error) {
	if sum.Max.Currency == "" {
		return amount, nil
	}
	return l.rates.Convert(amount, sum.Max.Currency)
}

// path is what a call is added up by.
func (s Subject) path(by string) (string, bool) {
	switch by {
	case "agent":
		return s.Agent, true
	case "session":
		return s.Session, true
	case "customer":
		return s.Customer, true
	case "tool":
		return s.Tool, true
	case "action":
		return s.Action, true
	}
	if name, ok := strings.CutPrefix(by, "args."); ok {
		return s.Arg(name)
	}
	if s.Fact == nil {
		return "", false
	}
	fact, field, _ := strings.Cut(strings.TrimPrefix(by, "facts."), ".")
	return s.Fact(fact, field)
}
