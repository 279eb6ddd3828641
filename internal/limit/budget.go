package limit

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/sallyport/sallyport/internal/money"
)

// Used is what the ledger says of the sums of one call, by name: what other
// effects have reserved or done, and when the oldest that is done was done.
type Used struct {
	Sums   map[string]money.Amount
	Oldest map[string]time.Time
}

// Over is a budget that an effect does not fit into.
type Over struct {
	Budget string
	hint   string
}

// Rule names the budget as records do.
func (o Over) Rule() string { return "limits.yaml:" + o.Budget }

// String says the budget, what remains of it and when there is more.
func (o Over) String() string { return o.hint }

// Over finds the first budget that an effect does not fit into. What is not known
// of a budget leaves nothing of it.
func (l *Limits) Over(s Subject, moves bool, amount money.Amount, used Used, now time.Time) (Over, bool) {
	for _, sum := range l.sums {
		if !sum.budget || !sum.Applies(s.Action) {
			continue
		}
		if sum.Calls > 0 {
			name := calls(sum.Name)
			if left, fits := remains(used, name, money.Amount{Minor: sum.Calls, Currency: None}, one); !fits {
				return sum.over(strconv.FormatInt(max(left.Minor, 0), 10)+" of "+strconv.FormatInt(sum.Calls, 10)+" calls are", used.Oldest[name], now), true
			}
		}
		if !moves || !sum.Adds() {
			continue
		}
		counted, err := l.counted(sum, amount)
		if err != nil {
			return Over{sum.Name, "The budget " + sum.Name + " is in " + sum.Max.Currency + " and does not take " + amount.Currency}, true
		}
		if left, fits := remains(used, sum.Name, sum.Max, counted); !fits {
			left.Minor = max(left.Minor, 0)
			return sum.over(left.String()+" of "+sum.Max.String()+" is", used.Oldest[sum.Name], now), true
		}
	}
	return Over{}, false
}

// remains is what is left of a budget, and whether an effect fits into it.
func remains(used Used, name string, most, more money.Amount) (left money.Amount, fits bool) {
	left = money.Amount{Currency: most.Currency}
	spent, known := used.Sums[name]
	if !known {
		return left, false
	}
	rest, err := most.Sub(spent)
	if err != nil {
		return left, false
	}
	order, err := more.Cmp(rest)
	return rest, err == nil && order <= 0
}

func (s Sum) over(left string, oldest, now time.Time) Over {
	hint := "The budget is " + s.Name + ": " + left + " left for " + s.Period.String()
	if at := s.Period.Resets(now, oldest); at.IsZero() {
		hint += "; what is on its way holds the rest"
	} else {
		hint += "; there is more after " + at.UTC().Format("2006-01-02 15:04:05 MST")
	}
	return Over{Budget: s.Name, hint: hint}
}

// Left says what is left of a counter's budget once an effect has more of it, in
// words for people; false where nothing is bounded. used is without the effect.
func (l *Limits) Left(counter string, used, more money.Amount) (words string, bounded bool) {
	name, counts := strings.CutSuffix(counter, "#")
	i := slices.IndexFunc(l.sums, func(s Sum) bool { return s.Name == name && s.budget })
	if i < 0 {
		return "", false
	}
	most, say := l.sums[i].Max, money.Amount.String
	if counts {
		most = money.Amount{Minor: l.sums[i].Calls, Currency: None}
		say = func(a money.Amount) string { return strconv.FormatInt(a.Minor, 10) + " calls" }
	}
	rest, fits := remains(Used{Sums: map[string]money.Amount{counter: used}}, counter, most, more)
	if !fits {
		rest.Minor = max(rest.Minor, 0)
		return "Budget " + name + ": this does not fit any more, only " + say(rest) + " left", true
	}
	rest.Minor -= more.Minor
	return "Budget " + name + ": " + say(rest) + " left after this", true
}

// Spoken is a counter's sum, and what is used of it in words for people:
// "charge_24h", "40.00 USD reserved or done".
func (l *Limits) Spoken(counter string, used money.Amount) (name, words string) {
	name, counts := strings.CutSuffix(counter, "#")
	words = used.String()
	i := slices.IndexFunc(l.sums, func(s Sum) bool { return s.Name == name })
	switch {
	case i < 0 || !l.sums[i].budget: // nothing bounds it but rules
	case counts:
		words = strconv.FormatInt(used.Minor, 10) + " of " + strconv.FormatInt(l.sums[i].Calls, 10) + " calls"
	default:
		words += " of " + l.sums[i].Max.String()
	}
	return name, words + " reserved or done"
}
