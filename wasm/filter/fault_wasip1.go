package filter

import (
	"github.com/sallyport/sallyport/internal/mask"
	"github.com/sallyport/sallyport/internal/surrogate"
	"github.com/sallyport/sallyport/internal/wire"
	"github.com/sallyport/sallyport/wasm/abi"
)

// Fault withholds an answer in which the mask panicked. Envoy has nothing of it but
// what was masked before. If it cannot be withheld, the panic goes on.
func (p *Plugin) Fault(id uint32, panicked any) abi.Action {
	details := "the mask panicked: " + describe(panicked)
	p.renew()
	e := p.open[id]
	if e == nil || e.step != flow {
		delete(p.open, id) // what comes of it now belongs to nobody
		abi.Warn("answer withheld: " + details)
		return withhold(wire.MaskFault)
	}
	if e.ended != "" {
		replace(nil)
		return abi.Continue
	}
	replace(e.breakOff(nil, wire.MaskFault, details))
	e.publish()
	return abi.Continue
}

// renew gives up what answers share and a panic may have left half done. Rules stay:
// they are whole before they are kept.
func (p *Plugin) renew() {
	p.masker, p.sessions, p.known, p.over = mask.New(surrogate.Mark{}), newSessions(), newKnown(), nil
	p.out, p.line, p.value = nil, nil, value{}
}
