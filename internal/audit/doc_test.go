package audit

import (
	"os"
	"strings"
	"testing"
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
