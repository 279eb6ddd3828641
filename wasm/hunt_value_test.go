package main

import (
	"fmt"
	"math/big"
	"math/rand/v2"
	"strings"

	"github.com/sallyport/sallyport/internal/pii"
)

// bit is a piece of an answer: a value that was planted, or what stands between
// values and must come back as it is.
type bit struct {
	text  string   // as it is written
	plain string   // the value, free of encodings
	typ   pii.Type // None for what stays
	field string   // the key it stands under
	quote string   // of a JSON value as a whole, a number or a string with its quotes
	sent  bool     // what the tool was sent
	coded []bit    // what text spells in base64
}

// maker makes answers by chance.
type maker struct {
	*rand.Rand
	sent string // what the tool was sent, and may say back
}

func (m *maker) chance(n int) bool { return m.IntN(n) == 0 }

func pick[T any](m *maker, from ...T) T { return from[m.IntN(len(from))] }

// word has letters that stand beside each other in nothing that is not planted.
func (m *maker) word(n int) string {
	var b strings.Builder
	for range n {
		b.WriteByte("qxzvkw"[m.IntN(6)])
	}
	return b.String()
}

func (m *maker) title(n int) string {
	w := m.word(n)
	return strings.ToUpper(w[:1]) + w[1:]
}

// digits are of a shape: every # is one, every N one from 2 to 9.
func (m *maker) digits(shape string) string {
	return strings.Map(func(r rune) rune {
		switch r {
		case '#':
			return '0' + rune(m.IntN(10))
		case 'N':
			return '2' + rune(m.IntN(8))
		}
		return r
	}, shape)
}

func (m *maker) hex(n int) string {
	var b strings.Builder
	for range n {
		b.WriteByte("0123456789abcdef"[m.IntN(16)])
	}
	return b.String()
}

// value is one that is found by its shape.
func (m *maker) value(typ pii.Type) bit {
	v := bit{typ: typ}
	switch typ {
	case pii.Email:
		v.plain = m.word(8) + pick(m, ".", "_", "+", "") + m.word(4) + "@" + m.word(7) + pick(m, ".example", ".com", ".co.uk")
	case pii.Card:
		n := m.luhn("4" + m.digits("##############"))
		v.plain = pick(m, n, n[:4]+" "+n[4:8]+" "+n[8:12]+" "+n[12:], n[:4]+"-"+n[4:8]+"-"+n[8:12]+"-"+n[12:])
	case pii.SSN:
		v.plain = m.digits("5N#-4N-3###")
	case pii.Phone:
		v.plain = pick(m, "+1 ", "+1-", "+1.") + pick(m, "415", "212", "303") + pick(m, " ", "-", ".") + m.digits("N5N-####")
	case pii.IBAN:
		account := m.digits("##################")
		n, _ := new(big.Int).SetString(account+"131400", 10)
		v.plain = fmt.Sprintf("DE%02d%s", 98-new(big.Int).Mod(n, big.NewInt(97)).Int64(), account)
	case pii.IP:
		v.plain = pick(m, fmt.Sprintf("203.%d.%d.%d", 100+m.IntN(100), 100+m.IntN(100), 100+m.IntN(100)), fmt.Sprintf("2001:db8:%x:%x::%x", 4096+m.IntN(9999), 4096+m.IntN(9999), 4096+m.IntN(9999)))
	case pii.Secret:
		v.plain = "sk_" + "live_" + m.word(8) + m.digits("#") + m.title(7) + m.digits("##") + m.title(6)
	case pii.Name:
		v.plain = m.title(6) + " " + m.title(8)
	case pii.Address:
		v.plain = m.digits("N### ") + m.title(8) + " Street, " + m.title(7)
	}
	v.text = v.plain
	return v
}

// shaped are the types that a text shows by itself.
func (m *maker) shaped() bit {
	return m.value(pick(m, pii.Email, pii.Card, pii.SSN, pii.Phone, pii.IBAN, pii.IP, pii.Secret))
}

// luhn appends the check digit of a card.
func (m *maker) luhn(body string) string {
	sum := 0
	for i := range len(body) {
		d := int(body[len(body)-1-i] - '0')
		if i%2 == 0 {
			d = d*2 - d/5*9
		}
		sum += d
	}
	return body + fmt.Sprint((10-sum%10)%10)
}

// benign only looks personal.
func (m *maker) benign() string {
	return pick(m, "ch_3N"+m.hex(16), m.hex(40), m.hex(8)+"-"+m.hex(4)+"-4"+m.hex(3)+"-a"+m.hex(3)+"-"+m.hex(12), "2026-03-1"+m.digits("#T1#:#5:09Z"),
		"order ORD-"+m.digits("########"), "$"+m.digits("N,###.##"), "v"+m.digits("N.##.#"), "SKU-"+m.digits("####-####"), "17"+m.digits("########"), "case "+m.digits("N####"))
}
