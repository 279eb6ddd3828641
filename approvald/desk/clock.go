package desk

import (
	"fmt"
	"time"
)

// stamp is a time for a page's script, which shows it as the browser's clock does.
func stamp(at time.Time) string { return at.UTC().Format(time.RFC3339) }

// remaining says how long something waits on.
func remaining(d time.Duration) string {
	minutes := max(int((d+time.Minute-1)/time.Minute), 0)
	switch hours := minutes / 60; {
	case hours >= 48:
		return fmt.Sprintf("%d d %d h left", hours/24, hours%24)
	case hours > 0:
		return fmt.Sprintf("%d h %d min left", hours, minutes%60)
	}
	return fmt.Sprintf("%d min left", minutes)
}

// clock prints a time on a page.
func clock(at time.Time) string {
	if at.IsZero() {
		return "–"
	}
	return at.UTC().Format("2006-01-02 15:04:05 UTC")
}
