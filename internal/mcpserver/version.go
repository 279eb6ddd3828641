package mcpserver

import "slices"

// The protocol versions that are spoken. Modern has no session and says
// everything in each request; the others begin with initialize.
const (
	Modern = "2026-07-28"
	latest = "2025-11-25" // of those with a session
	oldest = "2025-03-26" // what a client speaks that names none
)

var legacy = []string{latest, "2025-06-18", oldest}

// versions are all that are spoken, newest first.
var versions = append([]string{Modern}, legacy...)

// Agreed is the version that initialize is answered with: the one asked for, or
// the newest that has initialize.
func Agreed(asked string) string {
	if slices.Contains(legacy, asked) {
		return asked
	}
	return latest
}
