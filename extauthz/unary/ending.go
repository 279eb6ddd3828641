package unary

import (
	"math"
	"time"

	"golang.org/x/net/http2"
)

// endWithin is how long a peer has to hear that the connection ends.
const endWithin = 2 * time.Second

// lastPing is what a peer gives back once it has heard: all that it sent before has
// come then.
var lastPing = [8]byte{'g', 'o', 'i', 'n', 'g'}

// ending is how far the end of a connection is that is stopped.
type ending struct {
	begun bool // the preface has come
	asked bool
	heard bool // no other call comes
}

// end lets a connection answer what the peer has asked, and close then.
func (c *connection) end() {
	_ = c.conn.SetWriteDeadline(time.Now().Add(endWithin))
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ends.asked = true
	_ = c.conn.SetReadDeadline(time.Now().Add(endWithin))
	if !c.ends.begun {
		_ = c.conn.Close()
		return
	}
	c.goAway(math.MaxInt32, http2.ErrCodeNo)
	c.ping(0, lastPing)
	_ = c.flush() // the reader finds out whether it could
}

// pinged answers a ping, or hears that the peer knows of the end.
func (c *connection) pinged(f *http2.PingFrame) {
	switch {
	case !f.IsAck():
		c.ping(http2.FlagPingAck, f.Data)
	case c.ends.asked && f.Data == lastPing:
		c.ends.heard = true
		c.goAway(c.last, http2.ErrCodeNo)
	}
}

// over says that everything is answered that ever will be.
func (c *connection) over() bool {
	return c.ends.heard && len(c.streams) == 0 && len(c.waiting) == 0
}

// close ends a connection that is not read any more.
func (c *connection) close() {
	c.watch.timer.Stop()
	c.server.remove(c)
	_ = c.conn.Close()
}
