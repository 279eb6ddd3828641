package resource

import (
	"testing"

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
