// Command wasm is the mask as Envoy loads it. Build it with
//
//	GOOS=wasip1 GOARCH=wasm go build -trimpath -buildmode=c-shared -ldflags="-s -w" -o bin/mask.wasm ./wasm
//
// What it does stands in package filter.
package main

import (
	"github.com/proxy-wasm/proxy-wasm-go-sdk/proxywasm"
	"github.com/proxy-wasm/proxy-wasm-go-sdk/proxywasm/types"

	"github.com/sallyport/sallyport/wasm/filter"
)

// Envoy never calls main in a module of this build mode: it initialises the
// packages and calls exported functions, so init is the only place to register.
func init() { //nolint:gochecknoinits // the module's only entry
	proxywasm.SetPluginContext(func(uint32) types.PluginContext { return filter.New() })
}

func main() {}
