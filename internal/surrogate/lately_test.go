package surrogate_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/sallyport/sallyport/internal/pii"
	"github.com/sallyport/sallyport/internal/surrogate"
)

// A session that has made thousands of surrogates makes the one that a new session
// makes: of each type, field, tool and subject, shown or not.
func TestWhatIsKeptIsWhatIsMade(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 6))
	pick := func(of []string) string { return of[random.IntN(len(of))] }
	texts := []string{"Ann Lee", "4242424242424242", "", "1", "[email]"}
	for n := range 100 {
		texts = append(texts, fmt.Sprintf("user%d@example.com", n), fmt.Sprintf("+1 415 555 %04d", n))
	}
	fields := []string{"", "phone", "plane", "fax", "a_very_long_name_of_a_field_that_is_not_kept"}
	old := session(t, 1, 1)
	for range 5_000 {
		tool, about := pick([]string{"stripe", "zendesk"}), surrogate.Subject{byte(random.IntN(2))}
		v := surrogate.Value{Type: pii.Type(1 + random.IntN(pii.Types-1)), Field: []byte(pick(fields)), Text: []byte(pick(texts)), Show: random.IntN(2) == 0}
		fresh := session(t, 1, 1)
		fresh.Enter(tool, about)
		if random.IntN(50) == 0 { // an answer has many values
			old.Enter(tool, about)
		} else {
			old.Enter("stripe", surrogate.Subject{})
			fresh.Enter("stripe", surrogate.Subject{})
		}
		if got, want := string(old.Mint(nil, v)), string(fresh.Mint(nil, v)); got != want {
			t.Fatalf("%s %q under %q: %s, a new session makes %s", v.Type, v.Text, v.Field, got, want)
		}
	}
}
