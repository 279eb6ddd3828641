package unary

import (
	"bytes"
	"errors"
	"net"
	"testing"

	"golang.org/x/net/http2"
)

// Messages that are not whole take no more memory than a bound, whatever room their
// streams have; the one that is over it is refused as not looked at.
func TestHeldMessagesAreBounded(t *testing.T) {
	local, remote := net.Pipe()
	t.Cleanup(func() { _, _ = local.Close(), remote.Close() })
	c := newConnection(New("/a/b", nil), local)
	c.last = 3
	c.streams[1], c.streams[3] = &stream{id: 1}, &stream{id: 3}
	part := func(id uint32) error {
		var out bytes.Buffer
		frames := http2.NewFramer(&out, &out)
		_ = frames.WriteData(id, false, make([]byte, 1000))
		frame, err := frames.ReadFrame()
		if err != nil {
			t.Fatal(err)
		}
		return c.take(frame)
	}
	if err := part(1); err != nil || c.held != 1000 {
		t.Fatalf("%d held, %v", c.held, err)
	}
	c.held += maxHeld - 2500
	if err := part(1); err != nil {
		t.Fatal(err)
	}
	var refused http2.StreamError
	if err := part(3); !errors.As(err, &refused) || refused.Code != http2.ErrCodeRefusedStream || !c.survives(err) {
		t.Errorf("got %v", err)
	}
	c.forget(1)
	if c.held != maxHeld-2500 || len(c.streams) != 0 {
		t.Errorf("%d bytes of %d streams are held", c.held, len(c.streams))
	}
}
