package postgres

import (
	"bufio"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"strings"
	"sync/atomic"
	"testing"
)

// Counter is a way to a server on which its answers are counted: how often a client
// had to wait for the network.
type Counter struct {
	url   string
	turns atomic.Int64
}

// Counted opens such a way, until the test ends.
func (s *Server) Counted(tb testing.TB) *Counter {
	tb.Helper()
	door, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = door.Close() })
	c := &Counter{url: strings.Replace(s.URL("postgres"), s.Address, door.Addr().String(), 1)}
	go c.serve(door, s.Address)
	return c
}

// URL names the server's first database, by this way.
func (c *Counter) URL() string { return c.url }

// Turns are the round trips until now, of all connections.
func (c *Counter) Turns() int64 { return c.turns.Load() }

func (c *Counter) serve(door net.Listener, address string) {
	for {
		client, err := door.Accept()
		if err != nil {
			return
		}
		server, err := net.Dial("tcp", address)
		if err != nil {
			_ = client.Close()
			continue
		}
		end := func() { _ = errors.Join(client.Close(), server.Close()) }
		go func() { defer end(); _, _ = io.Copy(server, client) }()
		go func() { defer end(); _ = c.answers(client, server) }()
	}
}

// answers passes the server's messages on, a type and a length each, and counts
// those that say it waits for the client.
func (c *Counter) answers(client io.Writer, server io.Reader) error {
	const ready = 'Z'
	from := bufio.NewReader(server)
	for {
		head, err := from.Peek(5)
		if err != nil {
			return err
		}
		if head[0] == ready {
			c.turns.Add(1)
		}
		if _, err := io.CopyN(client, from, 1+int64(binary.BigEndian.Uint32(head[1:]))); err != nil {
			return err
		}
	}
}
