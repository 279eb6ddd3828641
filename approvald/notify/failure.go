package notify

import (
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/sallyport/sallyport/internal/egress"
)

// longestWait bounds what an endpoint can ask for.
const longestWait = time.Hour

// maxError bounds what is kept of an error, in bytes.
const maxError = 300

// final is an error that no later attempt mends.
type final struct{ error }

// later is an error of an endpoint that says when to come back.
type later struct {
	error
	after time.Duration
}

// wait is how long until the next attempt, after so many failed before this
// one; 0 gives up.
func wait(failed int, err error) time.Duration {
	var end final
	if errors.As(err, &end) || failed >= len(backoff) {
		return 0
	}
	var soon later
	if errors.As(err, &soon) {
		return min(max(soon.after, backoff[failed]), max(longestWait, backoff[failed]))
	}
	return backoff[failed]
}

// reasonOf is an error as people read it. Part of it may be another program's words,
// of which not every database takes all.
func reasonOf(err error) string {
	text := strings.ReplaceAll(err.Error(), "\x00", "\uFFFD")
	return strings.ToValidUTF8(text[:min(len(text), maxError)], "\uFFFD")
}

// status makes an error of an HTTP answer that is none of success.
func status(response *http.Response) error {
	err := errors.New("it answered " + response.Status)
	switch response.StatusCode {
	case http.StatusGone:
		return final{err}
	case http.StatusTooManyRequests, http.StatusServiceUnavailable:
		seconds, _ := strconv.Atoi(response.Header.Get("retry-after"))
		return later{err, time.Duration(min(max(seconds, 0), int(longestWait/time.Second))) * time.Second}
	}
	return err
}

// clients reach the internet, and this machine.
type clients map[bool]*http.Client

func newClients() clients {
	return clients{false: egress.Client(false, sendWithin), true: egress.Client(true, sendWithin)}
}
