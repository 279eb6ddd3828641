package unary_test

import (
	"bytes"
	"context"
	"strings"
	"sync"
	"testing"

	"golang.org/x/net/http2"
)

// gate is a handler that answers as echo does, but lets messages that begin with
// "slow" wait until they are let go.
type gate struct {
	begun chan struct{} // one for each that waits
	goOn  chan struct{}
}

func newGate() gate { return gate{make(chan struct{}, 1000), make(chan struct{})} }

func (g gate) handle(dst, message []byte) ([]byte, error) {
	if bytes.HasPrefix(message, []byte("slow")) {
		g.begun <- struct{}{}
		<-g.goOn
	}
	return echo(dst, message)
}

// A handler that takes long keeps no other call of its connection waiting, and its
// own message and answer stay whole meanwhile.
func TestSlowHandlersKeepNobodyWaiting(t *testing.T) {
	g := newGate()
	address, _ := start(t, g.handle)
	client := dial(t, address)
	var slow sync.WaitGroup
	texts := []string{"slow", "slow " + strings.Repeat("a", 1000), "slow " + strings.Repeat("b", 100_000)}
	for _, text := range texts {
		slow.Go(func() {
			if out, err := say(t.Context(), client, method, []byte(text)); err != nil || string(out) != "said "+text {
				t.Errorf("slow: %d bytes, %v", len(out), err)
			}
		})
	}
	for range texts {
		<-g.begun
	}
	ctx, cancel := context.WithTimeout(t.Context(), within)
	defer cancel()
	for size := range 300 {
		text := strings.Repeat("q", size*100)
		if out, err := say(ctx, client, method, []byte(text)); err != nil || string(out) != "said "+text {
			t.Fatalf("beside slow ones: %d bytes, %v", len(out), err)
		}
	}
	close(g.goOn)
	slow.Wait()
}

// Behind as many slow handlers as there may be calls wait, and are answered then.
func TestManySlowHandlers(t *testing.T) {
	const bound = 64
	g := newGate()
	p, _ := newPeerOf(t, g.handle)
	for i := range uint32(bound + 2) {
		p.call(2*i+1, "slow")
	}
	for range bound + 1 { // the last one with the reader
		<-g.begun
	}
	p.call(2*bound+5, "quick")
	close(g.goOn)
	answers := map[uint32]bool{}
	for len(answers) < bound+3 {
		if f := p.next(1)[0]; f.Ends {
			answers[f.ID] = f.Text == "0"
		} else if f.Text == "closed" {
			t.Fatalf("%d answers, and no more", len(answers))
		}
	}
	for id, ok := range answers {
		if !ok {
			t.Errorf("call %d failed", id)
		}
	}
}

// What becomes of a call while its handler is slow counts for its answer.
func TestSlowCalls(t *testing.T) {
	quick := func(p *peer) { // is answered once all before it was read
		p.call(9, "quick")
		compare(p.tb.(*testing.T), said(9, "quick"), p.next(3))
	}
	for name, c := range map[string]struct {
		timeout string
		during  func(*peer)
		want    []seen
	}{
		"answered":                {"", quick, said(1, "slow")},
		"taken back":              {"", func(p *peer) { _ = p.frames.WriteRSTStream(1, http2.ErrCodeCancel); quick(p) }, nil},
		"past its deadline":       {"5u", quick, []seen{{http2.FrameHeaders, 1, true, "4"}}},
		"before its deadline":     {"5H", quick, said(1, "slow")},
		"of no deadline":          {"soon", quick, said(1, "slow")},
		"with data after its end": {"", func(p *peer) { _ = p.frames.WriteData(1, false, []byte("x")); quick(p) }, said(1, "slow")},
		"begun again": {"", func(p *peer) {
			p.open(1)
			compare(p.tb.(*testing.T), []seen{{http2.FrameRSTStream, 1, false, "STREAM_CLOSED"}}, p.next(1))
		}, nil},
		"of another room": {"", func(p *peer) {
			quick(p)
			_ = p.frames.WriteSettings(http2.Setting{ID: http2.SettingInitialWindowSize, Val: 4})
			_ = p.frames.WritePing(false, [8]byte{})
			p.next(1)
		}, []seen{{http2.FrameHeaders, 1, false, ""}, {http2.FrameData, 1, false, string(wrapped("said slow")[:4])}}},
	} {
		t.Run(name, func(t *testing.T) {
			g := newGate()
			p, _ := newPeerOf(t, g.handle)
			block := head(method)
			if c.timeout != "" {
				block = head(method, [2]string{"grpc-timeout", c.timeout})
			}
			_ = p.frames.WriteHeaders(http2.HeadersFrameParam{StreamID: 1, BlockFragment: block, EndHeaders: true})
			_ = p.frames.WriteData(1, true, wrapped("slow"))
			<-g.begun
			c.during(p)
			close(g.goOn)
			compare(t, c.want, p.next(len(c.want)))
			p.call(11, "on")
			if c.want == nil {
				compare(t, said(11, "on"), p.next(3))
			}
		})
	}
}
