package main

import (
	"fmt"
	"net/url"
	"strings"

	"github.com/sallyport/sallyport/internal/pii"
)

// events are server-sent, each data line ended in one of three ways.
func (m *maker) events(n int) (out []bit) {
	for range n {
		end := pick(m, "\n", "\r\n", "\r")
		data := pick(m, m.prose, func() []bit { return m.object(1, "\n") }, func() []bit { return m.rpc("\n") })()
		out = append(out, still(pick(m, "", ": ping"+end, "id: "+m.digits("N###")+end, "event: message"+end)+"data: "))
		for _, b := range data {
			if b.typ == pii.None {
				b.text = strings.ReplaceAll(b.text, "\n", end+"data: ")
			}
			out = append(out, b)
		}
		out = append(out, still(end+end))
	}
	return out
}

// many repeats with something between.
func many(n int, between string, one func() []bit) (out []bit) {
	for i := range n {
		if i > 0 {
			out = append(out, still(between))
		}
		out = append(out, one()...)
	}
	return out
}

func (m *maker) table(n int) []bit {
	return append([]bit{still("id,name,email,phone,amount,note\r\n")}, many(n, "\r\n", func() []bit {
		name, email, phone := m.value(pii.Name), m.value(pii.Email), m.value(pii.Phone)
		name.field, email.field, phone.field = "name", "email", "phone"
		row := []bit{still(m.digits("N########") + `,"`), name, still(`",`), email, still(","), phone, still("," + m.digits("N##.#0") + `,"`)}
		return append(append(row, m.prose()...), still(`"`))
	})...)
}

// entities write some letters as HTML may.
func (m *maker) entities(s string) string {
	how := m.IntN(3)
	var b strings.Builder
	for _, r := range s {
		switch {
		case how == 1 && m.chance(4):
			fmt.Fprintf(&b, pick(m, "&#%d;", "&#x%x;", "&#X%X;"), r)
		case r == ' ' && how == 2:
			b.WriteString("&nbsp;")
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

func (m *maker) page(n int) []bit {
	return many(n, "\n", func() []bit {
		link := m.value(pii.Email)
		link.text = strings.ReplaceAll(url.PathEscape(link.text), "@", pick(m, "@", "%40"))
		out := []bit{still(`<p id="` + m.hex(12) + `"><a href="mailto:`), link, still(`">write</a> <b>`)}
		return append(append(out, spelled(m.prose(), nil, m.entities)...), still("</b></p>"))
	})
}

func (m *maker) form(n int) []bit {
	return many(n, "&", func() []bit {
		name, email, card := m.value(pii.Name), m.value(pii.Email), m.value(pii.Card)
		name.field, email.field, card.field = "name", "email", "card"
		return append([]bit{still("id=" + m.digits("N####") + "&")}, spelled([]bit{still("name="), name, still("&email="), email, still("&card="), card}, nil, url.QueryEscape)...)
	})
}

// body is one of any kind, with its media type.
func (m *maker) body() (media string, bits []bit) {
	n := pick(m, 1, 1, 2, 3, 5)
	if m.chance(20) {
		n = 100
	}
	lines := pick(m, "", "\n", " ")
	object := func() []bit { return m.object(2, lines) }
	compact := func() []bit { return m.object(2, "") }
	switch m.IntN(9) {
	case 0:
		bits = many(n, "\n", m.prose)
		if m.chance(8) {
			bits = append(bits, still("crash now")) // what a module with faults panics at
		}
		return "text/plain; charset=utf-8", bits
	case 1:
		return "application/x-ndjson", many(n, "\n", compact)
	case 2:
		return "text/event-stream", m.events(n)
	case 3:
		return "application/json", m.rpc(lines)
	case 4:
		return "text/csv", m.table(n)
	case 5:
		return "text/html", m.page(n)
	case 6:
		return "application/x-www-form-urlencoded", m.form(n)
	case 7:
		return "text/plain", many(n, "\n", func() []bit { return pick(m, m.prose, compact)() })
	}
	return pick(m, "application/json", "application/problem+json; charset=utf-8"), append(append([]bit{still("[")}, many(n, ",", object)...), still("]"))
}
