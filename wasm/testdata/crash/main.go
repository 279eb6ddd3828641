// Command crash is the mask with faults: it panics, takes all memory, never ends or
// is not there, when an answer asks for it.
package main

import (
	"bytes"

	"github.com/sallyport/sallyport/wasm/abi"
	"github.com/sallyport/sallyport/wasm/filter"
)

func init() { abi.Serve(plugin{filter.New()}) }

func main() {}

type plugin struct{ *filter.Plugin }

func (p plugin) Body(id uint32, size int, end bool) abi.Action {
	body, _ := abi.Body()
	switch {
	case bytes.Contains(body, []byte("crash now")):
		panic("as asked")
	case bytes.Contains(body, []byte("grow now")):
		for {
			kept = append(kept, make([]byte, 64<<20))
		}
	case bytes.Contains(body, []byte("spin now")):
		for turns = 0; ; turns++ {
		}
	}
	return p.Plugin.Body(id, size, end)
}

// Headers is not there for an answer that asks for it: the body of one that the
// mask did not see is dropped.
func (p plugin) Headers(id uint32, end bool) abi.Action {
	pairs, _ := abi.Headers()
	for _, h := range pairs {
		if h[0] == "x-unseen" {
			return abi.Continue
		}
	}
	return p.Plugin.Headers(id, end)
}

// turns keeps a loop that has no end.
var turns int

// kept is never given back.
var kept [][]byte
