package audit

import (
	"encoding/binary"
	"errors"
	"time"
)

var errShort = errors.New("a record ends early")

// coder writes or reads the fields of a record in one order, so that one list of
// fields serves both ways. Numbers are varints, texts have their length before
// them, times are microseconds.
type coder struct {
	buf     []byte // written to, or what is left to read
	reading bool
	err     error // of reading
}

// maxMicros is the last second of the year 2261.
const maxMicros = 9_214_646_399_000_000

func (c *coder) text(s *string) {
	if !c.reading {
		c.buf = binary.AppendUvarint(c.buf, uint64(len(*s)))
		c.buf = append(c.buf, *s...)
		return
	}
	var n uint64
	c.unsigned(&n)
	if n > uint64(len(c.buf)) {
		c.err, n = errShort, 0
	}
	*s = string(c.buf[:n])
	c.buf = c.buf[n:]
}

func (c *coder) unsigned(v *uint64) {
	if !c.reading {
		c.buf = binary.AppendUvarint(c.buf, *v)
		return
	}
	value, n := binary.Uvarint(c.buf)
	*v = value
	c.advance(n)
}

func (c *coder) signed(v *int64) {
	if !c.reading {
		c.buf = binary.AppendVarint(c.buf, *v)
		return
	}
	value, n := binary.Varint(c.buf)
	*v = value
	c.advance(n)
}

func (c *coder) status(v *uint32) {
	wide := uint64(*v)
	c.unsigned(&wide)
	*v = uint32(wide)
}

// instant keeps a time within what a table can hold: one that was never set
// becomes the beginning of the epoch.
func (c *coder) instant(t *time.Time) {
	micros := min(max(t.UnixMicro(), 0), maxMicros)
	c.signed(&micros)
	if c.reading {
		*t = time.UnixMicro(micros).UTC()
	}
}

func (c *coder) advance(n int) {
	if n <= 0 {
		c.err, c.buf = errShort, nil
		return
	}
	c.buf = c.buf[n:]
}
