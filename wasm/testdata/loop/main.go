// Command loop masks an answer as often as its header x-times says, so that what
// masking costs can be told from what everything else costs. The answer goes on as
// it came.
package main

import (
	"strconv"

	"github.com/sallyport/sallyport/internal/mask"
	"github.com/sallyport/sallyport/internal/surrogate"
	"github.com/sallyport/sallyport/wasm/abi"
)

func init() { abi.Serve(&plugin{masker: mask.New(surrogate.Mark{})}) }

func main() {}

type plugin struct {
	masker *mask.Masker
	times  int
	out    []byte
}

func (p *plugin) Headers(uint32, bool) abi.Action {
	p.times = 0
	pairs, _ := abi.Headers()
	for _, h := range pairs {
		if h[0] == "x-times" {
			p.times, _ = strconv.Atoi(h[1])
		}
	}
	return abi.Pause
}

func (p *plugin) Body(_ uint32, _ int, end bool) abi.Action {
	if !end {
		return abi.Pause
	}
	body, _ := abi.Body()
	for range p.times {
		var err error
		if p.out, _, err = p.masker.Body(p.out[:0], body, "application/json", mask.Default()); err != nil {
			panic(err)
		}
	}
	return abi.Continue
}

func (*plugin) Trailers(uint32) abi.Action              { return abi.Continue }
func (*plugin) Fault(_ uint32, panicked any) abi.Action { panic(panicked) }
func (*plugin) Done(uint32)                             {}
