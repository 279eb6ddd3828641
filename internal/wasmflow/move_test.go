package wasmflow

import (
	"bytes"
	"testing"
)

func TestMoves(t *testing.T) {
	copyTwenty := []byte{opLocalGet, 0, opLocalGet, 3, opI32Const, 20, opExtended, memoryCopy, 0, 0}
	for name, c := range map[string]struct{ body, want []byte }{
		"20 bytes": {copyTwenty, []byte{
			opLocalGet, 0, opLocalGet, 3, opLocalSet, 5, opLocalSet, 4,
			opLocalGet, 4, opLocalGet, 5, opI64Load, 0, 0, opLocalGet, 4, opLocalGet, 5, opI64Load, 0, 8,
			opLocalGet, 4, opLocalGet, 5, opI64Load, 0, 12, opI64Store, 0, 12, opI64Store, 0, 8, opI64Store, 0, 0,
		}},
		"16 zeros": {[]byte{opLocalGet, 0, opI32Const, 0, opI32Const, 16, opExtended, memoryFill, 0}, []byte{
			opLocalGet, 0, opLocalSet, 4, opLocalGet, 4, opI64Const, 0, opI64Store, 0, 0, opLocalGet, 4, opI64Const, 0, opI64Store, 0, 8,
		}},
		"ones":                          {[]byte{opLocalGet, 0, opI32Const, 1, opI32Const, 16, opExtended, memoryFill, 0}, nil},
		"as many zeros as a local says": {[]byte{opLocalGet, 0, opI32Const, 0, opLocalGet, 3, opExtended, memoryFill, 0}, nil},
		"too many":                      {[]byte{opLocalGet, 0, opLocalGet, 3, opI32Const, 0x81, 0x01, opExtended, memoryCopy, 0, 0}, nil},
	} {
		declared := []byte{1, 2, typeI32} // beside two parameters
		f, err := parse(append(append(bytes.Clone(declared), c.body...), opEnd))
		if err != nil {
			t.Fatal(err)
		}
		if !f.inlineMoves(2) {
			t.Errorf("%s: nothing moves", name)
		}
		if c.want == nil {
			c.want = c.body
		}
		want := append(append([]byte{2, 2, typeI32, 3, typeI32}, c.want...), opEnd)
		if got := f.spell(); !bytes.Equal(got, want) {
			t.Errorf("%s:\n%x, want\n%x", name, got, want)
		}
	}
}
