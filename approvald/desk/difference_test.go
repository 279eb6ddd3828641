package desk

import (
	"strings"
	"testing"
)

// A difference is of words, loses nothing, and shows what a page would act on.
func TestDifference(t *testing.T) {
	for name, tt := range map[string]struct{ before, now, want string }{
		"a word":         {"Your refund is late.", "Your refund is done.", "Your refund is [late|done]."},
		"the same":       {"Hello.", "Hello.", "Hello."},
		"all":            {"", "New words.", "[|New words.]"},
		"nothing":        {"Old.", "", "[Old.|]"},
		"part of a word": {"refund", "refunded", "[refund|refunded]"},
		"hidden":         {"We pay.", "We \u202epay.", `We [|\u202e]pay.`},
		"lookalikes":     {"paypal", "p\u0430ypal", `[paypal|p\u0430ypal]`},
		"Chinese":        {"退款已发出", "退款未发出", "退款[已|未]发出"},
		"lines":          {"One.\nTwo.", "One.\n\nTwo.", "One.\n[|\n]Two."},
	} {
		t.Run(name, func(t *testing.T) {
			if got := spelled(difference(tt.before, tt.now)); got != tt.want {
				t.Errorf("%q, want %q", got, tt.want)
			}
		})
	}
}

func spelled(parts []Part) string {
	var b strings.Builder
	for i := 0; i < len(parts); i++ {
		switch p := parts[i]; {
		case p.Kind == "same":
			b.WriteString(p.Text)
		case p.Kind == "new":
			b.WriteString("[|" + p.Text + "]")
		case i+1 < len(parts) && parts[i+1].Kind == "new":
			b.WriteString("[" + p.Text + "|" + parts[i+1].Text + "]")
			i++
		default:
			b.WriteString("[" + p.Text + "|]")
		}
	}
	return b.String()
}

// The longest texts, with nothing in common, are compared all the same.
func TestLongDifference(t *testing.T) {
	a, b := strings.Repeat("a ", 32<<10), strings.Repeat("b\n", 32<<10)
	var before, now strings.Builder
	for _, p := range difference(a, b) {
		if p.Kind != "new" {
			before.WriteString(p.Text)
		}
		if p.Kind != "old" {
			now.WriteString(p.Text)
		}
	}
	if before.String() != a || now.String() != b {
		t.Error("something is lost")
	}
}
