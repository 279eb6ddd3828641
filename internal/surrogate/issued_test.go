package surrogate_test

import (
	"crypto/sha256"
	_ "embed"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/sallyport/sallyport/internal/pii"
	"github.com/sallyport/sallyport/internal/surrogate"
)

// issued is what earlier versions issued: a line for a value of each type, and the
// sum of thousands of others.
//
//go:embed testdata/issued.txt
var issued string

// What stands for a value never changes: agents wrote it down, and people open it.
func TestWhatWasIssuedBefore(t *testing.T) {
	lines := strings.Split(strings.TrimSpace(issued), "\n")
	s := session(t, 1, 1)
	for typ := pii.Email; typ < pii.Secret; typ++ {
		was := lines[typ-pii.Email]
		if made := mint(s, typ, values[typ]); made != was {
			t.Errorf("%s is now %s, it was %s", typ, made, was)
		}
		for _, token := range surrogate.Find(nil, []byte(was)) {
			if got, about, err := s.Open(token); err != nil || string(got) != values[typ] || about != ann {
				t.Errorf("%s opens as %q about %v, %v", was, got, about, err)
			}
		}
	}
	if sum := sumOfMany(t); sum != lines[len(lines)-1] {
		t.Errorf("the sum of many is now %s, it was %s", sum, lines[len(lines)-1])
	}
}

// sumOfMany is the sum of the surrogates of values of all types and lengths, of
// several keys, tools, subjects and fields.
func sumOfMany(t *testing.T) string {
	t.Helper()
	random := rand.New(rand.NewPCG(7, 8))
	letters := []rune("abcdefghijklmnopqrstuvwxyz0123456789@.+- ABCéß王明[]:\"\\\n")
	fields := []string{"", "phone", "cardnumber", "a_name_of_a_field_that_is_longer_than_any_that_is_kept"}
	sum := sha256.New()
	for n := range 2_000 {
		s := session(t, byte(n%40), byte(n%7))
		s.Enter([]string{"stripe", "zendesk", ""}[random.IntN(3)], surrogate.Subject{byte(random.IntN(3)), 9})
		var text strings.Builder
		for range random.IntN([]int{24, 240}[n%2]) {
			text.WriteRune(letters[random.IntN(len(letters))])
		}
		made := s.Mint([]byte("before "), surrogate.Value{
			Type: pii.Type(1 + n%(pii.Types-1)), Field: []byte(fields[random.IntN(len(fields))]), Text: []byte(text.String()), Show: random.IntN(2) == 0,
		})
		_, _ = sum.Write(append(made, '\n'))
	}
	return fmt.Sprintf("%x", sum.Sum(nil))
}
