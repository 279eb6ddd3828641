package unary

import (
	"encoding/binary"
	"math"

	"golang.org/x/net/http2"
)

// reset ends a stream.
func (c *connection) reset(id uint32, code http2.ErrCode) {
	c.forget(id)
	c.frame(http2.FrameRSTStream, 0, id, 4)
	c.out = binary.BigEndian.AppendUint32(c.out, uint32(code))
}

// told takes the peer's settings.
func (c *connection) told(f *http2.SettingsFrame) error {
	if f.IsAck() {
		return nil
	}
	err := f.ForeachSetting(func(one http2.Setting) error {
		if err := one.Valid(); err != nil {
			return err
		}
		switch one.ID {
		case http2.SettingInitialWindowSize:
			return c.begins(int64(one.Val))
		case http2.SettingMaxFrameSize:
			c.largest = int(one.Val)
		case http2.SettingHeaderTableSize:
			c.encoder.SetMaxDynamicTableSizeLimit(one.Val)
		default: // of no use to a server that begins nothing
		}
		return nil
	})
	if err != nil {
		return err
	}
	c.frame(http2.FrameSettings, http2.FlagSettingsAck, 0, 0)
	c.resume()
	return nil
}

// begins sets what may be sent on a stream that begins; those that have begun
// change with it.
func (c *connection) begins(window int64) error {
	more := window - c.initial
	c.initial = window
	largest := window
	for _, s := range c.streams {
		s.window += more
		largest = max(largest, s.window)
	}
	for i := range c.waiting {
		c.waiting[i].window += more
		largest = max(largest, c.waiting[i].window)
	}
	if largest > math.MaxInt32 {
		return http2.ConnectionError(http2.ErrCodeFlowControl)
	}
	return nil
}

// widened takes more room for answers.
func (c *connection) widened(f *http2.WindowUpdateFrame) error {
	if f.StreamID > c.last {
		return http2.ConnectionError(http2.ErrCodeProtocol)
	}
	window := c.windowOf(f.StreamID)
	if window == nil { // of a stream that is answered
		return nil
	}
	if *window += int64(f.Increment); *window > math.MaxInt32 {
		if f.StreamID == 0 {
			return http2.ConnectionError(http2.ErrCodeFlowControl)
		}
		return http2.StreamError{StreamID: f.StreamID, Code: http2.ErrCodeFlowControl}
	}
	c.resume()
	return nil
}

// windowOf is what may be sent on a stream, or with 0 on the connection; nil when
// nothing will be.
func (c *connection) windowOf(id uint32) *int64 {
	if id == 0 {
		return &c.window
	}
	if s, open := c.streams[id]; open {
		return &s.window
	}
	for i := range c.waiting {
		if c.waiting[i].id == id {
			return &c.waiting[i].window
		}
	}
	return nil
}
