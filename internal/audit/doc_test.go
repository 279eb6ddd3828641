package audit

import (
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/sallyport/sallyport/internal/testkit"
)

// Analysts have the reference and nothing else: each table's section names its
// columns, no more and no fewer.
func TestReferenceNamesEveryColumn(t *testing.T) {
	text, err := os.ReadFile("../../docs/reference/audit.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, table := range tables {
		_, section, ok := strings.Cut(string(text), "\n## audit."+string(table)+"\n")
		if !ok {
			t.Errorf("there is no section about %s", table)
			continue
		}
		section, _, _ = strings.Cut(section, "\n## ")
		documented := map[string]bool{}
		for line := range strings.Lines(section) {
			if first, _, ok := strings.Cut(strings.TrimPrefix(line, "|"), "|"); ok && strings.HasPrefix(line, "| `") {
				for i, word := range strings.Split(first, "`") {
					if i%2 == 1 {
						documented[word] = true
					}
				}
			}
		}
		for _, c := range columnsOf(table) {
			if !documented[c.name] {
				t.Errorf("%s.%s is not documented", table, c.name)
			}
			delete(documented, c.name)
		}
		for name := range documented {
			t.Errorf("%s.%s is documented and not there", table, name)
		}
	}
}

// The query that shows one call whole gives each of its rows once, and none of
// another call.
func TestDocumentedCallIsWhole(t *testing.T) {
	text, err := os.ReadFile("../../docs/reference/audit.md")
	if err != nil {
		t.Fatal(err)
	}
	_, section, _ := strings.Cut(string(text), "\n## One call, whole\n")
	query := regexp.MustCompile(`audit query "([^"]+)"`).FindStringSubmatch(section)
	if query == nil {
		t.Fatal("it is not documented")
	}
	e, dir := startEngine(t), t.TempDir()
	spool := realSpool(t, dir, time.Hour)
	for _, r := range refunded("dec-old", 1_790_000_000) {
		r.spool(t, spool)
	}
	for _, r := range refunded("dec-new", 1_790_000_100) {
		r.spool(t, spool)
	}
	if err := spool.Close(); err != nil {
		t.Fatal(err)
	}
	testkit.Eventually(t, "all is shipped", drained(ship(t, e, dir)))
	got, err := e.open().Query(t.Context(), query[1])
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, row := range got.Rows {
		lines = append(lines, strings.Join(row[1:], " | "))
	}
	want := []string{
		"request: agent | 200 in 7 us", "decided: agent | mediate, allowed", "decided: execute:fact | allow, allowed", "request: execute | 200 in 7 us",
		"decided: facts | allow, allowed", "effect | executing by gateway", "decided: execute:effect | allow, allowed", "request: execute | 200 in 7 us",
		"effect | succeeded by gateway",
	}
	if diff := cmp.Diff(want, lines); diff != "" {
		t.Error(diff)
	}
}

func (r Record) spool(t *testing.T, s *Spool) {
	t.Helper()
	if err := s.Record(r); err != nil {
		t.Fatal(err)
	}
}

// refunded are the rows of a refund that was done, a millisecond apart.
func refunded(id string, from int64) []Record {
	n := int64(0)
	at := func() time.Time { n++; return time.Unix(from, n*1e6) }
	decided := func(step, effect string) Record {
		return Record{Table: Decisions, Decision: &Decision{Time: at(), Tenant: "acme", ID: id, Step: step, Action: "stripe.refund.create", Effect: effect, Reason: "allowed"}}
	}
	requested := func(listener string) Record {
		return Record{Table: Requests, Request: &Request{Time: at(), Tenant: "acme", Decision: id, Listener: listener, Status: 200, DurationUS: 7}}
	}
	became := func(seq int64, state string) Record {
		return Record{Table: Approvals, Approval: &Approval{Time: at(), Tenant: "acme", Decision: id, Intent: "int_1", Seq: seq, State: state, Actor: "gateway"}}
	}
	return []Record{
		requested("agent"), decided("agent", "mediate"), decided("execute:fact", "allow"), requested("execute"), decided("facts", "allow"),
		became(1, "executing"), decided("execute:effect", "allow"), requested("execute"), became(2, "succeeded"),
	}
}
