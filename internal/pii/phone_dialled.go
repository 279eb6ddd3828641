package pii

// bracketedEnd is the end of a number with its area in brackets behind the ( before
// text[i], 0 for none: with a zero, as in (010) 62345678, or of a region.
func (f *Finder) bracketedEnd(text []byte, i int) int {
	area := group{i, i}
	for area.end < len(text) && isDigit(text[area.end]) {
		area.end++
	}
	if area.size() < 2 || area.size() > 5 || area.end == len(text) || text[area.end] != ')' {
		return 0
	}
	at := area.end + 1
	if at < len(text) && between(text[at]) {
		at++
	}
	total := f.window(text, at)
	if total == 0 {
		return 0
	}
	if text[i] == '0' && text[i+1] != '0' {
		return trunkedEnd(text, area, f.groups)
	}
	f.groups = append(f.groups, group{})
	copy(f.groups[1:], f.groups)
	f.groups[0] = area
	return f.Regions.nationalEnd(text, f.groups)
}

// trunkedEnd is the end of the groups behind an area with its zero, 0 unless a separator
// stands between them and the whole has nine to twelve digits.
func trunkedEnd(text []byte, area group, gs []group) int {
	total, end := area.size(), 0
	for n, g := range gs {
		if n > 0 && !oneSeparator(gs[n-1], g) {
			break
		}
		if total += g.size(); total > 12 {
			break
		}
		if total >= 9 && ends(text, g.end) {
			end = g.end
		}
	}
	if end == 0 {
		return 0
	}
	return extended(text, end)
}

// dialledEnd is the end of an international number as it is dialled, 0 for none: behind 00,
// or 011 in North America, in groups that one and the same separator stands between, as in
// 0044 20 7946 0958.
func dialledEnd(text []byte, gs []group) int {
	first := text[gs[0].start:gs[0].end]
	if len(gs) < 3 || len(first) > 5 || len(first) < 2 || first[0] != '0' {
		return 0
	}
	if abroad := first[1] == '0' && (len(first) == 2 || first[2] != '0'); !abroad && string(first) != "011" {
		return 0
	}
	total, end := len(first), 0
	for n := 1; n < len(gs); n++ {
		g := gs[n]
		if !oneSeparator(gs[n-1], g) || text[gs[n-1].end] != text[gs[0].end] || text[gs[0].end] == '.' {
			break
		}
		if total += g.size(); total > len("00")+mostOfPlus {
			break
		}
		if n >= 2 && total >= 11 && rightOpen(text, g.end) {
			end = g.end
		}
	}
	lead := gs[0].start + len("00")
	if first[1] != '0' || lead == gs[0].end { // the country has a group of its own
		lead = gs[1].start
	}
	if end == 0 || text[lead] == '0' || text[lead] == '1' && total != len("001")+10 {
		return 0
	}
	return end
}

// slashedEnd is the end of a number with a slash behind its area, which has a zero, as in
// 030/901820; 0 for none.
func slashedEnd(text []byte, area group) int {
	if area.size() < 3 || area.size() > 5 || text[area.start] != '0' || area.end == len(text) || text[area.end] != '/' {
		return 0
	}
	total, end := area.size(), 0
	for i := area.end + 1; i < len(text) && total <= mostNational; i++ {
		switch {
		case isDigit(text[i]):
			if total++; total >= fewestNational && rightOpen(text, i+1) {
				end = i + 1
			}
		case !between(text[i]) || !isDigit(text[i-1]):
			i = len(text)
		}
	}
	if total > mostNational {
		return 0
	}
	return end
}
