package wasmflow

import (
	"bytes"
	"testing"
)

func TestConditionsStayNarrow(t *testing.T) {
	for name, c := range map[string]struct{ body, want []byte }{
		"is not zero, and asked": {
			[]byte{opLocalGet, 0, opI64Eqz, opI64ExtendI32, opI64Eqz, opIf, blockVoid, opEnd},
			[]byte{opLocalGet, 0, opI64Eqz, opI32Eqz, opIf, blockVoid, opEnd},
		},
		"widened and cut": {
			[]byte{opLocalGet, 0, opI64Eqz, opI64ExtendI32, opI32WrapI64, opIf, blockVoid, opEnd},
			[]byte{opLocalGet, 0, opI64Eqz, opIf, blockVoid, opEnd},
		},
		"twice": {
			[]byte{opLocalGet, 0, opI64Eqz, opI64ExtendI32, opI64Eqz, opI64ExtendI32, opI64Eqz},
			[]byte{opLocalGet, 0, opI64Eqz, opI32Eqz, opI32Eqz},
		},
		"widened and kept": {body: []byte{opLocalGet, 0, opI64Eqz, opI64ExtendI32, opLocalSet, 1}},
		"not widened":      {body: []byte{opLocalGet, 0, opI64Eqz, opLocalGet, 1, opI64Eqz}},
	} {
		locals := []byte{0}
		f, err := parse(append(append(bytes.Clone(locals), c.body...), opEnd))
		if err != nil {
			t.Fatal(err)
		}
		if changed := f.narrow(); changed != (c.want != nil) {
			t.Errorf("%s: changed is %t", name, changed)
		}
		if c.want == nil {
			c.want = c.body
		}
		if got, want := f.spell(), append(append(locals, c.want...), opEnd); !bytes.Equal(got, want) {
			t.Errorf("%s:\n%x, want\n%x", name, got, want)
		}
	}
}
