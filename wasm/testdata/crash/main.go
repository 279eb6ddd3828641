// Command crash is the mask with faults: it panics, or takes all memory, when an
// answer asks for it.
package main

import (
	"bytes"

	"github.com/sallyport/sallyport/wasm/abi"
	"github.com/sallyport/sallyport/wasm/filter"
)

func init() { abi.Serve(plugin{filter.New()}) }

func main() {}

type plugin struct{ *filter.Plugin }

// Request panics when the request asks for it, before the mask has seen it.
func (p plugin) Request(id uint32) {
	if _, ok := abi.RequestHeader("x-crash"); ok {
		panic("as asked")
	}
	p.Plugin.Request(id)
}

func (p plugin) Body(id uint32, size int, end bool) abi.Action {
	if body, ok := abi.Body(); ok && bytes.Contains(body, []byte("crash now")) {
		panic("as asked")
	} else if ok && bytes.Contains(body, []byte("grow now")) {
		for {
			kept = append(kept, make([]byte, 64<<20))
		}
	}
	return p.Plugin.Body(id, size, end)
}

// kept is never given back.
var kept [][]byte
