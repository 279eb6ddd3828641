package desk

import "testing"

func TestVisible(t *testing.T) {
	for name, c := range map[string][2]string{
		"plain":                        {"Refund 10.00 USD, please", "Refund 10.00 USD, please"},
		"lines":                        {"a\nb", "a\nb"},
		"a control":                    {"a\x1b[2Jb", `a\u001b[2Jb`},
		"turned around":                {"a\u202eDSU 00.1", `a\u202eDSU 00.1`},
		"isolates and marks":           {"\u2066x\u2069\u200f", `\u2066x\u2069\u200f`},
		"no width":                     {"ad\u200bmin", `ad\u200bmin`},
		"a Cyrillic a in a Latin word": {"p\u0430ypal", `p\u0430ypal`},
		"a Greek o in a Latin word":    {"g\u03bfogle.com", `g\u03bfogle.com`},
		"all Cyrillic":                 {"\u043f\u0440\u0438\u0432\u0435\u0442", "\u043f\u0440\u0438\u0432\u0435\u0442"},
		"two words, a script each":     {"hi \u043f\u0440\u0438\u0432\u0435\u0442", "hi \u043f\u0440\u0438\u0432\u0435\u0442"},
		"Chinese beside Latin":         {"退款USD给王", "退款USD给王"},
		"accents":                      {"Müller e\u0301", "Müller e\u0301"},
		"bytes that are no text":       {"a\xffb", "a\ufffdb"},
		"nothing":                      {"", ""},
	} {
		if got := visible(c[0]); got != c[1] {
			t.Errorf("%s: %q, want %q", name, got, c[1])
		}
	}
}
