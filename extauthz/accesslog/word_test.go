package accesslog

import (
	"regexp"
	"testing"
)

// spelled is what word says, as an expression.
var spelled = regexp.MustCompile(`^(v[0-9]{1,2}|[a-z]{1,24}([_-][a-z]{1,24})?)(\.json)?$`)

func FuzzWord(f *testing.F) {
	for _, text := range []string{
		"", "v", "v1", "v12", "v123", "v1.json", "va", "charges", "payment_intents.json", "a-b", "a_b_c", "a--b", "-a", "a-", ".json", "a.json.json",
		"abcdefghijklmnopqrstuvwx", "abcdefghijklmnopqrstuvwxy", "a-abcdefghijklmnopqrstuvwx", "a-abcdefghijklmnopqrstuvwxy", "A", "a1", "é", "a\n", "v1\n",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if got, want := word(text), spelled.MatchString(text); got != want {
			t.Errorf("%q: %v, not %v", text, got, want)
		}
	})
}
