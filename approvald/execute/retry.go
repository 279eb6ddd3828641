package execute

import (
	"net/http"
	"strconv"
	"time"
)

// longestRetry is the longest time that a tool is believed to ask for.
const longestRetry = 24 * time.Hour

// retryAfter is when a tool says that a call may be made again, in seconds or as a date
// (RFC 9110, 10.2.3); the zero time when it does not say.
func retryAfter(header http.Header, now time.Time) time.Time {
	said := header.Get("retry-after")
	at, err := http.ParseTime(said)
	if err != nil {
		seconds, err := strconv.ParseUint(said, 10, 32)
		if err != nil {
			return time.Time{}
		}
		at = now.Add(time.Duration(seconds) * time.Second)
	}
	if !at.After(now) || at.After(now.Add(longestRetry)) {
		return time.Time{}
	}
	return at.UTC()
}
