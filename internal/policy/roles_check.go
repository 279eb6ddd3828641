package policy

import (
	"fmt"
	"slices"

	"github.com/sallyport/sallyport/internal/config"
)

// checkRoles refuses a mistyped role: its rules hold only for an agent of that
// name, and a deny among them is a hole that nobody sees. A role that nobody has,
// and that is like no other, is none: removing an agent's g lines is how its
// rights are taken away, and must always go live.
func checkRoles(rules []Rule, grants []grant) config.Problems {
	var given []string
	for _, g := range grants {
		given = append(given, g.role)
	}
	var problems config.Problems
	for _, r := range rules {
		if slices.Contains(given, r.Role) {
			continue
		}
		if like := closest(r.Role, given); like != "" {
			problems.Add(place(r.Line), fmt.Sprintf("no g line gives anybody this role; it is like %s", like), r.Role)
		}
	}
	return problems
}

// closest is a name that one mistake of typing makes out of text: a letter that
// is missing, too many or another, or two that changed places. "" for none.
func closest(text string, names []string) string {
	for _, name := range names {
		if oneApart(text, name) || oneApart(name, text) {
			return name
		}
	}
	return ""
}

// oneApart says whether b is a with one letter taken out, changed, or moved by
// one place.
func oneApart(a, b string) bool {
	i := 0
	for i < len(a) && i < len(b) && a[i] == b[i] {
		i++
	}
	if i == len(a) {
		return false
	}
	switch rest := a[i+1:]; {
	case len(a) == len(b)+1:
		return rest == b[i:]
	case len(a) != len(b):
		return false
	default:
		return rest == b[i+1:] || i+2 <= len(a) && a[i] == b[i+1] && a[i+1] == b[i] && a[i+2:] == b[i+2:]
	}
}
