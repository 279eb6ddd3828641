package resource

import (
	"testing"

	wasmv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/wasm/v3"

	"github.com/sallyport/sallyport/internal/action"
	"github.com/sallyport/sallyport/internal/wire"
)

// What is kept from the check must be what every catalog passes over: a header
// that a catalog would refuse must be seen. Nor may it be one that the check reads
// for itself.
func TestOnlyWhatCatalogsPassOverIsKeptFromTheCheck(t *testing.T) {
	for _, m := range passedOver() {
		header := m.GetExact()
		if header == "" {
			header = m.GetPrefix() + "anything"
		}
		if header == "anything" || !action.PassesOver(header) {
			t.Errorf("catalogs judge %s, which the check is not given", header)
		}
		for _, read := range append([]string{wire.RequestID, wire.HeaderOrder}, wire.CredentialSlots[:]...) {
			if header == read || m.GetPrefix() != "" && len(read) > len(m.GetPrefix()) && read[:len(m.GetPrefix())] == m.GetPrefix() {
				t.Errorf("the check reads %s and is not given it", read)
			}
		}
	}
}

// When the mask crashes, its answer is an error and the next one has a new mask; and an
// answer is held from its headers on, or they would be gone when its body is refused.
func TestTheMaskFailsClosedAndComesBack(t *testing.T) {
	c := maskFilter("mask.wasm").GetConfig()
	if c.GetFailurePolicy() != wasmv3.FailurePolicy_FAIL_RELOAD || !c.GetAllowOnHeadersStopIteration().GetValue() {
		t.Errorf("%v, holds headers: %v", c.GetFailurePolicy(), c.GetAllowOnHeadersStopIteration())
	}
}
