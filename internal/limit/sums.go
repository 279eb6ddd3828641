package limit

import (
	"fmt"
	"sort"
	"time"

	"github.com/sallyport/sallyport/internal/config"
)

// Sum is money added up over a rolling window: what is reserved, unknown or
// done by its actions, for each value it is counted by.
type Sum struct {
	Name    string
	Actions []string
	By      []string // "args.charge", "facts.charge.customer"; empty counts the whole tenant
	Window  time.Duration
}

func (l *Limits) readSums(problems *config.Problems, file string, doc document) {
	names := make([]string, 0, len(doc.Sums))
	for name := range doc.Sums {
		names = append(names, name)
	}
	sort.Strings(names)
	seen := map[string]bool{}
	for _, name := range names {
		entry, at := doc.Sums[name], file+": sums."+name
		checkName(problems, at, name, seen)
		checkActions(problems, at, entry.Actions)
		for i, by := range entry.By {
			if !argPattern.MatchString(by) && !factPattern.MatchString(by) {
				problems.Add(fmt.Sprintf("%s.by[%d]", at, i), "must be args.NAME or facts.FACT.FIELD", by)
			}
		}
		if entry.Window < time.Minute || entry.Window > longestSum {
			problems.Add(at+".window", "must be from 1m to 744h", entry.Window)
		}
		l.sums = append(l.sums, Sum{Name: name, Actions: entry.Actions, By: entry.By, Window: entry.Window})
	}
}

// Sums are all sums, by name.
func (l *Limits) Sums() []Sum { return l.sums }

// SumNames are their names, sorted.
func (l *Limits) SumNames() []string {
	names := make([]string, len(l.sums))
	for i, s := range l.sums {
		names[i] = s.Name
	}
	return names
}

// Applies says whether an action is added to the sum.
func (s Sum) Applies(action string) bool { return matches(s.Actions, action) }

// Key names the counter of one call. value spells "args.charge" or
// "facts.charge.customer"; one that is not there is an error, because a call
// that is counted nowhere would be free.
func (s Sum) Key(tenant string, value func(path string) (string, bool)) (string, error) {
	parts := []string{tenant, s.Name}
	for _, by := range s.By {
		text, ok := value(by)
		if !ok {
			return "", fmt.Errorf("the sum %s is counted by %s, which this call does not have", s.Name, by)
		}
		parts = append(parts, text)
	}
	return joinKey(parts), nil
}
