package desk

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/sallyport/sallyport/internal/authority"
	"github.com/sallyport/sallyport/internal/money"
)

// sentences finds what pages and handlers say.
var sentences = map[string]*regexp.Regexp{
	"assets/*.html": regexp.MustCompile(`\{\{t \(?(?:printf )?"([^"]+)"`),
	"*.go":          regexp.MustCompile(`(?:"message\.html", |Detail: |tell\(w, |http\.Status\w+, )"([^"]+)"`),
}

// forAPI are sentences that only the command line reads.
var forAPI = regexp.MustCompile("JSON|people.yaml has nobody|^No tenant|^This person has a passkey|^The command line's token|^Only who holds|^There is no such delivery|^No live tenant|^The tenant.s channels.yaml has|^Nobody has let|^The people of this tenant|^The surrogate must be|^Name the intent|^Nobody gave you the right to revoke|^Who holds the gateway|the tool stays off|^This could not be revoked|^What was revoked|^Name one of agent|^Only a tool|%s|^application/")

func han(text string) bool {
	return strings.ContainsFunc(text, func(r rune) bool { return unicode.Is(unicode.Han, r) })
}

// Every sentence of a page has its Chinese one.
func TestCatalogueIsWhole(t *testing.T) {
	c, err := readCatalogue(words)
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for pattern, say := range sentences {
		files, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			if strings.HasSuffix(file, "_test.go") {
				continue
			}
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range say.FindAllStringSubmatch(string(data), -1) {
				if strings.HasSuffix(file, ".go") && (forAPI.MatchString(m[1]) || !strings.HasSuffix(m[1], ".")) {
					continue
				}
				found++
				if !han(c.chinese(strings.ReplaceAll(m[1], "%s", "X"))) {
					t.Errorf("%s: %q has no Chinese", file, m[1])
				}
			}
		}
	}
	for _, text := range []string{"2 of 3 calls reserved or done", "1.00 USD of 2.00 USD reserved or done", "1.00 USD reserved or done", remaining(time.Second), remaining(90 * time.Minute), remaining(99 * time.Hour)} {
		if !han(c.chinese(text)) {
			t.Errorf("%q has no Chinese", text)
		}
	}
	if found < 70 {
		t.Errorf("only %d sentences were found", found)
	}
}

// What other packages say of a vote has its Chinese one too, and keeps what it is
// about as it is.
func TestCatalogueKnowsAuthority(t *testing.T) {
	c, err := readCatalogue(words)
	if err != nil {
		t.Fatal(err)
	}
	q := authority.Question{VoterID: "ann", VoterGroups: []string{"leads"}, Group: "leads", Approve: true, Moves: true, Amount: money.Amount{Minor: 200, Currency: "USD"}}
	for name, change := range map[string]func(*authority.Question){
		"no member": func(q *authority.Question) { q.Group = "finance|boss" }, "nobody": func(q *authority.Question) { q.Group = "" },
		"requester": func(q *authority.Question) { q.RequesterID = "ann" }, "editor": func(q *authority.Question) { q.Editors = []string{"ann"} }, "voted": func(q *authority.Question) { q.Voted = []string{"ann"} },
		"owner": func(q *authority.Question) { q.Owner = true },
		"limit": func(q *authority.Question) { q.Limit = &money.Amount{Minor: 100, Currency: "USD"} },
	} {
		q := q
		change(&q)
		if why := authority.May(q).Why; why == "" || !han(c.chinese(why)) {
			t.Errorf("%s: %q", name, c.chinese(why))
		}
	}
	for text, want := range map[string]string{
		"You can read this, but only members of finance or boss decide about it.":                                               "您可以查看，但只有 finance 或 boss 的成员可以决定。",
		"From 10:00 on, boss or night or cfo may vote too.":                                                                     "自 10:00 起，boss 或 night 或 cfo 也可以投票。",
		"Every token that now or never has is refused from now on. It works again with a new one; what waits here still waits.": "now or never 的所有令牌从现在起失效；获得新令牌后可恢复工作；此处等待的事项仍在等待。",
	} {
		if got := c.chinese(text); got != want {
			t.Errorf("%s: %s", text, got)
		}
	}
	if got := c.chinese("Something that nobody wrote down."); got != "Something that nobody wrote down." {
		t.Error(got)
	}
}

func TestCatalogueMistakes(t *testing.T) {
	for name, text := range map[string]string{"no second line": "One", "another number of things": "%s has %s\n%s 有", "other things": "%s of %g\n%g 的 %s"} {
		if _, err := readCatalogue(text); err == nil {
			t.Errorf("%s is taken", name)
		}
	}
}
