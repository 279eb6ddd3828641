package unary

import (
	"errors"
	"io"

	"golang.org/x/net/http2"
)

// reader is the goroutine whose turn it is to read a connection, with what it reads
// and writes in: a handler that was left behind still uses both.
type reader struct {
	*connection
	frames *http2.Framer
	reply  []byte
}

func newReader(c *connection) *reader {
	r := &reader{connection: c, frames: http2.NewFramer(io.Discard, c.in)}
	r.frames.SetReuseFrames()
	r.frames.SetMaxReadFrameSize(firstFrame)
	return r
}

// run answers until the connection ends, or until another reader has taken over.
func (r *reader) run() {
	defer r.server.running.Done()
	for r.next() {
		frame, err := r.frames.ReadFrame()
		var of http2.StreamError
		if errors.As(err, &of) { // its headers were not decoded, so none that follow can be
			err = http2.ConnectionError(of.Code)
		}
		s, goesOn := r.receive(frame, err)
		if !goesOn {
			break
		}
		if s != nil && !r.answer(s) {
			return
		}
	}
	r.close()
}

// next writes what was answered, unless more has come already. False: the connection
// has ended, or the peer does not take what is written.
func (r *reader) next() bool {
	if r.whole() {
		return true
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.flush() == nil && !r.over()
}

// receive takes what was read, and returns the call that it completes.
func (r *reader) receive(frame http2.Frame, err error) (s *stream, goesOn bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.ready = nil
	if err == nil {
		err = r.take(frame)
	}
	if err == nil && len(r.out) >= writeAt {
		err = r.flush()
	}
	return r.ready, err == nil || r.survives(err)
}

// answer calls the handler of a call and sends what it says. False: it took so long
// that another reader has taken over.
func (r *reader) answer(s *stream) (reads bool) {
	handle, message, err := r.message(s)
	turn := r.watch.begin()
	if err == nil {
		r.reply, err = handle(append(r.reply[:0], make([]byte, prefix)...), message)
	}
	reads = r.watch.end(turn)
	r.mu.Lock()
	defer r.mu.Unlock()
	if !reads {
		r.late(s, err)
		return false
	}
	r.say(s, r.reply, err)
	if cap(r.reply) > writeAt {
		r.reply = nil
	}
	return true
}

// late sends the answer of a slow handler, unless nobody waits for it any more.
func (r *reader) late(s *stream, err error) {
	r.slow--
	if r.streams[s.id] == s {
		delete(r.streams, s.id)
		if s.expired() {
			err = errDeadline
		}
		r.say(s, r.reply, err)
	}
	if r.flush() != nil || r.over() {
		_ = r.conn.Close() // which ends the reader
	}
}

// say answers a call.
func (c *connection) say(s *stream, reply []byte, err error) {
	if err != nil {
		c.fail(s.id, err)
		return
	}
	c.send(s.id, s.window, sized(reply))
}
