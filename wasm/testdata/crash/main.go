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

func (p plugin) Body(id uint32, size int, end bool) abi.Action {
	if body, ok := abi.Body(); ok && bytes.Contains(body, []byte("crash now")) {
		panic("as asked")
	}
	return p.Plugin.Body(id, size, end)
}
