package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sallyport/sallyport/internal/explain"
)

const exampleTenants = "../../examples/tenants"

// edited are the example tenants with a text of acme's policy replaced.
func edited(t *testing.T, from, to string) string {
	t.Helper()
	root := t.TempDir()
	if err := os.CopyFS(root, os.DirFS(exampleTenants)); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(root, "acme", "policy.csv")
	text, err := os.ReadFile(path)
	if err != nil || !strings.Contains(string(text), from) {
		t.Fatalf("%v: no %q", err, from)
	}
	write(t, path, strings.Replace(string(text), from, to, 1))
	return root
}

// The matrix is said in words, and a row that nobody is ever asked by is named.
func TestLintSaysTheMatrix(t *testing.T) {
	root := edited(t, "once; hold:privacy:2", "once")
	path := filepath.Join(root, "acme", "approvals.yaml")
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	write(t, path, string(text)+"\nmatrix:\n  - {actions: [stripe.refund.create], above: 200 USD, groups: [billing_leads, auditors], votes: 2}\n  - {actions: [stripe.customer.delete], groups: [auditors]}\n")
	out := succeeds(t, "", "policy", "lint", root)
	for _, want := range []string{
		"acme/approvals.yaml: matrix[0]: stripe.refund.create of more than 200.00 USD waits for 2 of billing_leads or auditors\n",
		"acme/approvals.yaml: matrix[1]: stripe.customer.delete waits for 1 of auditors. No rule of policy.csv says hold for these actions, so nobody is asked: add hold to one, or remove the row\n",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("%q is missing in %q", want, out)
		}
	}
}

// A policy on trial is looked at as the live one is: it is to become that.
func TestLintLooksAtTheShadow(t *testing.T) {
	for name, tt := range map[string]struct {
		file string
		code int
		want string
	}{
		"sound":                  {"p, billing, stripe.refund.create, sums.charge_24h + args.amount <= money('20 USD'), allow, once\n", 0, "acme/shadow: billing: stripe.refund.create: up to 20 USD at once, above refused\n"},
		"cannot be used":         {"p, billing, stripe.nope, true, allow, -\n", 1, "acme/shadow/policy.csv:1:13: matches no action of the tenant's tools (got stripe.nope)\n"},
		"says what nobody means": {"p, billing, stripe.charge.get, true, allow, -\np, billing, stripe.charge.get, args.charge == 'ch_1', allow, -\n", 1, "acme/shadow/policy.csv:2:32: error: is never reached"},
	} {
		t.Run(name, func(t *testing.T) {
			root := edited(t, "# Refunds of", "# Refunds,\n# of")
			if err := os.Mkdir(filepath.Join(root, "acme", "shadow"), 0o700); err != nil {
				t.Fatal(err)
			}
			write(t, filepath.Join(root, "acme", "shadow", "policy.csv"), tt.file+"g, billing-bot, billing\n")
			if got := sallyport(t, "", "policy", "lint", root); got.code != tt.code || !strings.Contains(got.stdout, tt.want) || !strings.Contains(got.stdout, "acme: billing: stripe.refund.create: up to 50 USD at once") {
				t.Errorf("got %+v", got)
			}
		})
	}
}

func TestLintSaysThresholdsAndFailsOnErrors(t *testing.T) {
	const words = "acme: billing: stripe.refund.create: up to 50 USD at once, 50 to 500 USD waits for billing_leads, above refused; refused when facts.charge.customer != session.customer\n"
	for _, folder := range []string{exampleTenants, exampleTenants + "/acme"} {
		if out := succeeds(t, "", "policy", "lint", folder); !strings.HasPrefix(out, words) || strings.Contains(out, "globex") == strings.HasSuffix(folder, "acme") {
			t.Errorf("%s: %q", folder, out)
		}
	}
	said := decoded[[]lintReport](t, succeeds(t, "", "policy", "lint", exampleTenants, "--json"))
	if len(said) != 2 || len(said[0].Thresholds) != 1 || len(said[0].Thresholds[0].Bands) != 3 || said[0].Findings == nil || said[0].Problems == nil {
		t.Errorf("got %+v", said)
	}

	wide := edited(t, "# Refunds of", "p, billing, stripe.*, true, allow, -\n# Refunds of")
	got := sallyport(t, "", "policy", "lint", wide)
	if got.code != 1 || !strings.Contains(got.stdout, "acme/policy.csv:10:35: error: nobody is asked: policy.csv:6 allows the same before it with less; put it above line 6") {
		t.Errorf("got %+v", got)
	}
	if !strings.Contains(got.stdout, "globex: billing") || !strings.Contains(got.stderr, "errors in the policies: ") {
		t.Errorf("got %+v", got)
	}
	broken := edited(t, "stripe.customer.get", "stripe.custmer.get")
	if got := sallyport(t, "", "policy", "lint", broken); got.code != 1 || !strings.Contains(got.stdout, "acme/policy.csv:3:13: matches no action of the tenant's tools; it is like stripe.customer.get (got stripe.custmer.get)\n") {
		t.Errorf("got %+v", got)
	}
	double := edited(t, "# Refunds of", "p, billing, stripe.refund.create, session.ticket == '1', deny, -\np, billing, stripe.refund.create, session.ticket == '1', deny, -\n# Refunds of")
	if out := succeeds(t, "", "policy", "lint", double); !strings.Contains(out, "acme/policy.csv:7:35: warning: ") {
		t.Errorf("got %q", out)
	}
}

func TestCasesPassAndFail(t *testing.T) {
	out := succeeds(t, "", "policy", "test", exampleTenants)
	if !strings.Contains(out, "ok    acme: up to 50 USD is refunded at once\n") || strings.Contains(out, "FAIL") || !strings.HasSuffix(out, "\n76 cases in 2 files passed\n") {
		t.Errorf("got %q", out)
	}
	if asJSON := decoded[[]caseReport](t, succeeds(t, "", "policy", "test", exampleTenants, "--json")); len(asJSON) != 76 {
		t.Errorf("%d cases as JSON", len(asJSON))
	}
	one := t.TempDir()
	if err := os.CopyFS(one, os.DirFS("../../examples/own-tool/tenants")); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(one, "shop", "policy_test.yaml"), "cases: [{name: a, agent: nobody, action: vouchers.customer.get, args: {customer: cus_1}, expect: {effect: deny}}]\n")
	if out := succeeds(t, "", "policy", "test", one); out != "ok    shop: a\n1 case in 1 file passed\n" {
		t.Errorf("got %q", out)
	}
	generous := edited(t, "<= money('50 USD')", "<= money('60 USD')")
	got := sallyport(t, "", "policy", "test", generous)
	want := "FAIL  acme: one cent more waits for a billing lead\n      hold is none, expected is billing_leads\n      it is mediate, allowed by policy.csv:8, lane effect\n"
	if got.code != 1 || !strings.Contains(got.stdout, want) || got.stderr != "sallyport: 1 of 76 cases came out otherwise; mend the policy, or what the case expects\n" {
		t.Errorf("got %+v", got)
	}
	write(t, filepath.Join(generous, "acme", "policy_test.yaml"), "cases: [{name: a, agent: billing-bot, action: stripe.refund.crate, expect: {effect: deny}}]\n")
	asJSON := sallyport(t, "", "policy", "test", generous, "--json")
	said := decoded[[]caseReport](t, asJSON.stdout)
	if asJSON.code != 1 || said[0].OK || !strings.Contains(said[0].Error, "stripe.refund.crate") || !said[1].OK || said[1].Answer.Effect != "deny" {
		t.Errorf("got %+v", asJSON)
	}
}

func TestExplainByFlags(t *testing.T) {
	args := []string{"policy", "explain", exampleTenants, "--tenant", "acme", "--agent", "billing-bot", "--customer", "cus_ada"}
	facts := []string{"--fact", "charge.customer=cus_ada", "--fact", "charge.amount=100000", "--fact", "charge.amount_refunded=0", "--fact", "charge.currency=usd", "--fact", "charge.refunded=false"}
	asked := append(append(args, "--action", "stripe.refund.create", "--arg", "charge=ch_1", "--arg", "amount=1000", "--sum", "charge_24h=40.01 USD"), facts...)
	out := succeeds(t, "", asked...)
	for _, text := range []string{"tool       stripe\n", "sums       charge_24h=40.01 USD ", "policy.csv:9  true ", "result     mediate, allowed by policy.csv:9, lane effect, waits for 1 of billing_leads\n"} {
		if !strings.Contains(out, text) {
			t.Errorf("%q lacks %q", out, text)
		}
	}
	said := decoded[explain.Answer](t, succeeds(t, "", append(asked, "--json")...))
	if said.Hold == nil || said.Hold.Group != "billing_leads" || len(said.Rules) != 4 || string(said.Args) != `{"amount":{"money":1000,"currency":"USD"},"charge":{"id":"ch_1"}}` {
		t.Errorf("got %+v", said)
	}
	sent := append(append([]string{}, args...), "-X", "POST", "--path", "/stripe/v1/refunds", "-H", "Content-Type: application/x-www-form-urlencoded", "--body", "charge=ch_1&amount=1", "--now", "2026-01-05T12:00:00Z", "--role", "billing", "--ticket", "7", "--session", "s")
	if out := succeeds(t, "", sent...); !strings.Contains(out, "result     mediate, facts_needed, lane effect: rules wait for charge, sums.charge_24h\n") {
		t.Errorf("got %q", out)
	}
}

func TestExplainByLines(t *testing.T) {
	lines := `{"method":"GET","path":"/stripe/v1/charges?customer=cus_ada"}` + "\n\n" +
		`{"agent":"support-bot","method":"GET","path":"/stripe/v1/charges"}` + "\n" +
		`{"method":"POST","path":"/stripe/v1/refunds","headers":{"content-type":"application/x-www-form-urlencoded"},"body":"charge=ch_1&amount=1&x=1"}` + "\n"
	want := []string{
		`{"effect":"allow","reason":"allowed","rule":"policy.csv:2","tool":"stripe","action":"stripe.charge.list","args":{"customer":{"id":"cus_ada"}},"lane":"direct","limits":["calls_per_minute"]}`,
		`{"effect":"deny","reason":"policy_no_rule","tool":"stripe","action":"stripe.charge.list","args":{}}`,
		`{"effect":"deny","reason":"input_unlisted","field":"x","hint":"leave it out: the catalog does not list it for this action","tool":"stripe","action":"stripe.refund.create"}`,
	}
	out := succeeds(t, lines, "policy", "explain", exampleTenants+"/acme", "--agent", "billing-bot", "--customer", "cus_ada")
	if diff := cmp.Diff(want, strings.Split(strings.TrimSpace(out), "\n")); diff != "" {
		t.Error(diff)
	}
}

// What is no question is told in its place, and the others are answered.
func TestExplainGoesOnAfterABadLine(t *testing.T) {
	good, answer := `{"method":"GET","path":"/stripe/v1/charges?customer=cus_ada"}`+"\n", `{"effect":"allow","reason":"allowed"`
	lines := good + "GET /\n\n" + `{"path":"/stripe/v1/charges"}` + "\n" + `{"action":"stripe.refund.crate"}` + "\n[]\n" + good
	got := sallyport(t, lines, "policy", "explain", exampleTenants+"/acme", "--agent", "billing-bot", "--customer", "cus_ada")
	said := strings.Split(got.stdout, "\n")
	want := []string{answer, `{"error":"line 2: a question is one JSON object a line`, `{"error":"line 4: method is missing`, `{"error":"line 5: acme has no action \"stripe.refund.crate\"`, `{"error":"line 6: a question is one JSON object a line`, answer, ""}
	if len(said) != len(want) {
		t.Fatalf("got %q", said)
	}
	for i := range want {
		if !strings.HasPrefix(said[i], want[i]) {
			t.Errorf("got %q, want %q", said[i], want[i])
		}
	}
	if got.code != 1 || got.stderr != "sallyport: 4 of 6 lines are no questions and were not decided: the error in their place says why\n" {
		t.Errorf("got %+v", got)
	}
}

func TestDiffShowsWhatChanges(t *testing.T) {
	same := succeeds(t, "", "policy", "diff", exampleTenants, edited(t, "# Refunds of", "# Refunds,\n# of"))
	if same != "0 of 76 answers differ\n" {
		t.Errorf("got %q", same)
	}
	generous := edited(t, "<= money('50 USD')", "<= money('60 USD')")
	want := "acme: one cent more waits for a billing lead\n  hold: 1 of billing_leads -> none\n1 of 76 answers differ\n"
	if out := succeeds(t, "", "policy", "diff", exampleTenants, generous); out != want {
		t.Errorf("got %q", out)
	}
	lines := `{"agent":"billing-bot","action":"stripe.refund.create","args":{"charge":"ch_1","amount":5500},"session":{"customer":"cus_ada"},"facts":{"charge":{"customer":"cus_ada","amount":100000,"amount_refunded":0,"currency":"usd","refunded":false}}}` + "\n" +
		`{"agent":"billing-bot","action":"stripe.charge.list"}` + "\n"
	args := []string{"policy", "diff", exampleTenants, generous, "--tenant", "acme", "--requests"}
	report := decoded[diffReport](t, succeeds(t, lines, append(args, "-", "--json")...))
	if diff := cmp.Diff(diffReport{Asked: 2, Differ: []change{{"acme", "line 1", []explain.Difference{{What: "hold", Old: "1 of billing_leads", New: "none"}}}}, OnlyOld: []string{}, OnlyNew: []string{}}, report); diff != "" {
		t.Error(diff)
	}
	file := filepath.Join(t.TempDir(), "lines")
	write(t, file, lines)
	if out := succeeds(t, "", append(args, file)...); !strings.Contains(out, "acme: line 1\n") {
		t.Errorf("got %q", out)
	}
	if err := os.RemoveAll(filepath.Join(generous, "globex")); err != nil {
		t.Fatal(err)
	}
	if out := succeeds(t, "", "policy", "diff", exampleTenants, generous); !strings.Contains(out, "globex: is only in the old folder\n") {
		t.Errorf("got %q", out)
	}
	if out := succeeds(t, "", "policy", "diff", exampleTenants+"/acme", exampleTenants+"/globex"); !strings.Contains(out, "  effect: deny -> mediate\n") {
		t.Errorf("got %q", out)
	}
}

func TestPolicyCommandsRefuseBadInputInOneLine(t *testing.T) {
	empty, absent := t.TempDir(), filepath.Join(t.TempDir(), "absent")
	broken := edited(t, "stripe.customer.get", "stripe.custmer.get")
	acme := exampleTenants + "/acme"
	noCases := edited(t, "# Refunds", "# Refunds")
	for _, name := range []string{"acme", "globex"} {
		if err := os.Remove(filepath.Join(noCases, name, "policy_test.yaml")); err != nil {
			t.Fatal(err)
		}
	}
	badCases := edited(t, "# Refunds", "# Refunds")
	write(t, filepath.Join(badCases, "acme", "policy_test.yaml"), "cases: [{name: a}]\n")
	ask := func(args ...string) []string {
		return append([]string{"policy", "explain", acme, "--agent", "billing-bot"}, args...)
	}
	for name, tt := range map[string]struct {
		args  []string
		stdin string
		says  string
	}{
		"lint of no folder":       {[]string{"policy", "lint", absent}, "", "is no folder: name a tenant's, or one that has a folder for each tenant"},
		"lint of nothing":         {[]string{"policy", "lint", empty}, "", "has no tenants: name a tenant's folder"},
		"cases of a broken one":   {[]string{"policy", "test", broken}, "", "acme cannot go live: policy.csv:3: matches no action"},
		"no cases at all":         {[]string{"policy", "test", noCases}, "", "has a policy_test.yaml: write one beside its policy.csv"},
		"cases that say nothing":  {[]string{"policy", "test", badCases}, "", "acme: policy_test.yaml: cases[0].expect: must say what comes out"},
		"explain without tenant":  {[]string{"policy", "explain", exampleTenants, "--agent", "x"}, "", `--tenant must be one of acme, globex (got "")`},
		"explain of another":      {[]string{"policy", "explain", exampleTenants, "--tenant", "initech"}, "", `(got "initech")`},
		"explain without input":   {ask(), "", "standard input is empty: give JSON lines like"},
		"explain half a request":  {ask("--method", "GET"), "", "the request is not whole: give --method and --path, or --action and --arg"},
		"explain without method":  {ask("--path", "/stripe/v1/charges"), "", "method is missing"},
		"explain without agent":   {[]string{"policy", "explain", acme, "--action", "stripe.charge.list"}, "", "agent is missing: who asks?"},
		"explain with a bad fact": {ask("--action", "stripe.charge.list", "--fact", "charge"), "", "--fact must be like charge.customer=cus_ada"},
		"explain with a bad arg":  {ask("--action", "stripe.charge.list", "--arg", "limit"), "", "--arg must be like amount=4000"},
		"explain with a bad sum":  {ask("--action", "stripe.charge.list", "--sum", "x"), "", "--sum must be like charge_24h='40 USD'"},
		"explain at a bad time":   {ask("--action", "stripe.charge.list", "--now", "noon"), "", "--now must be like 2026-01-05T12:00:00Z"},
		"explain a bad header":    {ask("--path", "/x", "-X", "GET", "-H", "x"), "", "--header must be like"},
		"diff with nothing":       {[]string{"policy", "diff", noCases, noCases}, "", "there is nothing to ask"},
		"diff of strangers":       {[]string{"policy", "diff", exampleTenants, exampleTenants, "--tenant", "initech"}, "", "no tenant is in both folders"},
		"diff of whose requests":  {[]string{"policy", "diff", exampleTenants, exampleTenants, "--requests", "-"}, "", "--requests needs --tenant"},
		"diff of no requests":     {[]string{"policy", "diff", acme, acme, "--requests", absent}, "", "--requests must be a file of JSON lines, or -"},
		"diff of bad requests":    {[]string{"policy", "diff", acme, acme, "--requests", "-"}, "x\n", "line 1 of --requests: "},
	} {
		t.Run(name, func(t *testing.T) {
			got := sallyport(t, tt.stdin, tt.args...)
			line, rest, _ := strings.Cut(got.stderr, "\n")
			if got.code != 1 || got.stdout != "" || rest != "" || !strings.HasPrefix(line, "sallyport: ") || !strings.Contains(line, tt.says) {
				t.Errorf("got %+v", got)
			}
		})
	}
}
