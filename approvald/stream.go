package approvald

import (
	"context"
	"net/http"
	"time"

	"github.com/jonboulle/clockwork"

	"github.com/sallyport/sallyport/internal/answer"
	"github.com/sallyport/sallyport/internal/mcp/client"
	"github.com/sallyport/sallyport/internal/mcpserver"
)

// progressEvery is how often a client that asked for progress hears that its call
// goes on. Whoever is answered sooner gets one plain JSON answer.
const progressEvery = 2 * time.Second

// maxNotices is how many notices of a tool wait for a client that reads slowly;
// the others it does not hear, because nothing else waits for it.
const maxNotices = 64

// stream is the answer to a tool call over MCP: one JSON object, or, once the
// first notification went out, events that end with it. It ends with the wait,
// which is bounded.
type stream struct {
	token   string // of the client for progress; "" for none
	log     string // the least level of a tool's log that it hears of; "" for none
	asks    client.Asks
	started bool // the answer is a stream by now
	notices chan client.Notice
	// questions go out as events of their own; done is closed when none can any more.
	questions chan []byte
	done      chan struct{}
	at        float64 // the progress that was told last
	base      float64 // where the tool's own progress begins
	tells     bool    // the tool tells of progress by itself
	halt      func()  // ends the notifications; nil when there are none
}

// listens says whether the client hears of its call, or can be asked about it.
func (s *stream) listens() bool {
	return s != nil && (s.token != "" || s.log != "" || s.asks != 0)
}

// Wants is execute.Listener's.
func (s *stream) Wants() (progress bool, log string) { return s.token != "", s.log }

// Hear is execute.Listener's. Who has gone hears nothing, because nobody
// takes the notice out again.
func (s *stream) Hear(n client.Notice) {
	select {
	case s.notices <- n:
	default:
	}
}

// follow tells the client of the call until stop is called, which MUST be before
// anybody else touches the answer. What a tool says is told while may says so.
func (s *stream) follow(ctx context.Context, w http.ResponseWriter, clock clockwork.Clock, may func() bool) {
	if !s.listens() {
		return
	}
	if s.notices == nil {
		s.notices, s.questions = make(chan client.Notice, maxNotices), make(chan []byte)
	}
	ctx, cancel := context.WithCancel(ctx)
	done := make(chan struct{})
	s.done = done
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
				s.rest(w, may)
				return
			case <-ticker.Chan():
				s.goesOn(w)
			case n := <-s.notices:
				s.tell(w, n, may)
			case question := <-s.questions:
				s.rest(w, may) // what was said before it
				s.write(w, question)
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

// rest tells what was said before the answer.
func (s *stream) rest(w http.ResponseWriter, may func() bool) {
	for {
		select {
		case n := <-s.notices:
			s.tell(w, n, may)
		default:
			return
		}
	}
}

// goesOn tells that the gateway is there, until the tool speaks for itself.
func (s *stream) goesOn(w http.ResponseWriter) {
	if s.token == "" || s.tells {
		return
	}
	s.at++
	s.base = s.at
	s.write(w, mcpserver.Progress(s.token, s.at, 0, "The gateway goes on with this call; it may wait for a person."))
}

// tell hands a notice on. Progress grows from one to the next, or is not told.
func (s *stream) tell(w http.ResponseWriter, n client.Notice, may func() bool) {
	switch {
	case !may():
	case n.Level != "":
		if s.log != "" && client.Reaches(n.Level, s.log) {
			s.write(w, answer.Logged(n))
		}
	case s.token != "" && (s.base+n.Progress > s.at || s.at == 0 && !s.tells):
		s.tells, s.at = true, s.base+n.Progress
		s.write(w, answer.Progress(s.token, s.base, n))
	}
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

// write sends one event, and what makes the answer a stream before the first.
func (s *stream) write(w http.ResponseWriter, message []byte) {
	if !s.started {
		w.Header().Set("content-type", "text/event-stream")
		w.Header().Set("cache-control", "no-store")
		w.WriteHeader(http.StatusOK)
		s.started = true
	}
	_, _ = w.Write(mcpserver.Event(message))
	_ = http.NewResponseController(w).Flush()
}
