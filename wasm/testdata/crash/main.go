// Command crash is the mask with a fault: it panics when an answer asks for it.
package main

import (
	"bytes"

	"github.com/proxy-wasm/proxy-wasm-go-sdk/proxywasm"
	"github.com/proxy-wasm/proxy-wasm-go-sdk/proxywasm/types"

	"github.com/sallyport/sallyport/wasm/filter"
)

func init() {
	proxywasm.SetPluginContext(func(uint32) types.PluginContext { return plugin{filter.New()} })
}

func main() {}

type plugin struct{ types.PluginContext }

func (p plugin) NewHttpContext(id uint32) types.HttpContext {
	return stream{p.PluginContext.NewHttpContext(id)}
}

type stream struct{ types.HttpContext }

func (s stream) OnHttpResponseBody(size int, end bool) types.Action {
	body, err := proxywasm.GetHttpResponseBody(0, size)
	if err == nil && bytes.Contains(body, []byte("crash now")) {
		panic("as asked")
	}
	return s.HttpContext.OnHttpResponseBody(size, end)
}
