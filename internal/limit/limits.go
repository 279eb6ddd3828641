package limit

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/sallyport/sallyport/internal/config"
	"github.com/sallyport/sallyport/internal/money"
)

// Subject is a call as limits see it.
type Subject struct {
	Tenant, Agent, Session, Tool, Action string
	Customer                             string // of the session, "" for none
	// Arg spells an argument; false when the call has none of that name.
	Arg func(name string) (string, bool)
	// Fact spells a fact's field; nil where no facts are known.
	Fact func(fact, field string) (string, bool)
}

// Limits are a tenant's limits and sums. They are immutable.
type Limits struct {
	limits []rule
	sums   []Sum
	rates  money.Rates
}

type rule struct {
	name    string
	actions []string
	per     []string
	max     int64
	window  Window
}

type document struct {
	Limits []struct {
		Name    string   `yaml:"name"`
		Actions []string `yaml:"actions"`
		Per     []string `yaml:"per"`
		Max     int64    `yaml:"max"`
		Window  string   `yaml:"window"`
	} `yaml:"limits"`
	Zone     string                 `yaml:"zone"` // of calendar windows of sums and budgets
	Sums     map[string]sumDocument `yaml:"sums"`
	Budgets  map[string]sumDocument `yaml:"budgets"`
	Exchange map[string]string      `yaml:"exchange"`
}

var (
	namePattern   = regexp.MustCompile(`^[a-z][a-z0-9_]{0,62}$`)
	actionPattern = regexp.MustCompile(`^(\*|[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*(\.\*)?)$`)
	argPattern    = regexp.MustCompile(`^args\.[a-z][a-z0-9_]*$`)
	factPattern   = regexp.MustCompile(`^facts\.[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*$`)
)

// Parse reads limits.yaml; an empty file limits nothing.
func Parse(file string, data []byte) (*Limits, config.Problems) {
	var doc document
	problems := config.Decode(file, data, &doc)
	l := &Limits{}
	names := map[string]bool{}
	for i, entry := range doc.Limits {
		at := fmt.Sprintf("%s: limits[%d]", file, i)
		checkName(&problems, at+".name", entry.Name, names)
		checkActions(&problems, at, entry.Actions)
		for j, p := range entry.Per {
			if p != "agent" && p != "session" && p != "tool" && p != "action" && !argPattern.MatchString(p) {
				problems.Add(fmt.Sprintf("%s.per[%d]", at, j), "must be agent, session, tool, action or args.NAME", p)
			}
		}
		if entry.Max < 1 {
			problems.Add(at+".max", "must be at least 1", entry.Max)
		}
		window, err := ParseWindow(entry.Window)
		if err != nil {
			problems.Add(at+".window", err.Error(), nil)
		}
		l.limits = append(l.limits, rule{entry.Name, entry.Actions, entry.Per, entry.Max, window})
	}
	l.readSums(&problems, file, doc)
	if len(problems) > 0 {
		return nil, problems
	}
	return l, nil
}

func checkName(problems *config.Problems, at, name string, seen map[string]bool) {
	if !namePattern.MatchString(name) {
		problems.Add(at, "must be a-z, 0-9 and '_', beginning with a letter", name)
	}
	if seen[name] {
		problems.Add(at, "is used twice", name)
	}
	seen[name] = true
}

func checkActions(problems *config.Problems, at string, actions []string) {
	if len(actions) == 0 {
		problems.Add(at+".actions", "must name at least one action, or \"*\"", nil)
	}
	for i, a := range actions {
		if !actionPattern.MatchString(a) {
			problems.Add(fmt.Sprintf("%s.actions[%d]", at, i), "must be an action, a pattern like stripe.*, or \"*\"", a)
		}
	}
}

// usual is how many limits count a call at most, usually.
const usual = 4

// Charges are the counters a call must pay.
func (l *Limits) Charges(s Subject) []Charge {
	var charges []Charge
	for i := range l.limits {
		r := &l.limits[i]
		if !matches(r.actions, s.Action) {
			continue
		}
		if charges == nil {
			charges = make([]Charge, 0, min(len(l.limits)-i, usual))
		}
		// The window is part of the key: a limit that changes from a day to an hour
		// begins anew instead of keeping the day's counter until midnight.
		var buffer [256]byte
		key := appendKey(appendKey(appendKey(buffer[:0], s.Tenant), r.name), r.window.text)
		for _, p := range r.per {
			key = appendKey(key, s.value(p))
		}
		charges = append(charges, Charge{Tenant: s.Tenant, Limit: r.name, Key: string(key), Cost: 1, Max: r.max, Window: r.window})
	}
	return charges
}

// value is what a call is counted by; calls without an argument share a counter.
func (s Subject) value(per string) string {
	switch per {
	case "agent":
		return s.Agent
	case "session":
		return s.Session
	case "tool":
		return s.Tool
	case "action":
		return s.Action
	}
	if value, ok := s.Arg(strings.TrimPrefix(per, "args.")); ok {
		return value
	}
	return "-"
}

// matches knows "*", "stripe.*" and exact names.
func matches(patterns []string, action string) bool {
	for _, p := range patterns {
		if p == "*" || p == action {
			return true
		}
		if prefix, ok := strings.CutSuffix(p, "*"); ok && strings.HasPrefix(action, prefix) {
			return true
		}
	}
	return false
}

// joinKey joins parts so that no two lists of parts give one key.
func joinKey(parts []string) string {
	var key []byte
	for _, p := range parts {
		key = appendKey(key, p)
	}
	return string(key)
}

func appendKey(key []byte, part string) []byte {
	return append(append(strconv.AppendInt(key, int64(len(part)), 10), ':'), part...)
}
