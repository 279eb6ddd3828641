package pii_test

import (
	"testing"

	"github.com/sallyport/sallyport/internal/pii"
)

// A word for birth makes a date of the calendar one of birth, in either order of day and
// month, and what is written as a date just behind that word, whatever the calendar says.
func TestDatesOfBirth(t *testing.T) {
	for name, c := range map[string]struct{ in, want string }{
		"day first":             {"DOB 31/12/1985, DOB 31/04/1985", "DOB [birthdate], DOB [birthdate]"},
		"month first":           {"DOB 12/31/1985, DOB 04/31/1985, DOB 13/13/1985", "DOB [birthdate], DOB [birthdate], DOB [birthdate]"},
		"year first":            {"DOB 1985-12-31, DOB 1985-31-12, DOB 1985-31-31", "DOB [birthdate], DOB [birthdate], DOB [birthdate]"},
		"leap years":            {"DOB 29/02/1984, DOB 29/02/1985, DOB 29/02/1900, DOB 02/29/2000", "DOB [birthdate], DOB [birthdate], DOB [birthdate], DOB [birthdate]"},
		"years":                 {"born 12/03/1849, born 12/03/1850, born 12/03/2185", "born 12/03/1849, born [birthdate], born 12/03/2185"},
		"short years":           {"born 12/3/85, born 85-03-12, born 12-32-85", "born [birthdate], born [birthdate], born [birthdate]"},
		"eight digits":          {"DOB: 19850312, DOB: 12031985, DOB: 19850231, DOB: 198503121", "DOB: [birthdate], DOB: [birthdate], DOB: [birthdate], DOB: 198503121"},
		"month and year":        {"DOB 03/1985, DOB 13/1985, 出生于1985年3月", "DOB [birthdate], DOB [birthdate], 出生于[birthdate]"},
		"a number behind":       {"born 12 March 1985 10 Main Street, born March 12, 1985 10 Main Street", "born [birthdate] [address], born [birthdate] [address]"},
		"months of others":      {"geboren am 3. März 1985, nacimiento 5 de enero de 1990, naissance: 14 août 1990", "geboren am [birthdate], nacimiento [birthdate], naissance: [birthdate]"},
		"no month":              {"born 12 Main 1985, born 12 Marching 1985", "born 12 Main 1985, born 12 Marching 1985"},
		"Chinese":               {"生日：1985年2月28日，生日：1985年2月30日，1985年3月12号出生，85年3月12日生于上海", "生日：[birthdate]，生日：[birthdate]，[birthdate]出生，[birthdate]生于上海"},
		"Chinese, with spaces":  {"出生于 1985 年 3 月 12 日 在北京", "出生于 [birthdate] 在北京"},
		"born behind it":        {"1985-03-12出生，1985年3月12日生，1985.3.12 生人", "[birthdate]出生，[birthdate]生，[birthdate] 生人"},
		"of something else":     {"报告于2024年3月12日生成，2024年3月12日生效，事故发生于2024年3月12日", "报告于2024年3月12日生成，2024年3月12日生效，事故发生于2024年3月12日"},
		"the next date":         {"1985-03-12出生， 2024-03-12发货", "[birthdate]出生， 2024-03-12发货"},
		"a day and Japan":       {"生日1985-03-12日本", "生日[birthdate]日本"},
		"mistyped, labelled":    {"date of birth: 1985-02-30, D.O.B. 31.04.1985, born on 31 April 1985, born April 31, 1985, **DOB:** 30/02/85, 出生日期是1985年2月30日", "date of birth: [birthdate], D.O.B. [birthdate], born on [birthdate], born [birthdate], **DOB:** [birthdate], 出生日期是[birthdate]"},
		"mistyped, born behind": {"1985年2月30日出生，1985-02-30 出生", "[birthdate]出生，[birthdate] 出生"},
		"mistyped, of others":   {"DOB changed, due 31/04/2024, born there, moved 31/04/1985, born 31/04/1985/7, born 1.2.3.1985, DOB 31/4-1985, 30/02/1985, DOB 12345678, 生日那天买的，2024年2月30日到货，1985年2月30日生", "DOB changed, due 31/04/2024, born there, moved 31/04/1985, born 31/04/1985/7, born 1.2.3.1985, DOB 31/4-1985, 30/02/1985, DOB 12345678, 生日那天买的，2024年2月30日到货，1985年2月30日生"},
		"a card behind":         {"D.O.B. 00 44 4242 4242 4242 4242, DOB 12 03 4242 4242 4242 4242, born 1985-03 4242 4242 4242 4242", "D.O.B. 00 44 [card], DOB 12 03 [card], born [birthdate] [card]"},
		"a card behind a plus":  {"+7 4242 4242 4242 4242, +4242 4242 4242 4242, call 1 4242 4242 4242 4242", "+7 [card], +[card], call 1 [card]"},
		"a card behind a phone": {"call 415-555-4242 4242 4242 4242 4242", "call [phone] [card]"},
	} {
		t.Run(name, func(t *testing.T) {
			got := marked(c.in, pii.All)
			if again := marked(got, pii.All); got != c.want || again != got {
				t.Errorf("%q became %q and %q, want %q", c.in, got, again, c.want)
			}
		})
	}
}
