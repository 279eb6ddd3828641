package authority

import (
	"slices"
	"strconv"
	"time"

	"github.com/sallyport/sallyport/internal/pii"
)

// Reveal says who sees personal data in clear.
type Reveal struct {
	Groups []string // a person is in one of them
	Types  pii.Set
	Within time.Duration // of the person's login
}

// Reveals are all of a tenant's, in the order of the file.
type Reveals []Reveal

// Find is the first that lets members of these groups see a type, -1 for none.
func (r Reveals) Find(groups []string, t pii.Type) int {
	return slices.IndexFunc(r, func(one Reveal) bool { return one.Types.Has(t) && one.speaksOf(groups) })
}

// Any says that members of these groups see something.
func (r Reveals) Any(groups []string) bool {
	return slices.ContainsFunc(r, func(one Reveal) bool { return one.speaksOf(groups) })
}

func (r Reveal) speaksOf(groups []string) bool {
	return slices.ContainsFunc(r.Groups, func(g string) bool { return slices.Contains(groups, g) })
}

// RevealRule is what records call the row of that number.
func RevealRule(n int) string { return "approvals.yaml: reveal[" + strconv.Itoa(n) + "]" }
