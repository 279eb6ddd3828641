package wasmflow

import "slices"

// Go's compiler makes each condition a number of 64 bits and asks whether that is
// zero, where an engine keeps conditions in flags: what is compared, widened and
// compared again costs it five instructions in place of two.
const (
	opI32Eqz       = 0x45
	opI64ExtendI32 = 0xad // unsigned
)

// narrow leaves conditions as wide as they came: 32 bits that were widened are zero
// when they were, and are themselves again when they are cut.
func (f *function) narrow() (changed bool) {
	for n, items := range f.parts {
		out := items[:0]
		for _, i := range items {
			if last := len(out) - 1; last >= 0 && out[last].code == opI64ExtendI32 {
				switch i.code {
				case opI64Eqz:
					out[last] = item{operation: operation{code: opI32Eqz, raw: []byte{opI32Eqz}}}
					continue
				case opI32WrapI64:
					out = out[:last]
					continue
				}
			}
			out = append(out, i)
		}
		changed = changed || len(out) < len(items)
		f.parts[n] = slices.Clip(out)
	}
	return changed
}
