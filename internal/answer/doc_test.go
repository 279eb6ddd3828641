package answer

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/sallyport/sallyport/internal/reason"
)

// Agent developers branch on codes and statuses: the reference has each of them
// as the code does, and no others.
func TestReferenceNamesEveryAnswer(t *testing.T) {
	text, err := os.ReadFile("../../docs/reference/answers.md")
	if err != nil {
		t.Fatal(err)
	}
	rows := map[string]bool{}
	for line := range strings.Lines(string(text)) {
		if strings.HasPrefix(line, "| `") && strings.Count(line, "|") == 5 {
			rows[strings.TrimSpace(line)] = true
		}
	}
	for _, code := range reason.All() {
		switch code {
		case reason.Allowed, reason.FactsNeeded, reason.Replayed, reason.Edited, reason.Escalated, reason.ToolFailed:
			if !strings.Contains(string(text), "`"+string(code)+"`") {
				t.Errorf("%s is not named", code)
			}
			continue
		}
		e := lookup(code)
		retry := map[bool]string{true: "yes"}[e.retry]
		row := fmt.Sprintf("| `%s` | %d | %s | %s |", code, e.status, e.text, retry)
		if !rows[row] {
			t.Errorf("missing: %s", row)
		}
		delete(rows, row)
	}
	for row := range rows {
		t.Errorf("no answer is %s", row)
	}
}
