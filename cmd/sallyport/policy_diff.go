package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"

	"github.com/sallyport/sallyport/internal/explain"
	"github.com/sallyport/sallyport/internal/tenant"
)

type policyDiff struct {
	jsonFlag
	Old      string `arg:"" help:"The folder of the old policy: a tenant's, or one with a folder for each tenant." type:"path"`
	New      string `arg:"" help:"The folder of the new one." type:"path"`
	Tenant   string `help:"Whose requests --requests has; not needed with one tenant's own folders."`
	Requests string `help:"Instead of the cases of policy_test.yaml: a file of JSON lines as for explain, - for standard input."`
}

// change is one question that the two policies answer differently.
type change struct {
	Tenant  string               `json:"tenant"`
	Name    string               `json:"name"`
	Changes []explain.Difference `json:"changes"`
}

type diffReport struct {
	Asked   int      `json:"query"`
	Differ  []change `json:"differ"`
	OnlyOld []string `json:"only_old"` // tenants
	OnlyNew []string `json:"only_new"`
}

// query is one question to both policies.
type query struct {
	name   string
	decide func(*tenant.Tenant) (explain.Answer, error)
}

// Run asks both.
func (c *policyDiff) Run(s *surroundings) error {
	pairs, report, err := c.pairs(s)
	if err != nil {
		return err
	}
	for _, pair := range pairs {
		questions, err := c.questions(s, pair)
		if err != nil {
			return err
		}
		for _, q := range questions {
			report.Asked++
			if differ := compare(q, pair); len(differ) > 0 {
				report.Differ = append(report.Differ, change{pair[1].Name, q.name, differ})
			}
		}
	}
	if report.Asked == 0 && len(pairs) > 0 {
		return fmt.Errorf("there is nothing to ask: write a %s beside a policy.csv, or give --requests", explain.CasesFile)
	}
	if c.JSON {
		return printJSON(s.stdout, report)
	}
	return report.print(s.stdout)
}

// pairs are the tenants of both folders; two folders of one tenant each are a
// pair whatever they are called.
func (c *policyDiff) pairs(s *surroundings) (pairs [][2]compiled, report diffReport, err error) {
	report = diffReport{Differ: []change{}, OnlyOld: []string{}, OnlyNew: []string{}}
	if isTenant(c.Old) && isTenant(c.New) {
		var pair [2]compiled
		for i, folder := range []string{c.Old, c.New} {
			if pair[i], err = tenantIn(s.ctx, folder, ""); err != nil {
				return nil, report, err
			}
		}
		return [][2]compiled{pair}, report, nil
	}
	before, err := compiledIn(s.ctx, c.Old)
	if err != nil {
		return nil, report, err
	}
	after, err := compiledIn(s.ctx, c.New)
	if err != nil {
		return nil, report, err
	}
	for _, b := range before {
		i := slices.IndexFunc(after, func(a compiled) bool { return a.Name == b.Name })
		switch {
		case i < 0:
			report.OnlyOld = append(report.OnlyOld, b.Name)
		case c.Tenant == "" || c.Tenant == b.Name:
			pairs = append(pairs, [2]compiled{b, after[i]})
		}
	}
	for _, a := range after {
		if !slices.ContainsFunc(before, func(b compiled) bool { return b.Name == a.Name }) {
			report.OnlyNew = append(report.OnlyNew, a.Name)
		}
	}
	if len(pairs) == 0 {
		return nil, report, errors.New("no tenant is in both folders: name two folders that hold the same tenants, or a --tenant that both have")
	}
	return pairs, report, nil
}

// questions are the cases of both versions, the new one's where both have one of
// a name, or the requests.
func (c *policyDiff) questions(s *surroundings, pair [2]compiled) ([]query, error) {
	if c.Requests != "" {
		if c.Tenant == "" && !isTenant(c.New) {
			return nil, errors.New("--requests needs --tenant: whose requests are they?")
		}
		return c.requests(s)
	}
	var out []query
	for _, i := range []int{1, 0} {
		cases, err := casesOf(pair[i].bundle)
		if err != nil {
			return nil, err
		}
		for _, one := range cases {
			if !slices.ContainsFunc(out, func(q query) bool { return q.name == one.Name }) {
				out = append(out, query{one.Name, one.Decide})
			}
		}
	}
	return out, nil
}

func (c *policyDiff) requests(s *surroundings) ([]query, error) {
	from := s.stdin
	if c.Requests != "-" {
		file, err := os.Open(c.Requests)
		if err != nil {
			return nil, fmt.Errorf("--requests must be a file of JSON lines, or -: %w", err)
		}
		defer func() { _ = file.Close() }()
		from = file
	}
	lines := bufio.NewScanner(from)
	lines.Buffer(nil, maxLine)
	var out []query
	for n := 1; lines.Scan(); n++ {
		if len(bytes.TrimSpace(lines.Bytes())) == 0 {
			continue
		}
		ask, err := explain.ReadLine(lines.Bytes())
		if err != nil {
			return nil, fmt.Errorf("line %d of --requests: %w", n, err)
		}
		out = append(out, query{fmt.Sprintf("line %d", n), func(t *tenant.Tenant) (explain.Answer, error) {
			return explain.Decide(t, ask, explain.Noon)
		}})
	}
	return out, lines.Err()
}

// compare asks both; a question that only one can answer differs too.
func compare(q query, pair [2]compiled) []explain.Difference {
	var answers [2]explain.Answer
	var failed [2]string
	for i, t := range pair {
		answer, err := q.decide(t.Tenant)
		if err != nil {
			failed[i] = "cannot be asked: " + err.Error()
		}
		answers[i] = answer
	}
	switch {
	case failed[0] != "" && failed[0] == failed[1]:
		return nil
	case failed[0] != "" || failed[1] != "":
		for i := range failed {
			if failed[i] == "" {
				failed[i] = answers[i].Result()
			}
		}
		return []explain.Difference{{What: "answer", Old: failed[0], New: failed[1]}}
	}
	return explain.Compare(answers[0], answers[1])
}

func (r diffReport) print(w io.Writer) error {
	var lines []string
	for _, c := range r.Differ {
		lines = append(lines, c.Tenant+": "+c.Name)
		for _, d := range c.Changes {
			lines = append(lines, fmt.Sprintf("  %s: %s -> %s", d.What, d.Old, d.New))
		}
	}
	for _, name := range r.OnlyOld {
		lines = append(lines, name+": is only in the old folder")
	}
	for _, name := range r.OnlyNew {
		lines = append(lines, name+": is only in the new folder")
	}
	lines = append(lines, fmt.Sprintf("%d of %d answers differ", len(r.Differ), r.Asked))
	for _, line := range lines {
		if _, err := fmt.Fprintln(w, plain(line)); err != nil {
			return err
		}
	}
	return nil
}
