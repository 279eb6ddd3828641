package main

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestPIIScan(t *testing.T) {
	for name, c := range map[string]struct {
		in, want string
		args     []string
	}{
		"text": {
			in:   "您好 ann@example.com\n",
			want: `{"type":"email","start":3,"end":18,"detector":"sallyport","reason":"shape"}` + "\n",
		},
		"JSON": {
			in:   `{"name": "Ann Lee", "note": "call +1 415 555 0142"}`,
			want: `{"type":"name","start":10,"end":17,"detector":"sallyport","reason":"key"}` + "\n" + `{"type":"phone","start":34,"end":49,"detector":"sallyport","reason":"shape"}` + "\n",
		},
		"documents": {
			args: []string{"--format", "jsonl"},
			in:   `{"id": "a", "text": "陈 a@b.co"}` + "\n\n" + `{"id": 7, "text": "nothing"}` + "\n",
			want: `{"id":"a","spans":[{"type":"email","start":2,"end":8,"detector":"sallyport","reason":"shape"}]}` + "\n" + `{"id":7,"spans":[]}` + "\n",
		},
		"again": {
			in:   `{"name": "Ann Lee", "note": "by Ann Lee"}`,
			want: `{"type":"name","start":10,"end":17,"detector":"sallyport","reason":"key"}` + "\n" + `{"type":"name","start":32,"end":39,"detector":"sallyport","reason":"again"}` + "\n",
		},
		"table": {
			in:   "id,phone\n4155550132,4155550133\n",
			want: `{"type":"phone","start":20,"end":30,"detector":"sallyport","reason":"key"}` + "\n",
		},
		"characters of several bytes": {
			in:   "👩‍👧 e\u0301 您好 ann@example.com 😀 +14155550132",
			want: `{"type":"email","start":10,"end":25,"detector":"sallyport","reason":"shape"}` + "\n" + `{"type":"phone","start":28,"end":40,"detector":"sallyport","reason":"shape"}` + "\n",
		},
		"documents of other systems": {
			args: []string{"--format", "jsonl"},
			in:   "\ufeff" + `{"id":1,"text":"\ud83d\ude00 a@b.co"}` + "\r\n" + `{"text":"陈 a@b.co"}`,
			want: `{"id":1,"spans":[{"type":"email","start":2,"end":8,"detector":"sallyport","reason":"shape"}]}` + "\n" + `{"spans":[{"type":"email","start":2,"end":8,"detector":"sallyport","reason":"shape"}]}` + "\n",
		},
		"nothing": {in: "ch_3NabcDEF1234567890", want: ""},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, succeeds(t, c.in, append([]string{"pii", "scan"}, c.args...)...)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// Lines that are no documents are named, and all others have their answers.
func TestPIIScanGoesOn(t *testing.T) {
	in := strings.Join([]string{`{"id": 1, "text": "a@b.co"}`, "no JSON", `{"id": 2}`, `{"id": 3, "text": 5}`, `{"id": 4, "text": "\u0000"}`, `{"id": 5, "text": ""}`}, "\n")
	const like = ` must be like {"id": "a", "text": "what to scan"}` + "\n"
	want := outcome{
		code:   1,
		stdout: `{"id":1,"spans":[{"type":"email","start":0,"end":6,"detector":"sallyport","reason":"shape"}]}` + "\n" + `{"id":5,"spans":[]}` + "\n",
		stderr: "sallyport: standard input: line 2" + like + "sallyport: standard input: line 3" + like + "sallyport: standard input: line 4" + like +
			"sallyport: standard input: line 5 has a text that cannot be read: body is not valid UTF-8; save it as UTF-8, without zero bytes\n" +
			"sallyport: standard input: 4 of its lines have no answer: mend them as it says above\n",
	}
	if diff := cmp.Diff(want, sallyport(t, in, "pii", "scan", "--format", "jsonl"), cmp.AllowUnexported(outcome{})); diff != "" {
		t.Error(diff)
	}
}

// What is too long is said to be, and never looked at in part.
func TestPIIScanOfMuch(t *testing.T) {
	much := strings.Repeat("x", maxScan) + " a@b.co"
	for _, command := range []string{"scan", "mask", "explain"} {
		got := sallyport(t, much, "pii", command)
		if got.code != 1 || got.stdout != "" || !strings.Contains(got.stderr, "body is too large to mask; cut it into parts of at most 64 MiB") {
			t.Errorf("%s: %d, %.200q", command, got.code, got.stderr)
		}
	}
	got := sallyport(t, `{"text":"`+much+`"}`+"\n"+`{"id":2,"text":""}`, "pii", "scan", "--format", "jsonl")
	if got.code != 1 || got.stdout != `{"id":2,"spans":[]}`+"\n" || !strings.Contains(got.stderr, "line 1 must have at most 64 MiB") {
		t.Errorf("%d, %q, %.200q", got.code, got.stdout, got.stderr)
	}
}

func TestPIIMaskAndExplain(t *testing.T) {
	rules := filepath.Join(t.TempDir(), "mask.yaml")
	write(t, rules, "types: [email]\ntools: {zendesk: {keys: {subject: text}}}\nroles: [{role: sales, tools: {zendesk: {pass_keys: [subject]}}}]\n")
	in := "{\"subject\": \"Help\", \"body\": \"a@b.co, +1 415 555 0142\"}\n"
	for _, c := range []struct {
		args []string
		want string
	}{
		{nil, "{\"subject\": \"Help\", \"body\": \"[email], [phone]\"}\n"},
		{[]string{"--rules", rules}, "{\"subject\": \"Help\", \"body\": \"[email], +1 415 555 0142\"}\n"},
		{[]string{"--rules", rules, "--tool", "zendesk", "--role", "sales"}, "{\"subject\": \"Help\", \"body\": \"[email], +1 415 555 0142\"}\n"},
		{[]string{"--rules", rules, "--tool", "zendesk"}, "{\"subject\": \"[text]\", \"body\": \"[email], +1 415 555 0142\"}\n"},
	} {
		if diff := cmp.Diff(c.want, succeeds(t, in, append([]string{"pii", "mask"}, c.args...)...)); diff != "" {
			t.Errorf("%v: %s", c.args, diff)
		}
	}
	want := "LINE  TYPE   BY     VALUE   BECOMES\n1     text   key    Help    [text]\n1     email  shape  a@b.co  [email]\n"
	if diff := cmp.Diff(want, succeeds(t, in, "pii", "explain", "--rules", rules, "--tool", "zendesk")); diff != "" {
		t.Error(diff)
	}
}

// Each value is at the line where it begins, also of several in one line and behind empty ones.
func TestPIIExplainCountsLines(t *testing.T) {
	const want = "LINE  TYPE   BY     VALUE   BECOMES\n2     email  shape  a@b.co  [email]\n2     email  shape  c@d.co  [email]\n5     email  shape  e@f.co  [email]\n"
	if diff := cmp.Diff(want, succeeds(t, "\na@b.co c@d.co\n\n\ne@f.co\n", "pii", "explain")); diff != "" {
		t.Error(diff)
	}
}

func TestPIIExplainsNothing(t *testing.T) {
	if got := succeeds(t, "nothing here\n", "pii", "explain"); got != "Nothing would be masked.\n" {
		t.Errorf("%q", got)
	}
}

func TestPIIRefuses(t *testing.T) {
	bad := filepath.Join(t.TempDir(), "mask.yaml")
	write(t, bad, "types: [mail]\n")
	for _, c := range []struct {
		in   string
		args []string
		want string
	}{
		{"{\"id\": 1}\n", []string{"scan", "--format", "jsonl"}, "standard input: line 1 must be like"},
		{"\xff", []string{"scan"}, "standard input cannot be read: body is not valid UTF-8"},
		{"", []string{"mask", "--rules", bad}, "types: must be email"},
		{"", []string{"mask", "--role", "sales"}, "--role need the mask.yaml"},
		{"", []string{"mask", "--rules", "../../examples/tenants/acme/mask.yaml", "--role", "sales"}, "--role must be one that has rules"},
		{"", []string{"mask", "absent.txt"}, "no such file"},
	} {
		got := sallyport(t, c.in, append([]string{"pii"}, c.args...)...)
		if got.code != 1 || !strings.Contains(got.stderr, c.want) || got.stdout != "" {
			t.Errorf("%v: %+v", c.args, got)
		}
	}
}
