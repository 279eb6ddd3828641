package wasmflow

import (
	"encoding/binary"
	"slices"
)

// What a function keeps on Go's stack, the arguments and results of its calls above
// all, the compiler mostly reaches by an address that it computes, in 64 bits, though a
// load or a store can add a number to the stack pointer by itself.

// localSP is the local that holds the stack pointer.
const localSP = 1

// firstStore and lastAccess bound the stores: loads come before them.
const (
	firstStore = 0x36
	lastAccess = 0x3e
)

// reachStack gives loads and stores the number that was added to the stack pointer
// before them, and reports whether there was any. A place on the stack has an address
// of 32 bits, so nothing is carried out of those in either spelling.
func (f *function) reachStack() (changed bool) {
	for n, items := range f.parts {
		out := items[:0]
		for at := 0; at < len(items); {
			if by, size := onStack(items[at:]); size > 0 {
				access := at + size - 1
				out = append(append(out, items[at]), items[at+addressSize:access]...)
				out = append(out, items[access].moved(by))
				at += size
				continue
			}
			out = append(out, items[at])
			at++
		}
		changed = changed || len(out) < len(items)
		f.parts[n] = slices.Clip(out)
	}
	return changed
}

// addressSize is how many operations compute an address on the stack.
const addressSize = 5

// onStack is what is added to the stack pointer by the operations that begin items and
// end in one that uses the sum as its address, so many in all; none have size 0.
func onStack(items []item) (by, size int) {
	if len(items) <= addressSize || !items[0].is(opLocalGet, localSP) || items[1].code != opI64ExtendI32 ||
		items[2].code != opI64Const || items[3].code != opI64Add || items[4].code != opI32WrapI64 {
		return 0, 0
	}
	by, ok := small(items[2].raw[1:])
	if !ok {
		return 0, 0
	}
	switch next := items[addressSize:]; {
	case next[0].loads():
		return by, addressSize + 1
	case len(next) > 1 && next[0].pushes() && next[1].stores():
		return by, addressSize + 2
	case len(next) > 2 && next[0].code == opLocalGet && next[1].loads() && next[2].stores():
		return by, addressSize + 3
	}
	return 0, 0
}

// small is a number that a signed spelling is of, if it is not negative and short.
func small(spelled []byte) (n int, ok bool) {
	for i, c := range spelled {
		n |= int(c&0x7f) << (7 * i)
	}
	return n, len(spelled) <= 3 && spelled[len(spelled)-1]&0x40 == 0
}

func (o operation) loads() bool  { return o.code >= opI32Load && o.code < firstStore }
func (o operation) stores() bool { return o.code >= firstStore && o.code <= lastAccess }

// pushes reports an operation that does nothing but put a value on the stack of the
// engine.
func (o operation) pushes() bool {
	return o.code == opLocalGet || o.code == opI32Const || o.code == opI64Const
}

// moved is a load or a store as many bytes further.
func (i item) moved(by int) item {
	_, n := binary.Uvarint(i.raw[1:]) // its alignment
	offset, _ := binary.Uvarint(i.raw[1+n:])
	i.raw = binary.AppendUvarint(slices.Clone(i.raw[:1+n]), offset+uint64(by))
	return i
}
