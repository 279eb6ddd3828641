package abi

import "runtime"

// Action is what becomes of an answer for now.
type Action int32

// The actions. A paused answer is held, with all that has come of it.
const (
	Continue Action = 0
	Pause    Action = 1
)

// Filter sees the answers. An id is one request on this worker, until Done.
type Filter interface {
	Headers(id uint32, end bool) Action
	// Body is told how much has come that was not passed on yet.
	Body(id uint32, size int, end bool) Action
	Trailers(id uint32) Action
	// Fault is called in place of what is left of one of the above, which panicked. If
	// it panics itself, Envoy ends the module.
	Fault(id uint32, panicked any) Action
	Done(id uint32)
}

// served is set once, before Envoy calls anything: exported functions have no
// other place to find it.
var served Filter

// Serve makes f the module's filter.
func Serve(f Filter) { served = f }

//go:wasmexport proxy_abi_version_0_2_0
func version() {}

//go:wasmexport proxy_on_vm_start
func onStart(_ uint32, _ int32) bool { return true }

//go:wasmexport proxy_on_configure
func onConfigure(_ uint32, _ int32) bool { return served != nil }

//go:wasmexport proxy_on_response_headers
func onHeaders(id uint32, _ int32, end bool) (action Action) {
	defer guard(id, &action)
	return served.Headers(id, end)
}

//go:wasmexport proxy_on_response_body
func onBody(id uint32, size int32, end bool) (action Action) {
	defer guard(id, &action)
	return served.Body(id, int(size), end)
}

//go:wasmexport proxy_on_response_trailers
func onTrailers(id uint32, _ int32) (action Action) {
	defer guard(id, &action)
	return served.Trailers(id)
}

// guard keeps a fault of one answer from the others that are on their way: without it
// Envoy ends the module, and every answer in it.
func guard(id uint32, action *Action) {
	if panicked := recover(); panicked != nil {
		*action = served.Fault(id, panicked)
	}
}

//go:wasmexport proxy_on_delete
func onDelete(id uint32) {
	served.Done(id)
	if ended++; ended%turn == 0 {
		runtime.Gosched()
	}
}

// turn is after how many answers Go's other goroutines get theirs. Nothing here ever
// waits, so the collector, which works beside, would begin and not come to an end,
// with the heap growing meanwhile.
const turn = 64

// ended is how many answers are over.
var ended uint32

// asking is where the host puts what it is asked for: the room of one question,
// which is used for it again.
var asking = &wordRoom

//go:wasmexport proxy_on_memory_allocate
func onAllocate(size uint32) *byte {
	if uint32(cap(*asking)) < max(size, 1) {
		*asking = make([]byte, size+size/4+64) // the next answer may be a little larger
	}
	*asking = (*asking)[:max(size, 1)]
	return &(*asking)[0]
}
