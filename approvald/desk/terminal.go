package desk

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"regexp"
	"strings"
	"time"
)

// A command line logs in through a browser: it makes a secret, sends its person
// to /cli/DIGEST, and asks for the session with the secret once the person has
// let it. Who sees the address alone gets nothing.

// codePattern is the digest of a command line's secret.
var codePattern = regexp.MustCompile(`^[0-9a-f]{64}$`)

// SessionBody asks for the session that a person let a command line have.
type SessionBody struct {
	Secret string `json:"secret"`
}

// SessionAnswer is a session of a command line.
type SessionAnswer struct {
	Token   string    `json:"token"`
	Tenant  string    `json:"tenant"`
	Person  string    `json:"person"`
	Expires time.Time `json:"expires"`
}

// TerminalCode is the digest of a secret, for the address.
func TerminalCode(secret string) string {
	sum := sha256.Sum256([]byte("sallyport login\x00" + secret))
	return hex.EncodeToString(sum[:])
}

// TerminalWord is the part of a code that the person compares: "3F9A-C21B".
func TerminalWord(code string) string {
	return strings.ToUpper(code[:4] + "-" + code[4:8])
}

func (d *Desk) showTerminal(w http.ResponseWriter, r *http.Request, v visitor) {
	code := r.PathValue("code")
	if !codePattern.MatchString(code) {
		d.page(w, http.StatusNotFound, "message.html", "There is no such command line.")
		return
	}
	d.page(w, http.StatusOK, "terminal.html", map[string]any{
		"Tenant": v.tenant.Title, "Person": v.person.Name, "Form": v.form, "Here": "/cli/" + code, "Code": code, "Word": TerminalWord(code),
	})
}

// letTerminal leaves a session for the command line. It is as long and as fresh
// as the person's own, and ends when that one is left.
func (d *Desk) letTerminal(w http.ResponseWriter, r *http.Request, v visitor) {
	code := r.PathValue("code")
	if !codePattern.MatchString(code) {
		d.page(w, http.StatusNotFound, "message.html", "There is no such command line.")
		return
	}
	wrapped := newPass(v.tenant.Name, v.person.ID, d.Clock.Now().Add(attemptFor))
	v.pass.Terminal = true
	wrapped.Next = d.seal.seal(forSession, v.pass)
	if fresh, err := d.links.keep(code, d.seal.seal(forTerminal, wrapped)); err != nil || !fresh {
		d.Logger.Warn("A command line could not be let in", "tenant", v.tenant.Name, "person", v.person.ID, "error", err)
		d.page(w, http.StatusConflict, "message.html", "This was answered already. Start the command again.")
		return
	}
	d.Logger.Info("A person let a command line in", "tenant", v.tenant.Name, "person", v.person.ID)
	d.page(w, http.StatusOK, "message.html", "The command line speaks for you now. You can close this page.")
}

func (d *Desk) apiSession(w http.ResponseWriter, r *http.Request) {
	var body SessionBody
	if err := json.NewDecoder(r.Body).Decode(&body); err != nil || len(body.Secret) < 32 {
		refuse(w, &Error{"Body not readable", http.StatusBadRequest, "The body must be JSON like {\"secret\": …}."})
		return
	}
	wrapped, err := d.seal.open(forTerminal, d.links.take(TerminalCode(body.Secret)), d.Clock.Now())
	v, ok := d.session(wrapped.Next)
	if err != nil || !ok {
		refuse(w, &Error{"Not yet", http.StatusNotFound, "Nobody has let this command line in yet."})
		return
	}
	reply(w, http.StatusOK, SessionAnswer{Token: wrapped.Next, Tenant: v.tenant.Name, Person: v.person.ID, Expires: v.pass.Expires.UTC()})
}
