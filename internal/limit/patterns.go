package limit

import "fmt"

// Patterns are the action patterns of all limits and sums by the place where
// they stand in the file, so that a loader can refuse those that match nothing:
// such a limit would never limit.
func (l *Limits) Patterns() map[string]string {
	out := map[string]string{}
	for i, r := range l.limits {
		for j, pattern := range r.actions {
			out[fmt.Sprintf("limits[%d].actions[%d]", i, j)] = pattern
		}
	}
	for _, s := range l.sums {
		for j, pattern := range s.Actions {
			out[fmt.Sprintf("%s.actions[%d]", s.Place(), j)] = pattern
		}
	}
	return out
}

// Place is where a sum stands in the file: "sums.NAME" or "budgets.NAME".
func (s Sum) Place() string {
	if s.budget {
		return "budgets." + s.Name
	}
	return "sums." + s.Name
}
