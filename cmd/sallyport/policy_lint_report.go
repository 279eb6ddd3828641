package main

import (
	"strings"

	"github.com/sallyport/sallyport/internal/config"
	"github.com/sallyport/sallyport/internal/policy"
	"github.com/sallyport/sallyport/internal/policy/lint"
	"github.com/sallyport/sallyport/internal/tenant"
)

// lintReport is one tenant as lint sees it.
type lintReport struct {
	Tenant     string         `json:"tenant"`   // with /shadow behind it: its policy on trial
	Problems   []string       `json:"problems"` // it cannot go live at all
	Thresholds []lint.Amounts `json:"thresholds"`
	Findings   []lint.Finding `json:"findings"`
	Matrix     []string       `json:"matrix,omitempty"` // who approves, a sentence a row
	Notes      []string       `json:"notes,omitempty"`  // what was not looked at
}

// errors is how much must be mended.
func (r lintReport) errors() int {
	n := len(r.Problems)
	for _, f := range r.Findings {
		if f.Error {
			n++
		}
	}
	return n
}

// linted are the reports of a tenant, and of its policy on trial.
func linted(b tenant.Bundle) []lintReport {
	t, problems := tenant.Load(b)
	live := reported(b, b.Name, problems)
	if t == nil {
		return []lintReport{live}
	}
	live.Matrix = matrixInWords(t)
	live.look(t, t.Policy, b.Files["policy.csv"])
	live.Notes = append(live.Notes, notFollowed(t)...)
	if t.ShadowSeen == "" {
		return []lintReport{live}
	}
	shadow := reported(b, b.Name+"/shadow", t.ShadowProblems)
	if t.Shadow != nil {
		file, own := b.Files["shadow/policy.csv"]
		if !own {
			file = b.Files["policy.csv"]
		}
		shadow.look(t, t.Shadow.Policy, file)
	}
	return []lintReport{live, shadow}
}

func reported(b tenant.Bundle, name string, problems config.Problems) lintReport {
	r := lintReport{Tenant: name, Problems: []string{}, Thresholds: []lint.Amounts{}, Findings: []lint.Finding{}}
	for _, p := range problems {
		r.Problems = append(r.Problems, strings.TrimPrefix(lint.At(p, b.Files).String(), "shadow/"))
	}
	return r
}

// look reports what a policy says.
func (r *lintReport) look(t *tenant.Tenant, engine *policy.Engine, file []byte) {
	source := lint.Source{Tenant: t.Name, Engine: engine, File: file, Sums: t.Limits.SumNames(), People: func(group string) (int, bool) {
		return len(t.People.Members(group)), t.People.Login().OIDC == nil
	}}
	for _, tool := range t.Tools {
		source.Actions = append(source.Actions, tool.Catalog.Actions()...)
	}
	report := lint.Check(source)
	r.Thresholds, r.Findings, r.Notes = append(r.Thresholds, report.Amounts...), append(r.Findings, report.Findings...), report.Notes
}
