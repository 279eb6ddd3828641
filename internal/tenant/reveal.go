package tenant

import (
	"fmt"
	"slices"
	"time"

	"github.com/sallyport/sallyport/internal/authority"
	"github.com/sallyport/sallyport/internal/pii"
)

// maxReveal is the longest time after a login in which a person sees clear data.
const maxReveal = 12 * time.Hour

// everyType stands for all types of personal data that can come back.
const everyType = "*"

// revealRow is who sees which types in clear, as it is written.
type revealRow struct {
	Groups []string      `yaml:"groups"`
	Types  []string      `yaml:"types"`
	Within time.Duration `yaml:"within"`
}

func (l *loader) reveal(rows []revealRow) authority.Reveals {
	var out authority.Reveals
	for i, r := range rows {
		at := fmt.Sprintf("reveal[%d]", i)
		if len(r.Groups) == 0 {
			l.problems.Add(fileApprovals+": "+at+".groups", "must name who sees it", nil)
		}
		for _, g := range r.Groups {
			if l.tenant.People != nil && !slices.Contains(l.tenant.People.Groups(), g) {
				l.problems.Add(fileApprovals+": "+at+".groups", "is no group of people.yaml", g)
			}
		}
		if r.Within == 0 {
			r.Within = defaultFresh
		}
		l.between(at+".within", r.Within, time.Minute, maxReveal)
		out = append(out, authority.Reveal{Groups: r.Groups, Types: l.revealed(at, r.Types), Within: r.Within})
	}
	return out
}

// revealed are types of which surrogates are made: secrets and whole texts never
// come back.
func (l *loader) revealed(at string, names []string) (set pii.Set) {
	if len(names) == 0 {
		l.problems.Add(fileApprovals+": "+at+".types", `must name what they see, like [email, phone], or ["*"]`, nil)
	}
	for _, name := range names {
		if name == everyType {
			set |= pii.All &^ (1 << pii.Secret)
			continue
		}
		t, ok := pii.ParseType(name)
		if !ok || t == pii.Secret || t == pii.Text {
			l.problems.Add(fileApprovals+": "+at+".types", `must be types of mask.yaml that come back, or "*"; secret and text never do`, name)
			continue
		}
		set = set.With(t)
	}
	return set
}
