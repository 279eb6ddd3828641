package main

import (
	"github.com/sallyport/sallyport/wasm/abi"
	"github.com/sallyport/sallyport/wasm/filter"
)

// Envoy never calls main in a module of this build mode: it initialises the
// packages and calls exported functions, so init is the only place to register.
func init() { abi.Serve(filter.New()) } //nolint:gochecknoinits // the module's only entry
