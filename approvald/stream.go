package approvald

import (
	"context"
	"net/http"
	"time"

	"github.com/jonboulle/clockwork"

	"github.com/sallyport/sallyport/internal/mcpserver"
)

// progressEvery is how often a client that asked for progress hears that its call
// goes on. Whoever is answered sooner gets one plain JSON answer.
const progressEvery = 2 * time.Second

// stream is the answer to a tool call over MCP: one JSON object, or, once the
// first notification of progress went out, events that end with it. It ends with
// the wait, which is bounded.
type stream struct {
	token   string // of the client for progress; "" for none
	started bool   // the answer is a stream by now
	sent    int64
	halt    func() // ends the notifications; nil when there are none
}

// follow tells the client of progress until stop is called, which MUST be before
// anybody else touches the answer.
func (s *stream) follow(ctx context.Context, w http.ResponseWriter, clock clockwork.Clock) {
	if s.token == "" {
		return
	}
	ctx, cancel := context.WithCancel(ctx)
	done := make(chan struct{})
	s.halt = func() {
		cancel()
		<-done
	}
	ticker := clock.NewTicker(progressEvery)
	go func() {
		defer close(done)
		defer ticker.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-ticker.Chan():
				s.progress(w)
			}
		}
	}()
}

// stop ends the notifications. It may be called again, and of no stream.
func (s *stream) stop() {
	if s != nil && s.halt != nil {
		s.halt()
		s.halt = nil
	}
}

func (s *stream) progress(w http.ResponseWriter) {
	if !s.started {
		w.Header().Set("content-type", "text/event-stream")
		w.Header().Set("cache-control", "no-store")
		w.WriteHeader(http.StatusOK)
		s.started = true
	}
	s.sent++
	s.write(w, mcpserver.Progress(s.token, s.sent, "The gateway goes on with this call; it may wait for a person."))
}

// finish answers the call.
func (s *stream) finish(w http.ResponseWriter, message []byte) {
	if s.started {
		s.write(w, message)
		return
	}
	w.Header().Set("content-type", "application/json")
	w.WriteHeader(http.StatusOK)
	_, _ = w.Write(message)
}

func (s *stream) write(w http.ResponseWriter, message []byte) {
	_, _ = w.Write(mcpserver.Event(message))
	_ = http.NewResponseController(w).Flush()
}
