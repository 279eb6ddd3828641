package main

import (
	"encoding/base64"
	"fmt"
	"net/url"
	"strings"

	"github.com/sallyport/sallyport/internal/pii"
)

// still is what stays as it is.
func still(text string) bit { return bit{text: text} }

// spelled are bits written in another way, the values in one of their own if there is one.
func spelled(bits []bit, all, values func(string) string) []bit {
	out := make([]bit, len(bits))
	for i, b := range bits {
		switch {
		case b.sent: // no program escapes letters and digits
		case b.typ != pii.None && values != nil:
			b.text = values(b.text)
		case all != nil:
			b.text = all(b.text)
		}
		if b.quote != "" && all != nil {
			b.quote = all(b.quote)
		}
		out[i] = b
	}
	return out
}

func text(bits []bit) string {
	var b strings.Builder
	for _, x := range bits {
		b.WriteString(x.text)
	}
	return b.String()
}

// prose is a sentence or more, with values and what looks like them.
func (m *maker) prose() (out []bit) {
	for range 1 + m.IntN(3) {
		v := m.shaped()
		said := map[pii.Type]string{pii.Email: "Mail ", pii.Card: "Paid with card ", pii.SSN: "The SSN is ", pii.Phone: "Call ", pii.IBAN: "Send it to IBAN ", pii.IP: "Seen from ", pii.Secret: "Used key "}[v.typ]
		if m.chance(6) && m.sent != "" {
			said, v = "Not let in with ", bit{text: m.sent, plain: m.sent, typ: pii.Secret, sent: true}
		}
		out = append(out, still(pick(m, "", "About "+m.benign()+". ", "From "+m.benign()+": ")), still(said), v, still(pick(m, ". ", ", please. ", " ("+m.benign()+"). ")))
	}
	return out
}

// jsonText writes a string's inside as JSON may.
func (m *maker) jsonText(s string) string {
	how := m.IntN(3)
	if strings.ContainsAny(s, "\\") { // no encoder escapes the inside of an escape
		how = 0
	}
	var b strings.Builder
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteString(`\` + string(r))
		case r == '\n':
			b.WriteString(`\n`)
		case r == '/' && how > 0:
			b.WriteString(`\/`)
		case how == 1 && m.chance(4) || how == 2 && (r == '@' || r == '-'):
			fmt.Fprintf(&b, pick(m, `\u%04x`, `\u%04X`), r)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// quoted is a JSON string of bits.
func (m *maker) quoted(bits []bit) []bit {
	return append(append([]bit{still(`"`)}, spelled(bits, m.jsonText, nil)...), still(`"`))
}

// object is a JSON object; a line end stands where one may, if it is written over many.
func (m *maker) object(depth int, lines string) []bit {
	out := []bit{still("{")}
	put := func(key string, value ...bit) {
		if len(out) > 1 {
			out = append(out, still(","+lines))
		}
		out = append(out, still(`"`+key+`":`))
		for _, b := range value {
			if b.typ != pii.None && b.field == "" {
				b.field = key
			}
			out = append(out, b)
		}
	}
	put("id", still(pick(m, m.digits("N#########"), `"`+m.benign()+`"`)))
	for range 2 + m.IntN(5) {
		switch m.IntN(14) {
		case 0:
			put("email", m.quoted([]bit{m.value(pii.Email)})...)
		case 1: // and again in a text
			name := m.value(pii.Name)
			put("name", m.quoted([]bit{name})...)
			put("note", m.quoted([]bit{still("Spoke to "), name, still(" about " + m.benign())})...)
		case 2:
			n := m.digits("415N5N####")
			put("phone", bit{text: n, plain: n, typ: pii.Phone, quote: `"`})
		case 3:
			put("address", m.quoted([]bit{m.value(pii.Address)})...)
		case 4:
			n := m.luhn("4" + m.digits("##############"))
			put("value", bit{text: n, plain: n, typ: pii.Card, quote: `"`})
		case 5:
			put("amount", still(m.digits("N###.#0")))
		case 6:
			put("created", still("17"+m.digits("########")))
			put("open", still(pick(m, "true", "null", "false", "-0.5e+3", "[]", "{ }")))
		case 7:
			put("order_number", still(`"`+m.digits("N###########")+`"`))
		case 8:
			put("url", m.quoted([]bit{still("https://tool.example/find?page=2&email="), {}, still("&n=1")})...)
			v := m.value(pii.Email)
			v.text, v.field = url.QueryEscape(v.text), "url"
			out[len(out)-3] = v
		case 9:
			v := m.value(pii.Email)
			v.text, v.quote = `"`+v.text+`"`, `"`
			put("internal_note", v)
		case 10:
			put("display_name", m.quoted([]bit{m.value(pii.Name)})...)
		case 11:
			if depth > 0 {
				put("text", m.quoted(m.object(depth-1, ""))...)
			}
		case 12:
			if depth > 0 {
				put("owner", m.object(depth-1, lines)...)
			}
		case 13:
			inside := m.prose()
			put("content_base64", still(`"`), bit{text: base64.StdEncoding.EncodeToString([]byte(text(inside))), typ: pii.Text, coded: inside}, still(`"`))
		}
		if m.chance(3) {
			put("body", m.quoted(m.prose())...)
		}
	}
	return append(out, still("}"))
}

// rpc is an answer over MCP.
func (m *maker) rpc(lines string) []bit {
	out := []bit{still(`{"jsonrpc":"2.0","id":7,`)}
	if m.chance(4) {
		out = append(append(out, still(`"error":{"code":-32000,"message":`)), m.quoted(m.prose())...)
		return append(append(append(out, still(`,"data":`)), m.object(1, lines)...), still("}}"))
	}
	said := m.object(1, "")
	if m.chance(3) {
		said = m.prose()
	}
	out = append(append(out, still(`"result":{"content":[{"type":"text","text":`)), m.quoted(said)...)
	return append(append(append(out, still(`}],`+lines+`"structuredContent":`)), m.object(1, lines)...), still("}}"))
}
