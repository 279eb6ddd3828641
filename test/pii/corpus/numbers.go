package corpus

import (
	"fmt"
	"math/big"
	"strings"
	"time"
)

// digits is n digits, of which the first is no zero.
func digits(m *maker, n int) string {
	var b strings.Builder
	for i := range n {
		if i == 0 {
			b.WriteByte('1' + byte(m.r.IntN(9)))
			continue
		}
		b.WriteByte('0' + byte(m.r.IntN(10)))
	}
	return b.String()
}

// shape is a text with every # as a digit, every N as one from 2 to 9, every A
// as a capital and every a as a small letter.
func shape(m *maker, form string) string {
	return strings.Map(func(r rune) rune {
		switch r {
		case '#':
			return '0' + rune(m.r.IntN(10))
		case 'N':
			return '2' + rune(m.r.IntN(8))
		case 'A':
			return 'A' + rune(m.r.IntN(26))
		case 'a':
			return 'a' + rune(m.r.IntN(26))
		}
		return r
	}, form)
}

func pick[T any](m *maker, from ...T) T { return from[m.r.IntN(len(from))] }

func hexDigits(m *maker, n int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = "0123456789abcdef"[m.r.IntN(16)]
	}
	return string(b)
}

func date(m *maker, from, to int) time.Time {
	return time.Date(from+m.r.IntN(to-from), time.Month(1+m.r.IntN(12)), 1+m.r.IntN(28), m.r.IntN(24), m.r.IntN(60), m.r.IntN(60), 0, time.UTC)
}

func isoTime(m *maker) string { return date(m, 2023, 2026).Format(time.RFC3339) }

// withLuhn appends the check digit of payment cards.
func withLuhn(body string) string {
	sum := 0
	for i := range len(body) {
		d := int(body[len(body)-1-i] - '0')
		if i%2 == 0 {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		sum += d
	}
	return body + string(rune('0'+(10-sum%10)%10))
}

// card is a number of a network, written in one of its ways.
func card(m *maker) string {
	brand := pick(m, []string{"4", "16"}, []string{"4", "16"}, []string{"51", "16"}, []string{"5500", "16"}, []string{"2345", "16"}, []string{"37", "15"},
		[]string{"34", "15"}, []string{"6011", "16"}, []string{"65", "16"}, []string{"3530", "16"}, []string{"3056", "14"}, []string{"38", "14"}, []string{"62", "16"},
		[]string{"6225", "19"}, []string{"6759", "16"}, []string{"4", "13"})
	size := int(brand[1][0]-'0')*10 + int(brand[1][1]-'0')
	n := withLuhn(brand[0] + shape(m, strings.Repeat("#", size-1-len(brand[0]))))
	if m.r.IntN(3) == 0 || size == 13 {
		return n
	}
	return grouped(n, pick(m, " ", " ", "-"))
}

func grouped(n, by string) string {
	switch len(n) {
	case 15:
		return n[:4] + by + n[4:10] + by + n[10:]
	case 14:
		return n[:4] + by + n[4:10] + by + n[10:]
	}
	var parts []string
	for ; len(n) > 4; n = n[4:] {
		parts = append(parts, n[:4])
	}
	return strings.Join(append(parts, n), by)
}

func cardDigits(m *maker) string { return strings.NewReplacer(" ", "", "-", "").Replace(card(m)) }

func ssn(m *maker) string {
	area := 1 + m.r.IntN(898)
	if area == 666 {
		area = 665
	}
	by := pick(m, "-", "-", "-", " ")
	return fmt.Sprintf("%03d%s%02d%s%04d", area, by, 1+m.r.IntN(99), by, 1+m.r.IntN(9999))
}

func itin(m *maker) string {
	return fmt.Sprintf("9%02d-%02d-%04d", m.r.IntN(100), pick(m, 50, 65, 70, 78, 88, 90, 92, 94, 99), 1+m.r.IntN(9999))
}

func ssnDigits(m *maker) string { return strings.NewReplacer(" ", "", "-", "").Replace(ssn(m)) }

// iban has the check digits of its country's number.
func iban(m *maker) string {
	form := pick(m, "DE##################", "FR##########AA########A##", "GBAAAA##############", "NLAAAA##########", "ES####################", "ITA##########AAAA########",
		"BE############", "ATN###############", "CH#####AAAA########", "PL########################", "SE####################", "PT#####################",
		"IEAAAA##############", "DK##############", "FI##############", "NO###########", "CZ####################", "AE###################", "SA##AAAA##############", "TR######AAAA############")
	body := form[:2] + shape(m, form[2:])
	// The lengths above are of the account; the two check digits come behind the country.
	n := body[:2] + checkDigits(body[2:], body[:2]) + body[2:]
	switch m.r.IntN(3) {
	case 0:
		return n
	case 1:
		return strings.ToLower(n[:2]) + n[2:]
	}
	return grouped(n, " ")
}

func checkDigits(account, country string) string {
	var b strings.Builder
	for _, c := range account + country + "00" {
		if c >= 'A' {
			fmt.Fprint(&b, c-'A'+10)
			continue
		}
		b.WriteRune(c)
	}
	n, _ := new(big.Int).SetString(b.String(), 10)
	return fmt.Sprintf("%02d", 98-new(big.Int).Mod(n, big.NewInt(97)).Int64())
}

func ip(m *maker) string {
	switch m.r.IntN(4) {
	case 0:
		return fmt.Sprintf("2001:db8:%x:%x::%x", m.r.IntN(65536), 1+m.r.IntN(9999), 1+m.r.IntN(65535))
	case 1:
		parts := make([]string, 8)
		for i := range parts {
			parts[i] = fmt.Sprintf("%x", 4096+m.r.IntN(61440))
		}
		return strings.Join(parts, ":")
	}
	return fmt.Sprintf("%d.%d.%d.%d", pick(m, 3, 10, 45, 78, 101, 172, 192, 203, 212), m.r.IntN(256), m.r.IntN(256), 1+m.r.IntN(254))
}

// spelledDate is a date in Chinese characters, as people of some age write it.
func spelledDate(m *maker) string {
	const figures = "〇一二三四五六七八九"
	figure := func(n int) string { return string([]rune(figures)[n]) }
	counted := func(n int) string {
		switch {
		case n < 10:
			return figure(n)
		case n%10 == 0 && n/10 == 1:
			return "十"
		case n%10 == 0:
			return figure(n/10) + "十"
		case n/10 == 1:
			return "十" + figure(n%10)
		}
		return figure(n/10) + "十" + figure(n%10)
	}
	d := date(m, 1940, 2005)
	var year string
	for _, c := range fmt.Sprint(d.Year()) {
		year += figure(int(c - '0'))
	}
	return year + "年" + counted(int(d.Month())) + "月" + counted(d.Day()) + "日"
}

// residentID is a Chinese identity number with its check digit.
func residentID(m *maker) string {
	body := pick(m, "110105", "310104", "440305", "330106", "510107", "420102", "320102", "610113") + date(m, 1950, 2006).Format("20060102") + shape(m, "###")
	sum := 0
	for i, w := range []int{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2} {
		sum += w * int(body[i]-'0')
	}
	return body + string("10X98765432"[sum%11])
}

// aadhaar is an Indian identity number with the check digit of Verhoeff.
func aadhaar(m *maker) string {
	body := shape(m, "N##########")
	inverse := [...]int{0, 4, 3, 2, 1, 5, 6, 7, 8, 9}
	c := 0
	for i := range len(body) {
		d := int(body[len(body)-1-i] - '0')
		for range (i + 1) % 8 {
			d = [...]int{1, 5, 7, 6, 2, 8, 3, 0, 9, 4}[d]
		}
		c = dihedral(c, d)
	}
	n := body + string(rune('0'+inverse[c]))
	return n[:4] + " " + n[4:8] + " " + n[8:]
}

// dihedral multiplies in the group of the ten symmetries of a pentagon.
func dihedral(a, b int) int {
	switch {
	case a < 5 && b < 5:
		return (a + b) % 5
	case a < 5:
		return 5 + (a+b-5)%5
	case b < 5:
		return 5 + (a-5-b+5)%5
	}
	return (a - b + 5) % 5
}

// nhs is a number of the UK's health service with its check digit.
func nhs(m *maker) string {
	for {
		body, sum := shape(m, "N########"), 0
		for i := range body {
			sum += (10 - i) * int(body[i]-'0')
		}
		if check := (11 - sum%11) % 11; check < 10 {
			n := body + string(rune('0'+check))
			return n[:3] + " " + n[3:6] + " " + n[6:]
		}
	}
}

func nino(m *maker) string {
	n := pick(m, "AB", "CE", "JG", "PW", "SX", "TK") + shape(m, "######") + pick(m, "A", "B", "C", "D")
	if m.r.IntN(2) == 0 {
		return n
	}
	return n[:2] + " " + n[2:4] + " " + n[4:6] + " " + n[6:8] + " " + n[8:]
}

// routing is a US routing number with its check digit.
func routing(m *maker) string {
	body, sum := pick(m, "02", "06", "11", "12", "26", "31")+shape(m, "######"), 0
	for i, w := range []int{3, 7, 1, 3, 7, 1, 3, 7} {
		sum += w * int(body[i]-'0')
	}
	return body + string(rune('0'+(10-sum%10)%10))
}
