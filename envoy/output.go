package envoy

import (
	"bytes"
	"io"
	"sync"
)

// Envoy's own lines begin with linePrefix. Those of its state do not: when it ends
// by a signal it prints the requests that it worked on, with the headers that the
// execute listener filled, credentials of tools among them. They are left out.
const (
	linePrefix  = "envoy "
	crashPrefix = linePrefix + "critical backtrace "
	leftOut     = linePrefix + "critical its state is left out of the log: requests and credentials stand in it\n"
)

// longestLine bounds what is held of a line; what is longer comes in parts.
const longestLine = 64 << 10

// output passes on what one Envoy prints, line by line.
type output struct {
	mu      sync.Mutex
	to      io.Writer
	held    []byte // a line that has not ended
	inside  bool   // of a line that came in parts
	crashed bool
	said    bool
	dropped bool // the line whose parts still come
}

// Write never fails because of what the lines say.
func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.held = append(o.held, p...)
	for {
		n := bytes.IndexByte(o.held, '\n') + 1
		if n == 0 && len(o.held) < longestLine {
			return len(p), nil
		}
		ended := n > 0
		if !ended {
			n = len(o.held)
		}
		if err := o.line(o.held[:n]); err != nil {
			return 0, err
		}
		o.inside = !ended
		o.held = o.held[:copy(o.held, o.held[n:])]
	}
}

// line passes one line on, or a part of one.
func (o *output) line(line []byte) error {
	if !o.inside {
		own := bytes.HasPrefix(line, []byte(linePrefix))
		o.crashed = o.crashed || bytes.HasPrefix(line, []byte(crashPrefix))
		o.dropped = o.crashed && !own
	}
	if o.dropped {
		if o.said {
			return nil
		}
		o.said = true
		line = []byte(leftOut)
	}
	_, err := o.to.Write(line)
	return err
}

// flush passes on a last line without an end.
func (o *output) flush() {
	o.mu.Lock()
	defer o.mu.Unlock()
	if len(o.held) > 0 {
		_ = o.line(append(o.held, '\n'))
		o.held = nil
	}
}
