package explain

import (
	"fmt"
	"slices"
	"time"

	"github.com/sallyport/sallyport/internal/config"
	"github.com/sallyport/sallyport/internal/reason"
	"github.com/sallyport/sallyport/internal/tenant"
)

// CasesFile is the file of a tenant's folder that has its cases.
const CasesFile = "policy_test.yaml"

// Noon is when cases without a time of their own take place: a test that knows
// the day would fail on another.
var Noon = time.Date(2026, time.January, 5, 12, 0, 0, 0, time.UTC)

// Case is one case of a policy_test.yaml.
type Case struct {
	Name   string `yaml:"name"`
	Ask    `yaml:",inline"`
	Expect Expect `yaml:"expect"`

	defaults Ask
}

// Expect is what must come out. What is left out is not looked at.
type Expect struct {
	Effect string      `yaml:"effect"`
	Reason reason.Code `yaml:"reason"`
	Hold   string      `yaml:"hold"` // a group, or "none"
	Rule   string      `yaml:"rule"` // like policy.csv:7
	Say    string      `yaml:"say"`
	Hint   string      `yaml:"hint"`
}

// ReadCases reads a policy_test.yaml, or lists every mistake.
func ReadCases(data []byte) ([]Case, config.Problems) {
	var doc struct {
		Defaults Ask    `yaml:"defaults"`
		Cases    []Case `yaml:"cases"`
	}
	problems := config.Decode(CasesFile, data, &doc)
	if len(problems) > 0 {
		return nil, problems
	}
	if len(doc.Cases) == 0 {
		problems.Add(CasesFile+": cases", "must list at least one case", nil)
	}
	if d := doc.Defaults; d.Path != "" || d.Method != "" || d.Action != "" || len(d.Args) > 0 || len(d.Headers) > 0 || !d.Body.IsZero() {
		problems.Add(CasesFile+": defaults", "are agent, roles, session, facts, sums and now; the call stands in each case", nil)
	}
	names := map[string]bool{}
	for i := range doc.Cases {
		c := &doc.Cases[i]
		at := fmt.Sprintf("%s: cases[%d]", CasesFile, i)
		switch {
		case c.Name == "":
			problems.Add(at+".name", "is missing", nil)
		case names[c.Name]:
			problems.Add(at+".name", "is used by another case", c.Name)
		}
		names[c.Name] = true
		c.Expect.check(&problems, at+".expect")
		c.defaults = doc.Defaults
	}
	return doc.Cases, problems
}

func (e Expect) check(problems *config.Problems, at string) {
	if e == (Expect{}) {
		problems.Add(at, "must say what comes out: effect, reason, hold, rule, say or hint", nil)
	}
	if e.Effect != "" && !slices.Contains([]string{"allow", "mediate", "deny"}, e.Effect) {
		problems.Add(at+".effect", "must be allow (a read goes on at once), mediate (approvald goes on: an effect, or facts are needed) or deny", e.Effect)
	}
	if e.Reason != "" && !slices.Contains(reason.All(), e.Reason) {
		problems.Add(at+".reason", "is no reason code", string(e.Reason))
	}
}

// Decide answers a case.
func (c Case) Decide(t *tenant.Tenant) (Answer, error) { return decide(t, c.Ask, c.defaults, Noon) }

// Differs says what of an answer is not as expected.
func (c Case) Differs(a Answer) []string {
	hold := "none"
	if a.Hold != nil {
		hold = a.Hold.Group
	}
	var out []string
	for _, part := range [][3]string{
		{"effect", c.Expect.Effect, a.Effect}, {"reason", string(c.Expect.Reason), string(a.Reason)},
		{"hold", c.Expect.Hold, hold}, {"rule", c.Expect.Rule, a.Rule}, {"say", c.Expect.Say, a.Say}, {"hint", c.Expect.Hint, a.Hint},
	} {
		if part[1] != "" && part[1] != part[2] {
			out = append(out, fmt.Sprintf("%s is %s, expected is %s", part[0], orNone(part[2]), part[1]))
		}
	}
	return out
}

func orNone(text string) string {
	if text == "" {
		return "none"
	}
	return text
}

// Difference is one part of two answers that is not the same.
type Difference struct {
	What string `json:"what"`
	Old  string `json:"old"`
	New  string `json:"new"`
}

// Compare finds what differs between the answers of two policies. The place of
// a rule is none: a comment above it moves it.
func Compare(before, after Answer) []Difference {
	var out []Difference
	for _, part := range [][3]string{
		{"effect", before.Effect, after.Effect}, {"reason", string(before.Reason), string(after.Reason)},
		{"hold", before.Hold.String(), after.Hold.String()}, {"say", before.Say, after.Say}, {"hint", before.Hint, after.Hint},
		{"action", before.Action, after.Action},
		{"arguments", string(before.Args), string(after.Args)}, {"needs", list(before.Needs), list(after.Needs)},
	} {
		if part[1] != part[2] {
			out = append(out, Difference{part[0], orNone(part[1]), orNone(part[2])})
		}
	}
	// The lane follows from the effect, and a refusal takes no limits.
	if before.Effect == after.Effect && before.Lane != after.Lane {
		out = append(out, Difference{"lane", before.Lane, after.Lane})
	}
	if a, b := list(before.Limits), list(after.Limits); before.Lane != "" && after.Lane != "" && a != b {
		out = append(out, Difference{"limits", a, b})
	}
	return out
}

// String is how a difference names a hold.
func (h *Hold) String() string {
	if h == nil {
		return "none"
	}
	return fmt.Sprintf("%d of %s", h.Votes, h.Group)
}
