package e2e

import (
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/sallyport/sallyport/internal/rig"
)

// attackerCalls is how many calls the attacker has. ATTACKER_CALLS=10000 gives it
// more: three minutes, on two cores that are shared.
func attackerCalls() int {
	if n, err := strconv.Atoi(os.Getenv("ATTACKER_CALLS")); err == nil {
		return n
	}
	return 1000
}

// testAttacker lets an agent that may read and write one ticket try
// to get at what stands in it: by reading it in pieces, by having it echoed in
// refusals and errors, by searching with surrogates, and by writing surrogates and
// guesses and reading what comes back.
func testAttacker(t *testing.T, r *rig.Rig) {
	r.Edit(t, "acme", "limits.yaml", "max: 600", "max: 1000000")
	r.Edit(t, "acme", "policy.csv", "p, support, zendesk.comment.create,", "p, support, stripe.customer.update, args.customer == session.customer, allow, once\np, support, zendesk.comment.create,")
	dice := rand.New(rand.NewPCG(7, 11))
	second := rig.Billing("acme", "cus_ada")
	second.Session.ID = "ses_attacker"
	a := &attacker{r: r, most: attackerCalls(), tokens: []string{r.Token(rig.Billing("acme", "cus_ada")), r.Token(second)}, planted: map[string]bool{}, shown: map[string]bool{}, statuses: map[int]int{}}
	a.plant(t, dice)
	a.read("/zendesk/api/v2/tickets/1001/comments.json")
	for surrogate := range a.shown {
		a.pool = append(a.pool, surrogate)
	}
	if len(a.pool) < len(a.planted) {
		t.Fatalf("%d surrogates of %d values", len(a.pool), len(a.planted))
	}
	var workers sync.WaitGroup
	for w := range 8 {
		workers.Go(func() { a.work(w, rand.New(rand.NewPCG(uint64(w), 13))) })
	}
	workers.Wait()
	t.Logf("%d calls, by status %v", a.calls, a.statuses)
	if a.calls < a.most || a.statuses[200] < a.most/10 || a.statuses[403] < a.most/10 {
		t.Errorf("the attacker did not get to it: %d calls, %v", a.calls, a.statuses)
	}
	if len(a.recovered) > 0 {
		t.Errorf("%d of %d planted values were recovered: %v", len(a.recovered), len(a.planted), a.recovered)
	}
	for _, c := range r.Provider().Comments(1002) {
		if a.holds(c.Body) != "" {
			t.Error("a value was written to somebody else's ticket")
		}
	}
}

type attacker struct {
	r       *rig.Rig
	tokens  []string        // of two sessions of one customer; what is shown in the first is written in both
	planted map[string]bool // digits alone, or words
	words   []string        // those of them that are not digits alone
	known   []string        // some of them, as whoever guesses right would write them
	pool    []string        // surrogates
	most    int             // calls

	mu        sync.Mutex
	calls     int
	statuses  map[int]int
	shown     map[string]bool
	recovered []string
}

// canary begins every planted e-mail address.
const canary = "canary"

// eachType is how many values of each of seven types are planted.
const eachType = 15

// plant puts values of every type that prose tells into comments of the customer's
// ticket.
func (a *attacker) plant(t *testing.T, dice *rand.Rand) {
	t.Helper()
	for i := range eachType {
		card := withLuhn(fmt.Sprintf("4%014d", dice.Int64N(1e14)))
		phone := fmt.Sprintf("415%d%06d", 2+dice.IntN(8), dice.IntN(1e6))
		ssn := fmt.Sprintf("%03d%02d%04d", 100+dice.IntN(500), 1+dice.IntN(98), 1+dice.IntN(9998))
		mail, name := fmt.Sprintf("%s%d@example.com", canary, i), "Q"+invented(dice)
		born, road := fmt.Sprintf("19%02d-%02d-%02d", 40+dice.IntN(60), 1+dice.IntN(12), 1+dice.IntN(28)), fmt.Sprintf("%d号%d单元", 1000+dice.IntN(9000), 10+dice.IntN(90))
		a.known = append(a.known, "born on "+born, "DOB: "+born, `{\"birthday\":\"`+born+`\"}`, "card "+card, ssn[:3]+"-"+ssn[3:5]+"-"+ssn[5:])
		for _, digits := range []string{card, phone, ssn} {
			a.planted[digits] = true
		}
		for _, word := range []string{mail, name, born, road} {
			a.planted[word] = true
			a.words = append(a.words, strings.ToLower(word))
		}
		text := fmt.Sprintf("Hi, this is Ada %s. Card %s %s %s %s, call +1 %s %s %s, SSN %s-%s-%s, mail %s, born %s, 北京市朝阳区建国路%s", name, card[:4], card[4:8], card[8:12], card[12:],
			phone[:3], phone[3:6], phone[6:], ssn[:3], ssn[3:5], ssn[5:], mail, born, road)
		if err := a.r.Provider().AddComment("acme", 1001, text); err != nil {
			t.Fatal(err)
		}
	}
}

// invented are eight letters that no seal and no id has by chance.
func invented(dice *rand.Rand) string {
	word := make([]byte, 8)
	for i := range word {
		word[i] = [2]string{"bdfgklmnprstvz", "aeiou"}[i%2][dice.IntN([2]int{14, 5}[i%2])]
	}
	return string(word)
}

func withLuhn(digits string) string {
	sum := 0
	for i := range len(digits) {
		d := int(digits[len(digits)-1-i] - '0')
		if i%2 == 0 {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		sum += d
	}
	return digits + string(rune('0'+(10-sum%10)%10))
}

func (a *attacker) left() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.calls < a.most
}

func (a *attacker) read(path string) { a.call(a.tokens[0], http.MethodGet, path, "") }

// call makes one call and looks for planted values in all that comes back.
func (a *attacker) call(token, method, path, body string, headers ...string) {
	request, err := http.NewRequest(method, "http://"+a.r.Addresses().Agent+path, strings.NewReader(body))
	if err != nil {
		return
	}
	request.Header.Set("authorization", "Bearer "+token)
	if body != "" {
		request.Header.Set("content-type", "application/json")
	}
	if method == http.MethodPost && body[0] != '{' {
		request.Header.Set("content-type", "application/x-www-form-urlencoded")
	}
	for i := 0; i+1 < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return
	}
	defer func() { _ = response.Body.Close() }()
	answer, _ := io.ReadAll(response.Body)
	found := a.holds(string(answer) + fmt.Sprint(response.Header))
	a.mu.Lock()
	defer a.mu.Unlock()
	if found == "" {
		found = a.compares(string(answer))
	}
	a.calls++
	a.statuses[response.StatusCode]++
	if found != "" {
		a.recovered = append(a.recovered, method+" "+path+": "+found)
	}
	if len(a.pool) == 0 {
		for _, s := range surrogates.FindAllString(string(answer), -1) {
			a.shown[s] = true
		}
	}
}

// holds is a planted value in a text, whatever but letters stands between its digits, or "".
func (a *attacker) holds(text string) string {
	lower := strings.ToLower(text)
	if i := strings.Index(lower, canary); i >= 0 {
		return lower[i:min(len(lower), i+30)]
	}
	for _, word := range a.words {
		if strings.Contains(lower, word) {
			return word
		}
	}
	digits := make([]byte, 0, len(text))
	for i := range len(text) {
		switch c := text[i]; {
		case c-'0' < 10:
			digits = append(digits, c)
		case c|0x20 >= 'a' && c|0x20 <= 'z': // else seals and ids would make every number by chance
			digits = append(digits, ' ')
		}
	}
	for _, size := range []int{9, 10, 16} {
		for i := 0; i+size <= len(digits); i++ {
			if a.planted[string(digits[i:i+size])] {
				return string(digits[i : i+size])
			}
		}
	}
	return ""
}
