package unary_test

import (
	"net"
	"testing"
	"time"

	"golang.org/x/net/http2"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/sallyport/sallyport/extauthz/unary"
)

// Stop takes nothing more, lets what was asked be answered, and waits for it.
func TestStop(t *testing.T) {
	begun, goOn, done := make(chan struct{}), make(chan struct{}), make(chan struct{})
	address, server := start(t, func(dst, message []byte) ([]byte, error) {
		close(begun)
		<-goOn
		close(done)
		return echo(dst, message)
	})
	client := dial(t, address)
	answered := make(chan error, 1)
	go func() {
		out, err := say(t.Context(), client, method, []byte("last"))
		if string(out) != "said last" {
			t.Errorf("got %q", out)
		}
		answered <- err
	}()
	<-begun
	stopped := make(chan struct{})
	go func() {
		defer close(stopped)
		server.Stop()
		select {
		case <-done:
		default:
			t.Error("it stopped before its handler")
		}
	}()
	for { // until nobody is let in any more
		conn, err := net.Dial("tcp", address)
		if err != nil {
			break
		}
		_ = conn.Close()
	}
	close(goOn)
	if err := <-answered; err != nil {
		t.Errorf("what was asked before: %v", err)
	}
	<-stopped
	if _, err := say(t.Context(), client, method, nil); status.Code(err) != codes.Unavailable {
		t.Errorf("after the end: %v", err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if err := server.Serve(listener); err != nil {
		t.Error(err)
	}
}

// A peer is told of the end twice: that no call may follow, and which was the last.
// What it has sent meanwhile is answered.
func TestStopIsTold(t *testing.T) {
	p, server := newPeerOf(t, echo)
	p.call(1, "before")
	compare(t, said(1, "before"), p.next(3))
	go server.Stop()
	compare(t, []seen{{http2.FrameGoAway, 0, false, "NO_ERROR"}, {http2.FramePing, 0, false, "going\x00\x00\x00"}}, p.next(2))
	p.call(3, "meanwhile")
	compare(t, said(3, "meanwhile"), p.next(3))
	_ = p.frames.WritePing(true, [8]byte{'g', 'o', 'i', 'n', 'g'})
	compare(t, []seen{{http2.FrameGoAway, 0, false, "NO_ERROR"}, {Text: "closed"}}, p.next(2))
	server.Stop() // it waits for nobody now
}

// Who does not hear keeps nobody waiting for long.
func TestStopWithoutAPeer(t *testing.T) {
	for name, begins := range map[string]func(*testing.T) *unary.Server{
		"silent": func(t *testing.T) *unary.Server {
			p, server := newPeerOf(t, echo)
			p.call(1, "x")
			p.next(3)
			return server
		},
		"before it said anything": func(t *testing.T) *unary.Server {
			address, server := start(t, echo)
			conn, err := net.Dial("tcp", address)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = conn.Close() })
			return server
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server, began := begins(t), time.Now()
			server.Stop()
			if took := time.Since(began); took > within/2 {
				t.Errorf("it took %v", took)
			}
		})
	}
}

// The end waits for a slow handler's answer.
func TestStopWaitsForASlowHandler(t *testing.T) {
	g := newGate()
	p, server := newPeerOf(t, g.handle)
	p.call(1, "slow")
	<-g.begun
	go server.Stop()
	p.next(2)
	_ = p.frames.WritePing(true, [8]byte{'g', 'o', 'i', 'n', 'g'})
	compare(t, []seen{{http2.FrameGoAway, 0, false, "NO_ERROR"}}, p.next(1))
	close(g.goOn)
	compare(t, append(said(1, "slow"), seen{Text: "closed"}), p.next(4))
}
