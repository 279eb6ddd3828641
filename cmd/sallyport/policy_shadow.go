package main

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/sallyport/sallyport/internal/audit"
)

type policyShadow struct {
	recordsFlag
	jsonFlag
	Tenant string `arg:"" help:"Whose; all without." optional:""`
}

// Queries over the decisions that a shadow was asked about. A version of a
// shadow is a trial of its own.
const (
	shadowTotals = `SELECT tenant, shadow, count() AS compared, countIf(shadow_differs != '') AS differ
FROM audit.decisions WHERE shadow != ''%s GROUP BY tenant, shadow ORDER BY tenant, max(time)`
	shadowDetails = `SELECT tenant, shadow, action, shadow_differs AS differs, rule, shadow_rule, shadow_reason, count() AS calls, argMax(decision_id, time) AS newest
FROM audit.decisions WHERE shadow_differs != ''%s GROUP BY tenant, shadow, action, differs, rule, shadow_rule, shadow_reason ORDER BY tenant, max(time) DESC`
)

// shadowReport is what one version of a shadow was compared on.
type shadowReport struct {
	Tenant   string              `json:"tenant"`
	Shadow   string              `json:"shadow"`
	Compared string              `json:"compared"`
	Differ   string              `json:"differ"`
	Changes  []map[string]string `json:"changes"`
}

// Run asks the records.
func (c *policyShadow) Run(s *surroundings) error {
	where := ""
	if c.Tenant != "" {
		if !tenantPattern.MatchString(c.Tenant) {
			return fmt.Errorf("a tenant is named with a-z, 0-9 and - (got %q)", c.Tenant)
		}
		where = " AND tenant = '" + c.Tenant + "'"
	}
	totals, err := c.ask(s, fmt.Sprintf(shadowTotals, where))
	if err != nil {
		return err
	}
	details, err := c.ask(s, fmt.Sprintf(shadowDetails, where))
	if err != nil {
		return err
	}
	reports := shadowReports(totals, details)
	if c.Tenant != "" && len(reports) == 0 {
		if err := c.known(s); err != nil {
			return err
		}
	}
	switch {
	case c.JSON:
		return printJSON(s.stdout, reports)
	case len(reports) == 0:
		_, err := fmt.Fprintln(s.stdout, "No decision was compared with a shadow: put another policy.csv in the folder shadow/ of a tenant, and send calls.")
		return err
	}
	return printShadow(s, reports)
}

// known refuses a tenant that no decision was ever made for.
func (c *policyShadow) known(s *surroundings) error {
	tenants, err := c.ask(s, "SELECT DISTINCT tenant FROM audit.decisions WHERE tenant != '' ORDER BY tenant")
	if err != nil {
		return err
	}
	var names []string
	for _, row := range tenants.Rows {
		if row[0] == c.Tenant {
			return nil
		}
		names = append(names, row[0])
	}
	return fmt.Errorf("the record has no decision of a tenant %q: is the name right, and were calls sent? It has decisions of %s", c.Tenant, cmp.Or(strings.Join(names, ", "), "nobody"))
}

func shadowReports(totals, details audit.Result) []shadowReport {
	reports := []shadowReport{}
	for _, row := range objects(totals) {
		r := shadowReport{Tenant: row["tenant"], Shadow: row["shadow"], Compared: row["compared"], Differ: row["differ"], Changes: []map[string]string{}}
		for _, change := range objects(details) {
			if change["tenant"] == r.Tenant && change["shadow"] == r.Shadow {
				r.Changes = append(r.Changes, change)
			}
		}
		reports = append(reports, r)
	}
	return reports
}

func printShadow(s *surroundings, reports []shadowReport) error {
	for _, r := range reports {
		lines := []string{fmt.Sprintf("%s: %s of %s decisions differ under the shadow %.19s", r.Tenant, r.Differ, r.Compared, r.Shadow)}
		for _, c := range r.Changes {
			lines = append(lines, fmt.Sprintf("  %s: %s (%s calls, such as %s; live %s, shadow %s)",
				c["action"], c["differs"], c["calls"], c["newest"], ruled(c["rule"], ""), ruled(c["shadow_rule"], c["shadow_reason"])))
		}
		for _, line := range lines {
			if _, err := fmt.Fprintln(s.stdout, plain(line)); err != nil {
				return err
			}
		}
	}
	return nil
}

// ruled is the rule that decided, or why none did.
func ruled(rule, reason string) string {
	if rule == "" {
		rule = "no rule"
	}
	return strings.TrimSpace(rule + " " + reason)
}
