// Command copy is a filter that asks Envoy for everything that the mask asks for, and
// puts each body back as it came: what any filter costs that may change bodies.
package main

import (
	"strconv"

	"github.com/sallyport/sallyport/internal/wire"
	"github.com/sallyport/sallyport/wasm/abi"
)

func init() { abi.Serve(plugin{}) }

func main() {}

type plugin struct{}

func (plugin) Headers(uint32, bool) abi.Action {
	_, ok := abi.Headers()
	must(ok)
	return abi.Pause
}

func (plugin) Body(_ uint32, _ int, end bool) abi.Action {
	if !end {
		return abi.Pause
	}
	body, ok := abi.Body()
	must(ok)
	_, _ = abi.Property("metadata\x00filter_metadata\x00" + wire.MetadataNamespace + "\x00" + wire.MetaMask)
	must(abi.ReplaceHeader("content-length", strconv.AppendInt(nil, int64(len(body)), 10)) && abi.SetBody(body) && abi.SetProperty(wire.MaskReportProperty, []byte("{}")))
	return abi.Continue
}

func (plugin) Trailers(uint32) abi.Action              { return abi.Continue }
func (plugin) Fault(_ uint32, panicked any) abi.Action { panic(panicked) }
func (plugin) Done(uint32)                             {}

func must(ok bool) {
	if !ok {
		panic("Envoy refuses")
	}
}
