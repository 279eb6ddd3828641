// Command crash is the mask with a fault: it panics when an answer asks for it.
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
	}
	return p.Plugin.Body(id, size, end)
}
