package wasmflow

import (
	"encoding/binary"
	"slices"
)

// An engine does not know which way a branch mostly goes, and writes what it compiles
// in the order in which it finds it: the calls of a panic, of a larger stack and of the
// way out between everything that runs. It also keeps values out of registers wherever
// one of these calls could need those. Hints, a section that WebAssembly has for them,
// say which branches are hardly ever taken.

// hintSection is the name of that section.
const hintSection = "metadata.code.branch_hint"

// hint is of a branch at a place of a function's body.
type hint struct {
	at     int
	likely bool // to be taken
}

// cold are the parts behind which there is no return, as those of panics are: past calls
// that return themselves, as far as does knows.
func (f *function) cold(does func(callee int) bool) []bool {
	before := make([][]int, len(f.parts))
	cold, work := make([]bool, len(f.parts)), []int(nil)
	for part := range f.parts {
		for _, to := range f.next(part) {
			before[to] = append(before[to], part)
		}
		if cold[part] = !returnsIn(f.parts[part], does); !cold[part] {
			work = append(work, part)
		}
	}
	for len(work) > 0 {
		part := work[len(work)-1]
		work = work[:len(work)-1]
		for _, b := range before[part] {
			if cold[b] {
				cold[b] = false
				work = append(work, b)
			}
		}
	}
	return cold
}

// goesOn reports that a part, of which these items are left, can go on to a return.
func (w *writer) goesOn(number int, left []item) bool {
	if w.g.f.falls(number) && !w.cold[number+1] {
		return true
	}
	return slices.ContainsFunc(left, func(i item) bool { return i.code == opReturn || i.kind == jumps && !w.cold[i.to] })
}

// hint notes that the next operation is a branch that is mostly taken, or hardly ever.
func (w *writer) hint(likely bool) { w.hints = append(w.hints, hint{len(w.out), likely}) }

// hintJump notes what is known of the next operation, which branches to a part if a
// condition is met and else goes on with what is left of its own.
func (w *writer) hintJump(to, number int, left []item) {
	if on := w.goesOn(number, left); on == w.cold[to] {
		w.hint(!on)
	}
}

// calls reports that the block that begins items calls something. The compiler gives
// conditions of the source parts of their own: such a block asks for a larger stack, or
// panics.
func calls(items []item) bool {
	depth := 0
	for _, i := range items {
		switch i.code {
		case opBlock, opLoop, opIf:
			depth++
		case opCall:
			return true
		case opEnd:
			if depth--; depth == 0 {
				return false
			}
		}
	}
	return false
}

// hintsOf is the section of what is known of the branches of functions, of which the
// first has this number.
func hintsOf(functions [][]hint, first int) section {
	body := append(binary.AppendUvarint(nil, uint64(len(hintSection))), hintSection...)
	count, known := 0, []byte(nil)
	for i, hints := range functions {
		if len(hints) == 0 {
			continue
		}
		count++
		known = binary.AppendUvarint(known, uint64(first+i))
		known = binary.AppendUvarint(known, uint64(len(hints)))
		for _, h := range hints {
			known = append(binary.AppendUvarint(known, uint64(h.at)), 1, 0) // a byte, and unlikely
			if h.likely {
				known[len(known)-1] = 1
			}
		}
	}
	return section{sectionCustom, append(binary.AppendUvarint(body, uint64(count)), known...)}
}
