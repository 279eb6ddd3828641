package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/sallyport/sallyport/internal/pii"
)

// planted is an answer and how the tool sends it.
type planted struct {
	id      string
	method  string
	status  int
	media   string
	body    []bit
	headers []planting
	wire    string // all bytes of the answer
	cuts    []int  // where wire is cut
	pauses  bool   // between pieces
	broken  bool   // the connection ends before the answer does
	spoiled bool   // the body is not what its media type says
	closes  bool   // its connection's end is its own
	inLine  bool   // and it is not that of a line
}

// planting is a header with values in it.
type planting struct {
	name string
	bits []bit
}

// answer is one by chance.
func (m *maker) answer(id string) *planted {
	a := &planted{id: id, method: "GET", status: pick(m, 200, 200, 200, 201, 202, 400, 404, 409, 422, 500, 503)}
	a.media, a.body = m.body()
	switch m.IntN(24) {
	case 0:
		a.method = "HEAD"
	case 1:
		a.status = pick(m, 204, 304)
	case 2:
		a.status = pick(m, 301, 302, 303, 307, 308)
	case 3, 4:
		a.spoiled = !strings.HasPrefix(a.media, "text/event-stream")
	}
	a.headers = m.headers()
	a.send(m)
	return a
}

// without reports an answer that has no body.
func (a *planted) without() bool { return a.method == "HEAD" || a.status == 204 || a.status == 304 }

// headers are some of those that an agent sees, and some that it does not.
func (m *maker) headers() (out []planting) {
	query := func() []bit {
		name, email := m.value(pii.Name), m.value(pii.Email)
		name.text, email.text = strings.ReplaceAll(name.text, " ", pick(m, "+", "%20")), strings.NewReplacer("@", pick(m, "@", "%40"), "+", "%2B").Replace(email.text)
		name.field, email.field = "name", "email"
		return []bit{still("https://tool.example/find?page=2&name="), name, still("&email="), email}
	}
	said := func() []bit {
		v := m.value(pick(m, pii.Email, pii.SSN, pii.Card, pii.IBAN))
		if v.typ == pii.Card && strings.Trim(v.text, "0123456789") == "" { // bare digits are identifiers in a header
			v = m.value(pii.Email)
		}
		return []bit{still("199 tool \"about "), v, still("\"")}
	}
	for _, p := range []planting{
		{"Location", query()},
		{"Link", append(append([]bit{still("<")}, query()...), still(`>; rel="next"`))},
		{"Warning", said()}, {"Stripe-Note", said()}, {"X-Customer", said()}, {"Set-Cookie", said()}, {"WWW-Authenticate", append([]bit{still("Basic realm=")}, said()...)},
		{"Etag", []bit{still(`"` + m.hex(32) + `"`)}}, {"Stripe-Version", []bit{still("2026-01-01")}}, {"X-RateLimit-Reset", []bit{still("17" + m.digits("########"))}},
	} {
		if m.chance(4) {
			out = append(out, p)
		}
	}
	return out
}

// send writes the answer and says how it is cut.
func (a *planted) send(m *maker) {
	body := text(a.body)
	if a.spoiled {
		switch {
		case a.media != "application/x-ndjson" && strings.HasSuffix(strings.Split(a.media, ";")[0], "json"):
			body = body[:len(body)-1]
		default:
			body += "\xe5\xbc"
		}
	}
	var head strings.Builder
	if m.chance(8) {
		fmt.Fprintf(&head, "HTTP/1.1 %s\r\nLink: <%s>\r\n\r\n", pick(m, "100 Continue", "103 Early Hints"), m.value(pii.Email).text)
	}
	fmt.Fprintf(&head, "HTTP/1.1 %d %s\r\nContent-Type: %s\r\n", a.status, pick(m, "OK", "Said by "+m.value(pii.Email).text), a.media)
	for _, h := range a.headers {
		fmt.Fprintf(&head, "%s: %s\r\n", h.name, text(h.bits))
	}
	end := ""
	switch {
	case a.without():
		body = ""
	case m.chance(3):
		fmt.Fprintf(&head, "Content-Length: %d\r\n", len(body))
	case m.chance(8):
		a.closes, a.inLine = true, body != "" && !strings.HasSuffix(body, "\n") && !strings.HasSuffix(body, "\r")
		head.WriteString("Connection: close\r\n")
	default:
		head.WriteString("Transfer-Encoding: chunked\r\n")
		trailer := ""
		if m.chance(3) {
			trailer = "X-Customer: " + m.value(pii.Email).text + "\r\n"
			if m.chance(2) {
				head.WriteString("Trailer: X-Customer\r\n")
			}
		}
		var chunks strings.Builder
		for len(body) > 0 {
			n := min(len(body), 1+m.IntN(pick(m, 3, 40, 4000, 1<<20)))
			if chunks.Len() > 40*len(body) {
				n = len(body)
			}
			fmt.Fprintf(&chunks, "%x%s\r\n%s\r\n", n, pick(m, "", ";x=1"), body[:n])
			body = body[n:]
		}
		body, end = chunks.String(), "0\r\n"+trailer+"\r\n"
	}
	a.wire = head.String() + "\r\n" + body + end
	if m.chance(12) && body != "" {
		a.broken, a.wire = true, a.wire[:m.IntN(len(a.wire))]
	}
	for range m.IntN(8) {
		a.cuts = append(a.cuts, m.IntN(len(a.wire)+1))
	}
	slices.Sort(a.cuts)
	a.pauses = m.chance(2)
}
