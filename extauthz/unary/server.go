package unary

import (
	"errors"
	"net"
	"sync"
	"time"
)

// Handler answers one message: it appends its answer to dst. An error of package
// status is what the caller gets, any other one is codes.Unknown. The message is
// good until it returns.
type Handler func(dst, message []byte) ([]byte, error)

// Server serves one method.
type Server struct {
	method string
	handle Handler

	mu      sync.Mutex
	open    map[closer]struct{} // listeners and connections
	stopped bool
	running sync.WaitGroup
}

type closer interface{ Close() error }

// New returns a server of a method, "/package.Service/Method". A handler that
// panics ends the process.
func New(method string, handle Handler) *Server {
	return &Server{method: method, handle: handle, open: map[closer]struct{}{}}
}

// acceptAgain is how long a listener rests that cannot accept for now.
const acceptAgain = 5 * time.Millisecond

// Serve serves until Stop, which is no error. It closes the listener.
func (s *Server) Serve(listener net.Listener) error {
	if !s.add(listener) {
		return listener.Close()
	}
	defer s.remove(listener)
	for {
		conn, err := listener.Accept()
		switch {
		case err == nil:
			s.begin(conn)
		case errors.Is(err, net.ErrClosed) && s.hasStopped():
			return nil
		case temporary(err):
			<-time.After(acceptAgain) // out of file descriptors: one will be free again
		default:
			return err
		}
	}
}

func (s *Server) begin(conn net.Conn) {
	if !s.add(conn) {
		_ = conn.Close()
		return
	}
	go func() {
		defer s.remove(conn)
		newConnection(s, conn).serve()
	}()
}

// Stop closes everything and returns when no handler runs any more, so that what
// handlers use can be closed.
func (s *Server) Stop() {
	s.mu.Lock()
	s.stopped = true
	for c := range s.open {
		_ = c.Close()
	}
	s.mu.Unlock()
	s.running.Wait()
}

func (s *Server) hasStopped() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.stopped
}

// add is false when the server has stopped.
func (s *Server) add(c closer) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.stopped {
		return false
	}
	s.open[c] = struct{}{}
	s.running.Add(1)
	return true
}

func (s *Server) remove(c closer) {
	_ = c.Close()
	s.mu.Lock()
	delete(s.open, c)
	s.mu.Unlock()
	s.running.Done()
}

func temporary(err error) bool {
	var t interface{ Temporary() bool }
	return errors.As(err, &t) && t.Temporary()
}
