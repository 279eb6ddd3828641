// Package abi is as much of proxy-wasm's binary interface (0.2.0) as the mask
// needs: Envoy calls the functions that export.go exports, host.go calls Envoy.
//
// Every call from Envoy into the module costs more than what most of them do, so
// a callback that nobody needs is not exported: none for a request,
// none for the log, and none for a context that begins. Envoy takes what is not exported for
// "go on".
//
// One worker of Envoy has one module and calls it from one thread, so nothing
// here is guarded. What the host gives is good until it is asked the like again.
package abi
