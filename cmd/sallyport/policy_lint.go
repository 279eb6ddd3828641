package main

import (
	"fmt"
	"slices"

	"github.com/sallyport/sallyport/approvald/execute"
	"github.com/sallyport/sallyport/internal/authority"
	"github.com/sallyport/sallyport/internal/config"
	"github.com/sallyport/sallyport/internal/policy"
	"github.com/sallyport/sallyport/internal/tenant"
	"github.com/sallyport/sallyport/internal/token"
)

type policyLint struct {
	jsonFlag
	Folder string `arg:"" help:"A tenant's folder, or one with a folder for each tenant." default:"examples/tenants" type:"path"`
}

// Run looks at every tenant, also when an earlier one has mistakes.
func (c *policyLint) Run(s *surroundings) error {
	bundles, err := bundlesIn(s.ctx, c.Folder)
	if err != nil {
		return err
	}
	reports, errors, clashes := []lintReport{}, 0, clashesOf(bundles)
	for _, b := range bundles {
		found := linted(b)
		for _, p := range clashes[b.Name] {
			found[0].Problems = append(found[0].Problems, p.String())
		}
		for _, r := range found {
			errors += r.errors()
		}
		reports = append(reports, found...)
	}
	if c.JSON {
		err = printJSON(s.stdout, reports)
	} else {
		err = printLint(s, reports)
	}
	if err == nil && errors > 0 {
		err = fmt.Errorf("errors in the policies: %d, listed above with what to do", errors)
	}
	return err
}

// clashesOf is what the tenants of one folder have against each other.
func clashesOf(bundles []tenant.Bundle) map[string]config.Problems {
	all := map[string]*tenant.Tenant{}
	for _, b := range bundles {
		all[b.Name], _ = tenant.Load(b)
	}
	return tenant.Clashes(all)
}

// notFollowed says what after.yaml has the gateway do and no rule lets it.
func notFollowed(t *tenant.Tenant) (out []string) {
	gateway := token.Identity{Tenant: t.Name, Agent: execute.ActorGateway}
	for _, name := range t.Afters() {
		tool, act, ok := t.Action(name)
		if ok && !t.Policy.MayAllow(gateway, tool.Name, act) {
			out = append(out, "after.yaml: no rule lets the agent "+gateway.Agent+" do "+name+", so it is not done: add one to policy.csv, and a line g, "+gateway.Agent+", ROLE")
		}
	}
	return out
}

// matrixInWords says who approves what. A row that no rule holds for asks nobody.
func matrixInWords(t *tenant.Tenant) []string {
	var out []string
	for i, row := range t.Approvals.Matrix {
		line := fmt.Sprintf("approvals.yaml: matrix[%d]: %s", i, row)
		if !slices.ContainsFunc(t.Policy.Rules(), func(r policy.Rule) bool { return heldBy(r, row) }) {
			line += ". No rule of policy.csv says hold for these actions, so nobody is asked: add hold to one, or remove the row"
		}
		out = append(out, line)
	}
	return out
}

func heldBy(rule policy.Rule, row authority.Row) bool {
	return rule.Obligations.Hold != nil && slices.ContainsFunc(row.Actions, func(pattern string) bool {
		return authority.Covers([]string{pattern}, rule.Action) || authority.Covers([]string{rule.Action}, pattern)
	})
}

func printLint(s *surroundings, reports []lintReport) error {
	for _, r := range reports {
		var lines []string
		for _, p := range r.Problems {
			lines = append(lines, r.Tenant+"/"+p)
		}
		for _, a := range r.Thresholds {
			lines = append(lines, r.Tenant+": "+a.String())
		}
		for _, f := range r.Findings {
			lines = append(lines, r.Tenant+"/"+f.String())
		}
		for _, row := range r.Matrix {
			lines = append(lines, r.Tenant+"/"+row)
		}
		for _, note := range r.Notes {
			lines = append(lines, r.Tenant+": "+note)
		}
		if len(lines) == 0 {
			lines = []string{r.Tenant + ": nothing to say"}
		}
		for _, line := range lines {
			if _, err := fmt.Fprintln(s.stdout, plain(line)); err != nil {
				return err
			}
		}
	}
	return nil
}
