package pii

// Digits of a national telephone number.
const (
	fewestNational = 7
	mostNational   = 13
)

// trunkEnd is the end of a number that is dialled with a zero first, 0 for
// none: 01 84 17 61 18, 0688 872 49 99. It has nine to eleven digits in three or
// more groups, and one separator.
func trunkEnd(text []byte, gs []group) int {
	first := text[gs[0].start:gs[0].end]
	if len(first) < 2 || len(first) > 5 || first[0] != '0' || first[1] == '0' {
		return 0
	}
	total, end := 0, 0
	for n, g := range gs {
		if n > 0 && (g.size() < 2 || g.size() > 4 || !oneSeparator(gs[n-1], g) || text[gs[n-1].end] != text[gs[0].end]) {
			break
		}
		if total += g.size(); total > 11 {
			break
		}
		if n >= 2 && total >= 9 && rightOpen(text, g.end) {
			end = g.end
		}
	}
	return end
}

// landlineEnd is the end of a Chinese number with its area, 010-62345678 or
// 0755-82345678, 0 for none.
func landlineEnd(text []byte, gs []group) int {
	if len(gs) < 2 || text[gs[0].end] != '-' || !oneSeparator(gs[0], gs[1]) {
		return 0
	}
	area, number, end := text[gs[0].start:gs[0].end], gs[1].size(), gs[1].end
	if number == 4 && len(gs) > 2 && gs[2].size() == 4 && oneSeparator(gs[1], gs[2]) { // 0755-8234 5678
		number, end = 8, gs[2].end
	}
	if area[0] != '0' || len(area) < 3 || area[1] == '0' || text[gs[1].start] < '2' {
		return 0
	}
	two := area[1] < '3' // 010, and 02x of the largest cities
	if two && (len(area) != 3 || number != 8) || !two && (len(area) != 4 || number < 7 || number > 8) {
		return 0
	}
	if !rightOpen(text, end) {
		return 0
	}
	return extended(text, end)
}

func oneSeparator(a, b group) bool { return b.start == a.end+1 }

// saidPhoneEnd is phoneEnd behind a word that says so.
func saidPhoneEnd(text []byte, gs []group, said cue) int {
	if said != cuePhone {
		return 0
	}
	if end := slashedEnd(text, gs[0]); end != 0 {
		return end
	}
	return phoneEnd(text, gs)
}

// phoneEnd is the end of the groups as a telephone number of any country, with
// its extension; 0 when they have too few digits, or are a date.
func phoneEnd(text []byte, gs []group) int {
	total, end := 0, 0
	for n, g := range gs {
		if n > 0 && !oneSeparator(gs[n-1], g) {
			break
		}
		if total += g.size(); total > mostNational {
			break
		}
		if total >= fewestNational && ends(text, g.end) {
			end = g.end
		}
	}
	if end == 0 || isDate(text, gs) {
		return 0
	}
	return extended(text, end)
}

// ends reports whether a telephone number may end at i, its extension aside.
func ends(text []byte, i int) bool { return rightOpen(text, i) || extension(text, i) != 0 }

// isDate reports groups that begin with a date: 2024-01-15, 15.01.2024.
func isDate(text []byte, gs []group) bool {
	if len(gs) < 3 {
		return false
	}
	year := func(g group) bool {
		y := text[g.start:g.end]
		return len(y) == 4 && (y[0] == '1' && y[1] == '9' || y[0] == '2' && y[1] == '0')
	}
	short := func(g group) bool { return g.size() <= 2 }
	return year(gs[0]) && short(gs[1]) && short(gs[2]) || short(gs[0]) && short(gs[1]) && year(gs[2])
}

// extended is the end of a telephone number at end, its extension included.
func extended(text []byte, end int) int {
	if e := extension(text, end); e != 0 {
		return e
	}
	return end
}

// extension is the end of x0135 or " ext. 12" at text[i:], 0 for none.
func extension(text []byte, i int) int {
	for i < len(text) && text[i] == ' ' {
		i++
	}
	switch {
	case hasAt(text, i, "ext"):
		i += len("ext")
	case hasAt(text, i, "x"):
		i++
	case hasAt(text, i, "转"):
		i += len("转")
	case hasAt(text, i, "分机"):
		i += len("分机")
	default:
		return 0
	}
	for i < len(text) && (text[i] == '.' || text[i] == ' ') {
		i++
	}
	from := i
	for i < len(text) && isDigit(text[i]) {
		i++
	}
	if i == from || i-from > 6 || i < len(text) && wordy(text[i]) {
		return 0
	}
	return i
}
