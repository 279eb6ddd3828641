package pii

import "slices"

// Regions is a set of countries whose national telephone numbers are found
// without a word that says so. The zero set finds those that are plain anywhere.
type Regions uint32

// nationals are national forms: # is any digit, N one from 2, M one from 6, and a
// space one separator.
var nationals = [...]struct {
	code  string
	forms []string
}{
	{"AU", []string{"04########", "04## ### ###", "0N#### ####", "0# #### ####"}},
	{"BR", []string{"## 9#### ####"}},
	{"CH", []string{"07########", "07# ### ## ##", "04# ### ## ##"}},
	{"DE", []string{"01##########", "01#########", "01## #######", "01## ########", "01### #######", "030 ########", "040 ########", "089 ########", "0### #######", "0#### ######"}},
	{"ES", []string{"M## ### ###", "M## ## ## ##", "9# ### ## ##"}},
	{"FR", []string{"0#########", "0# ## ## ## ##"}},
	{"GB", []string{"07#########", "01#########", "02#########", "07### ######", "07### ### ###", "01### ######", "020 ########", "0800 #######"}},
	{"HK", []string{"N### ####"}},
	{"IE", []string{"08########", "08# #######"}},
	{"IN", []string{"M#### #####", "0M#########"}},
	{"IT", []string{"3## #######", "3## ### ####"}},
	{"NL", []string{"06########", "06 ########"}},
	{"SE", []string{"07########", "07# #######", "07# ### ## ##", "08 ### ### ##", "08 ### ## ##"}},
	{"SG", []string{"M### ####"}},
}

// RegionCodes are the countries that a set can hold, by their codes of two
// letters, in order.
func RegionCodes() []string {
	out := make([]string, 0, len(nationals))
	for _, n := range nationals {
		out = append(out, n.code)
	}
	return out
}

// With is the set and the country of the code; false for one that has no forms.
func (r Regions) With(code string) (Regions, bool) {
	i := slices.Index(RegionCodes(), code)
	if i < 0 {
		return r, false
	}
	return r | 1<<i, true
}

// Has reports whether the country of the code is in the set.
func (r Regions) Has(code string) bool {
	with, ok := r.With(code)
	return ok && with == r
}

// nationalEnd is the end of a national number of one of the countries that the
// groups begin with, 0 for none.
func (r Regions) nationalEnd(text []byte, gs []group) (best int) {
	for i := range nationals {
		if r&(1<<i) == 0 {
			continue
		}
		for _, form := range nationals[i].forms {
			if end := formEnd(text, gs, form); end > best {
				best = end
			}
		}
	}
	if best == 0 {
		return 0
	}
	return extended(text, best)
}

// formEnd is the end of the groups that have a form, 0 when they have another.
func formEnd(text []byte, gs []group, form string) int {
	for _, g := range gs {
		for _, c := range text[g.start:g.end] {
			if form == "" || !formed(c, form[0]) {
				return 0
			}
			form = form[1:]
		}
		switch {
		case form == "" && ends(text, g.end):
			return g.end
		case form == "" || form[0] != ' ' || !oneBetween(text, g.end):
			return 0
		}
		form = form[1:]
	}
	return 0
}

// oneBetween reports one separator at text[i:] with a digit behind it, or the bracket that
// closes an area, with a separator or without.
func oneBetween(text []byte, i int) bool {
	closes := i < len(text) && text[i] == ')'
	if closes {
		i++
	}
	if i < len(text) && between(text[i]) {
		return i+1 < len(text) && isDigit(text[i+1])
	}
	return closes && i < len(text) && isDigit(text[i])
}

// formed reports a digit that a sign of a form stands for.
func formed(c, sign byte) bool {
	switch sign {
	case '#':
		return true
	case 'N':
		return c >= '2'
	case 'M':
		return c >= '6'
	default:
		return c == sign
	}
}
