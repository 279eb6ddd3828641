package lint

import (
	"fmt"
	"slices"

	"github.com/sallyport/sallyport/internal/action"
	"github.com/sallyport/sallyport/internal/limit"
	"github.com/sallyport/sallyport/internal/policy"
)

// Source is a policy that compiled, and what it speaks about.
type Source struct {
	Tenant  string
	Engine  *policy.Engine
	File    []byte // policy.csv
	Actions []*action.Action
	Sums    []string // names
	// People are how many a group has; not known where an identity provider says
	// who is in it. Nil: of no group.
	People func(group string) (n int, known bool)
}

// Finding is something that the policy says and its author cannot mean.
type Finding struct {
	Line   int    `json:"line"`
	Column int    `json:"column"` // where the rule's condition begins, from 1, in bytes
	Error  bool   `json:"error"`
	What   string `json:"what"`
	Fix    string `json:"fix"`
}

// String is the finding in one line.
func (f Finding) String() string {
	kind := "warning"
	if f.Error {
		kind = "error"
	}
	return fmt.Sprintf("policy.csv:%d:%d: %s: %s; %s", f.Line, f.Column, kind, f.What, f.Fix)
}

// Report is all that lint says about one policy.
type Report struct {
	Notes    []string // what was not looked at
	Amounts  []Amounts
	Findings []Finding
}

// Check looks at a whole policy.
func Check(s Source) Report {
	l := linter{Source: s, members: members(s.File), parts: map[int][]string{}, read: map[int][]part{}, about: map[string][]bool{}}
	for _, r := range s.Engine.Rules() {
		l.parts[r.Line] = parts(r.Condition)
		l.read[r.Line] = readParts(l.parts[r.Line])
		if l.about[r.Action] != nil {
			continue
		}
		for _, act := range s.Actions {
			l.about[r.Action] = append(l.about[r.Action], matches(r.Action, act.Name))
		}
	}
	l.votes()
	if s.Engine.Named() {
		l.report.Notes = append(l.report.Notes, "model.conf is its own: its rules are compiled and tried, and neither compared nor said in words; write cases for `sallyport policy test`")
		return l.report
	}
	l.amounts()
	l.rules()
	slices.SortStableFunc(l.report.Findings, func(a, b Finding) int { return a.Line - b.Line })
	return l.report
}

type linter struct {
	Source
	members []string          // agents and roles that g lines give roles, in file order
	parts   map[int][]string  // of each rule's condition, by its line
	read    map[int][]part    // the same, read
	about   map[string][]bool // by pattern: which actions it matches
	report  Report
}

// add reports a finding once.
func (l *linter) add(line int, isError bool, what, fix string) {
	f := Finding{Line: line, Column: column(l.File, line), Error: isError, What: what, Fix: fix}
	if !slices.Contains(l.report.Findings, f) {
		l.report.Findings = append(l.report.Findings, f)
	}
}

func place(r policy.Rule) string { return fmt.Sprintf("policy.csv:%d", r.Line) }

func matches(pattern, name string) bool {
	return limit.Sum{Actions: []string{pattern}}.Applies(name)
}
