package unary

import (
	"errors"
	"maps"
	"net"
	"slices"
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

	mu          sync.Mutex
	listeners   map[net.Listener]struct{}
	connections map[*connection]struct{}
	stopped     bool
	running     sync.WaitGroup // listeners, readers of connections, and those left behind
}

// New returns a server of a method, "/package.Service/Method". A handler that
// panics ends the process.
func New(method string, handle Handler) *Server {
	return &Server{method: method, handle: handle, listeners: map[net.Listener]struct{}{}, connections: map[*connection]struct{}{}}
}

// acceptAgain is how long a listener rests that cannot accept for now.
const acceptAgain = 5 * time.Millisecond

// Serve serves until Stop, which is no error. It closes the listener.
func (s *Server) Serve(listener net.Listener) error {
	defer func() { _ = listener.Close() }()
	if !add(s, s.listeners, listener) {
		return nil
	}
	defer s.running.Done()
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
	c := newConnection(s, conn)
	if !add(s, s.connections, c) {
		_ = conn.Close()
		return
	}
	go c.serve()
}

// Stop takes no more connections, lets those that there are answer what was asked and
// end, in two seconds at most, and returns when no handler runs any more, so that what
// handlers use can be closed.
func (s *Server) Stop() {
	s.mu.Lock()
	s.stopped = true
	for listener := range s.listeners {
		_ = listener.Close()
	}
	open := slices.Collect(maps.Keys(s.connections))
	s.mu.Unlock()
	for _, c := range open {
		c.end()
	}
	s.running.Wait()
}

func (s *Server) hasStopped() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.stopped
}

// add counts something that runs. False: the server has stopped.
func add[K comparable](s *Server, to map[K]struct{}, key K) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.stopped {
		return false
	}
	to[key] = struct{}{}
	s.running.Add(1)
	return true
}

func (s *Server) remove(c *connection) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.connections, c)
}

func temporary(err error) bool {
	var t interface{ Temporary() bool }
	return errors.As(err, &t) && t.Temporary()
}
