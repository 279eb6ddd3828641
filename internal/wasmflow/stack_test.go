package wasmflow

import (
	"bytes"
	"slices"
	"testing"
)

func TestStackIsReachedFromItsPointer(t *testing.T) {
	address := []byte{opLocalGet, localSP, opI64ExtendI32, opI64Const, 24, opI64Add, opI32WrapI64}
	for name, c := range map[string]struct{ behind, want []byte }{
		"load":             {[]byte{opI64Load, 3, 8}, []byte{opLocalGet, localSP, opI64Load, 3, 32}},
		"store a local":    {[]byte{opLocalGet, 2, opI64Store, 3, 0}, []byte{opLocalGet, localSP, opLocalGet, 2, opI64Store, 3, 24}},
		"store a constant": {[]byte{opI64Const, 0x7f, opI64Store, 3, 0x80, 1}, []byte{opLocalGet, localSP, opI64Const, 0x7f, opI64Store, 3, 0x98, 1}},
		"move": {[]byte{opLocalGet, 2, opI64Load, 3, 8, opI64Store, 3, 0}, []byte{
			opLocalGet, localSP, opLocalGet, 2, opI64Load, 3, 8, opI64Store, 3, 24,
		}},
		"store what was stored": {
			[]byte{opLocalGet, localSP, opI64ExtendI32, opI64Const, 8, opI64Add, opI32WrapI64, opI64Load, 3, 0, opI64Store, 3, 0},
			slices.Concat(address, []byte{opLocalGet, localSP, opI64Load, 3, 8, opI64Store, 3, 0}),
		},
		"pass on": {behind: []byte{opLocalGet, 2}},
		"nothing": {},
	} {
		f := &function{locals: []byte{0}, parts: [][]item{items(t, slices.Concat(address, c.behind))}}
		if changed := f.reachStack(); changed != (c.want != nil) {
			t.Errorf("%s: changed is %t", name, changed)
		}
		if c.want == nil {
			c.want = slices.Concat(address, c.behind)
		}
		if got, want := f.spell(), append(append([]byte{0}, c.want...), opEnd); !bytes.Equal(got, want) {
			t.Errorf("%s:\n%x, want\n%x", name, got, want)
		}
	}
}

// What is below the stack pointer, or far above, stays computed: there a sum could be
// carried out of 32 bits.
func TestOtherPlacesStayComputed(t *testing.T) {
	for name, number := range map[string][]byte{"below": {0x78}, "far": {0x80, 0x80, 0x80, 1}} {
		body := slices.Concat([]byte{opLocalGet, localSP, opI64ExtendI32, opI64Const}, number, []byte{opI64Add, opI32WrapI64, opI64Load, 3, 0})
		f := &function{locals: []byte{0}, parts: [][]item{items(t, body)}}
		if f.reachStack() {
			t.Errorf("%s: %x", name, f.spell())
		}
	}
	other := []byte{opLocalGet, 2, opI64ExtendI32, opI64Const, 8, opI64Add, opI32WrapI64, opI64Load, 3, 0}
	f := &function{locals: []byte{0}, parts: [][]item{items(t, other)}}
	if f.reachStack() {
		t.Errorf("another local: %x", f.spell())
	}
}

// items are those that a body spells, without its end.
func items(t *testing.T, body []byte) (out []item) {
	t.Helper()
	r := reader{b: append(bytes.Clone(body), opEnd)}
	ops, err := r.operations()
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range ops {
		out = append(out, item{operation: o})
	}
	return out
}
