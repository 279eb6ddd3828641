package execute

import (
	"net/http"
	"testing"
	"time"
)

// When a call may be made again is read as tools write it, and what cannot be meant is
// not believed.
func TestRetryAfter(t *testing.T) {
	now := time.Date(2026, 11, 21, 10, 0, 0, 0, time.UTC)
	for said, want := range map[string]time.Duration{
		"30": 30 * time.Second, "86400": 24 * time.Hour, "Sat, 21 Nov 2026 10:01:00 GMT": time.Minute,
		"": 0, "0": 0, "-5": 0, "1.5": 0, "soon": 0, "86401": 0, "99999999999999999999": 0, "Sat, 21 Nov 2026 09:59:00 GMT": 0, "Sat, 21 Nov 2027 10:00:00 GMT": 0,
	} {
		got := retryAfter(http.Header{"Retry-After": {said}}, now)
		if want == 0 && !got.IsZero() || want != 0 && !got.Equal(now.Add(want)) {
			t.Errorf("%q: %v", said, got)
		}
	}
}
