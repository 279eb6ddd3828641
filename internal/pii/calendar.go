package pii

import (
	"bytes"
	"strings"
)

// The years in which people who are spoken of were born. This package has no clock, and
// nobody says of a date to come that somebody was born then.
const (
	firstYear = 1850
	lastYear  = 2099
)

// date is what stands where a date may: up to three numbers, and a month in words.
type date struct {
	numbers [3]dateNumber
	count   int
	month   int  // that is spelled, 0 for none
	han     bool // 年 or 月 was read
}

// dateNumber is one of its numbers, and where the date ends if it is the last.
type dateNumber struct{ value, size, end int }

// readDate reads the numbers of a date from text[i:] on, behind a month that was spelled
// or 0: three, or two where the month is.
func readDate(text []byte, i, month int) date {
	d := date{month: month}
	for at := i; d.count < len(d.numbers) && (d.count < 2 || d.month == 0); {
		end := at
		for end < len(text) && isDigit(text[end]) && end-at <= 4 {
			end++
		}
		if end == at || end-at > 4 {
			break
		}
		d.numbers[d.count] = dateNumber{value(text[at:end]), end - at, d.numberEnd(text, end)}
		d.count++
		at = d.separator(text, end)
	}
	return d
}

// numberEnd is the end of the number that ends at text[i], with what is said of a day or a
// month in Chinese.
func (d *date) numberEnd(text []byte, i int) int {
	if at := skipSpaces(text, i); d.han && (hasAt(text, at, "日") || hasAt(text, at, "号") || hasAt(text, at, "號") || hasAt(text, at, "月")) {
		return at + len("日")
	}
	return i
}

// end is where the date ends, 0 if it is none of the calendar: day, month and year, or
// month and year.
func (d *date) end() int {
	a, b, c := d.numbers[0], d.numbers[1], d.numbers[2]
	switch {
	case d.month != 0:
		if d.count == 2 && (isDay(a, d.month, b) || isDay(b, d.month, a)) {
			return b.end
		}
	case d.count == 3 && (c.isYear() && (isDay(a, b.month(), c) || isDay(b, a.month(), c)) ||
		a.isYear() && (isDay(c, b.month(), a) || a.size == 4 && isDay(b, c.month(), a))):
		return c.end
	case (d.count == 2 || c.size > 2) && (a.size == 4 && a.isYear() && b.month() != 0 || b.size == 4 && b.isYear() && a.month() != 0):
		return b.end
	}
	return 0
}

func (n dateNumber) isYear() bool {
	return n.size == 2 || n.size == 4 && n.value >= firstYear && n.value <= lastYear
}

// month is the number as one of a month, 0 if it is none.
func (n dateNumber) month() int {
	if n.size > 2 || n.value > 12 {
		return 0
	}
	return n.value
}

// isDay reports a day of a month, 0 for none, in a year.
func isDay(day dateNumber, month int, year dateNumber) bool {
	if month == 0 || day.size > 2 || day.value == 0 || !year.isYear() {
		return false
	}
	days := [...]int{31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31}[month-1]
	if y := year.value; month == 2 && y%4 == 0 && (y%100 != 0 || y%400 == 0) {
		days++
	}
	return day.value <= days
}

// separator is where the number of a date behind the one that ends at text[i] begins. A
// month may be spelled between them.
func (d *date) separator(text []byte, i int) int {
	from := i
	for i < len(text) && i < from+16 {
		switch c := text[i]; {
		case c == '/' || c == '-' || c == '.' || c == ' ' || c == ',':
			i++
		case is(c, letter):
			end := i
			for end < len(text) && (is(text[end], letter) || text[end] >= 0x80) {
				end++
			}
			if month := monthOf(text[i:end]); month != 0 && d.month == 0 {
				d.month = month
			} else if !isOrdinal(text[i:end]) && !isOf(text[i:end]) {
				return i
			}
			i = end
		case hasAt(text, i, "年"), hasAt(text, i, "月"):
			d.han = true
			i += len("年")
		default:
			return i
		}
	}
	return i
}

// isOf reports a word between day, month and year: 12th of March, 12 de marzo de 1985.
func isOf(word []byte) bool { return string(word) == "of" || string(word) == "de" }

func isOrdinal(word []byte) bool {
	switch string(word) {
	case "st", "nd", "rd", "th":
		return true
	}
	return false
}

// mayBeMonth reports that the name of a month may begin text, or what stands before it in
// 5 de enero.
func mayBeMonth(text []byte) bool {
	if len(text) < 3 {
		return false
	}
	switch string([]byte{text[0] | 0x20, text[1] | 0x20, text[2] | 0x20}) {
	case "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
		"mai", "maa", "mei", "mag", "okt", "ott", "dez", "dic", "ene", "abr", "ago", "avr", "fev", "jui", "gen", "giu", "lug", "set", "de ":
		return true
	}
	return text[1] >= 0x80 || text[2] >= 0x80 // März, août
}

// months are their names, by number, in the languages whose words for birth are known.
var months = [...]string{
	"jan january januar januari enero ene janvier gennaio", "feb february februar februari febrero février febbraio", "mar march märz maerz marzo mars maart",
	"apr april abril abr avril aprile", "may mai mayo mei maggio", "jun june juni junio juin giugno", "jul july juli julio juillet luglio",
	"aug august agosto ago août augustus", "sep sept september septiembre septembre settembre", "oct october okt oktober octubre octobre ottobre",
	"nov november noviembre novembre", "dec december dez dezember diciembre dic décembre dicembre",
}

// monthOf is which month a word names, 0 for none.
func monthOf(word []byte) int {
	const longestMonth = len("septiembre")
	if len(word) < 3 || len(word) > longestMonth || !mayBeMonth(word) {
		return 0
	}
	for n, names := range &months {
		for names != "" {
			name, rest, _ := strings.Cut(names, " ")
			if bytes.EqualFold(word, []byte(name)) {
				return n + 1
			}
			names = rest
		}
	}
	return 0
}
