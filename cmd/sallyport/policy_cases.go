package main

import (
	"fmt"

	"github.com/sallyport/sallyport/internal/explain"
	"github.com/sallyport/sallyport/internal/tenant"
)

type policyTest struct {
	jsonFlag
	Folder string `arg:"" help:"A tenant's folder, or one with a folder for each tenant." default:"examples/tenants" type:"path"`
}

// caseReport is one case as it came out.
type caseReport struct {
	Tenant  string          `json:"tenant"`
	Name    string          `json:"name"`
	OK      bool            `json:"ok"`
	Differs []string        `json:"differs,omitempty"`
	Error   string          `json:"error,omitempty"` // the case asks what cannot be asked
	Answer  *explain.Answer `json:"answer,omitempty"`
}

// Run decides every case of every tenant.
func (c *policyTest) Run(s *surroundings) error {
	tenants, err := compiledIn(s.ctx, c.Folder)
	if err != nil {
		return err
	}
	reports, files, failed := []caseReport{}, 0, 0
	for _, t := range tenants {
		cases, err := casesOf(t.bundle)
		if err != nil {
			return err
		}
		if cases != nil {
			files++
		}
		for _, one := range cases {
			report := try(t.Tenant, one)
			if !report.OK {
				failed++
			}
			reports = append(reports, report)
		}
	}
	if err := printCases(s, c.JSON, reports); err != nil {
		return err
	}
	switch {
	case len(reports) == 0:
		return fmt.Errorf("no tenant of %s has a %s: write one beside its policy.csv, as docs/reference/policy.md shows", c.Folder, explain.CasesFile)
	case failed > 0:
		return fmt.Errorf("%d of %d cases came out otherwise; mend the policy, or what the case expects", failed, len(reports))
	case c.JSON:
		return nil
	}
	_, err = fmt.Fprintf(s.stdout, "%s in %s passed\n", counted(len(reports), "case"), counted(files, "file"))
	return err
}

// counted is a number of things.
func counted(n int, thing string) string {
	if n != 1 {
		thing += "s"
	}
	return fmt.Sprintf("%d %s", n, thing)
}

// casesOf are a tenant's cases; a tenant without the file has none.
func casesOf(b tenant.Bundle) ([]explain.Case, error) {
	data, ok := b.Files[explain.CasesFile]
	if !ok {
		return nil, nil
	}
	cases, problems := explain.ReadCases(data)
	if len(problems) > 0 {
		return nil, fmt.Errorf("%s: %w", b.Name, problems)
	}
	return cases, nil
}

func try(t *tenant.Tenant, one explain.Case) caseReport {
	report := caseReport{Tenant: t.Name, Name: one.Name}
	answer, err := one.Decide(t)
	if err != nil {
		report.Error = err.Error()
		return report
	}
	report.Answer, report.Differs = &answer, one.Differs(answer)
	report.OK = len(report.Differs) == 0
	return report
}

func printCases(s *surroundings, asJSON bool, reports []caseReport) error {
	if asJSON {
		return printJSON(s.stdout, reports)
	}
	for _, r := range reports {
		lines := []string{fmt.Sprintf("ok    %s: %s", r.Tenant, r.Name)}
		if !r.OK {
			lines[0] = fmt.Sprintf("FAIL  %s: %s", r.Tenant, r.Name)
		}
		if r.Error != "" {
			lines = append(lines, "      "+r.Error)
		}
		for _, differs := range r.Differs {
			lines = append(lines, "      "+differs)
		}
		if !r.OK && r.Answer != nil {
			lines = append(lines, "      it is "+r.Answer.Result())
		}
		for _, line := range lines {
			if _, err := fmt.Fprintln(s.stdout, plain(line)); err != nil {
				return err
			}
		}
	}
	return nil
}
