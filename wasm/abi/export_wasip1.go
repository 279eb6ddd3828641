package abi

// Action is what becomes of an answer for now.
type Action int32

// The actions. A paused answer is held, with all that has come of it.
const (
	Continue Action = 0
	Pause    Action = 1
)

// Filter sees the answers, and of each request that it came. An id is one request
// on this worker, until Done.
type Filter interface {
	// Request may read and remove headers of the request, which goes on.
	Request(id uint32)
	Headers(id uint32, end bool) Action
	// Body is told how much has come that was not passed on yet.
	Body(id uint32, size int, end bool) Action
	Trailers(id uint32) Action
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

//go:wasmexport proxy_on_request_headers
func onRequest(id uint32, _ int32, _ bool) int32 {
	served.Request(id)
	return int32(Continue)
}

//go:wasmexport proxy_on_response_headers
func onHeaders(id uint32, _ int32, end bool) int32 { return int32(served.Headers(id, end)) }

//go:wasmexport proxy_on_response_body
func onBody(id uint32, size int32, end bool) int32 { return int32(served.Body(id, int(size), end)) }

//go:wasmexport proxy_on_response_trailers
func onTrailers(id uint32, _ int32) int32 { return int32(served.Trailers(id)) }

//go:wasmexport proxy_on_delete
func onDelete(id uint32) { served.Done(id) }

// held keeps what the host is about to fill: until its call returns nobody else
// has a pointer to it.
var held []byte

//go:wasmexport proxy_on_memory_allocate
func onAllocate(size uint32) *byte {
	held = make([]byte, max(size, 1))
	return &held[0]
}
