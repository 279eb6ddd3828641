package main

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"
)

// chaos is a tool that answers so.
type chaos struct {
	net.Listener
	mu      sync.Mutex
	answers map[string]*planted
}

func startChaos(t *testing.T) *chaos {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	c := &chaos{Listener: l, answers: map[string]*planted{}}
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go c.serve(conn)
		}
	}()
	return c
}

func (c *chaos) plant(a *planted) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.answers[a.id] = a
}

func (c *chaos) take(id string) *planted {
	c.mu.Lock()
	defer c.mu.Unlock()
	a := c.answers[id]
	delete(c.answers, id)
	return a
}

func (c *chaos) serve(conn net.Conn) {
	defer func() { _ = conn.Close() }()
	in := bufio.NewReader(conn)
	for {
		req, err := http.ReadRequest(in)
		if err != nil {
			return
		}
		_, _ = io.Copy(io.Discard, req.Body)
		a := c.take(req.URL.Path[strings.LastIndexByte(req.URL.Path, '/')+1:])
		if a == nil {
			return
		}
		from := 0
		for _, to := range append(a.cuts, len(a.wire)) {
			if _, err := io.WriteString(conn, a.wire[from:to]); err != nil {
				return
			}
			if from = to; a.pauses && to < len(a.wire) {
				<-time.After(time.Millisecond)
			}
		}
		if a.broken {
			_ = conn.(*net.TCPConn).SetLinger(0)
		}
		if a.broken || a.closes {
			return
		}
	}
}
