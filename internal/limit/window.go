package limit

import (
	"fmt"
	"time"
)

// Window is a calendar window in UTC: it begins at multiples of its length
// since midnight, so that everybody agrees when a limit is free again.
type Window struct {
	length time.Duration
	text   string
}

// day is the longest window.
const day = 24 * time.Hour

// ParseWindow reads "1s", "1m", "1h", "24h" or "day". The length must divide a
// day into whole windows.
func ParseWindow(text string) (Window, error) {
	if text == "day" {
		return Window{day, "24h0m0s"}, nil
	}
	length, err := time.ParseDuration(text)
	if err != nil || length < time.Second || length > day || day%length != 0 {
		return Window{}, fmt.Errorf("must be a length that divides a day, like 1m, 1h or day (got %s)", text)
	}
	return Window{length, length.String()}, nil
}

// Start is when the window that contains t began.
func (w Window) Start(t time.Time) time.Time {
	t = t.UTC()
	midnight := time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC)
	return midnight.Add(t.Sub(midnight).Truncate(w.length))
}

// End is when the next window begins.
func (w Window) End(t time.Time) time.Time { return w.Start(t).Add(w.length) }
