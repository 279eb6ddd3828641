package house_test

import (
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// named is a Markdown link to a test: [TestName/of the case](file).
var named = regexp.MustCompile(`\[(Test\w+|Fuzz\w+)(?:/([^\]]+))?\]\(([^)]+_test\.go)\)`)

// A list of attempts is worth what its tests are.
func TestEveryAttemptHasItsTest(t *testing.T) {
	const list = "docs/security/bypass.md"
	attempts := 0
	for i, line := range strings.Split(read(t, list), "\n") {
		if !strings.HasPrefix(line, "| ") || strings.HasPrefix(line, "| attempt ") {
			continue
		}
		attempts++
		links := named.FindAllStringSubmatch(line, -1)
		if links == nil {
			t.Errorf("%s:%d names no test", list, i+1)
		}
		for _, link := range links {
			source := read(t, filepath.Join(filepath.Dir(list), link[3]))
			if !strings.Contains(source, "func "+link[1]+"(") {
				t.Errorf("%s:%d: %s has no %s", list, i+1, link[3], link[1])
			}
			if link[2] != "" && !strings.Contains(source, `"`+link[2]+`"`) {
				t.Errorf("%s:%d: %s has no case %q", list, i+1, link[1], link[2])
			}
		}
	}
	if attempts < 20 {
		t.Errorf("only %d attempts: the search is broken", attempts)
	}
}
