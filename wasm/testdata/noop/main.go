// Command noop is a filter that does nothing: what a filter costs at least.
package main

import "github.com/sallyport/sallyport/wasm/abi"

func init() { abi.Serve(plugin{}) }

func main() {}

type plugin struct{}

func (plugin) Headers(uint32, bool) abi.Action         { return abi.Continue }
func (plugin) Body(uint32, int, bool) abi.Action       { return abi.Continue }
func (plugin) Trailers(uint32) abi.Action              { return abi.Continue }
func (plugin) Fault(_ uint32, panicked any) abi.Action { panic(panicked) }
func (plugin) Done(uint32)                             {}
