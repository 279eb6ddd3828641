package wasmflow

import (
	"encoding/binary"
	"slices"
)

// Go's compiler moves and clears structures of a few words by memory.copy and
// memory.fill, and so does its library with slices of a few bytes. Engines leave
// WebAssembly for both: a call for what some loads and stores do.

// longestMove is how many bytes loads and stores move or clear, and longestCopy the
// same where a function learns how many only when it runs.
const (
	longestMove = 128
	longestCopy = 32
)

// The operations that moves are made of.
const (
	opI32Load   = 0x28
	opI64Load   = 0x29
	opI32Load8  = 0x2d
	opI32Store  = 0x36
	opI64Store  = 0x37
	opI32Store8 = 0x3a
	opI64Const  = 0x42
	opI32LeU    = 0x4d
	opI32Add    = 0x6a
	opI32Sub    = 0x6b
	opI32ShrU   = 0x76
	memoryCopy  = 10 // behind opExtended
	memoryFill  = 11
	typeI32     = 0x7f
)

const wordBytes = 8

// mover writes what stands in place of memory.copy and memory.fill.
type mover struct {
	out            []byte
	to, from, size int // locals
}

// inlineMoves writes loads and stores in place of what f, whose parameters are so
// many, does by memory.copy and memory.fill, and reports whether there was any.
func (f *function) inlineMoves(parameters int) bool {
	if !f.moves() {
		return false
	}
	first := parameters + f.declared
	m := mover{to: first, from: first + 1, size: first + 2}
	for i, items := range f.parts {
		f.parts[i] = m.replace(items)
	}
	groups, n := binary.Uvarint(f.locals)
	f.locals = append(binary.AppendUvarint(nil, groups+1), append(slices.Clone(f.locals[n:]), 3, typeI32)...)
	return true
}

// spell is the body of a function of one part.
func (f *function) spell() []byte {
	out := slices.Clone(f.locals)
	for _, i := range f.parts[0] {
		out = append(out, i.raw...)
	}
	return append(out, opEnd)
}

// moves reports a function with memory.copy or memory.fill.
func (f *function) moves() bool {
	return slices.ContainsFunc(f.parts, func(items []item) bool {
		return slices.ContainsFunc(items, func(i item) bool { return i.is(opExtended, memoryCopy) || i.is(opExtended, memoryFill) })
	})
}

// replace is the items of a part with its moves written out.
func (m *mover) replace(items []item) []item {
	var out []item
	for _, i := range items {
		n := len(out)
		m.out = nil
		switch sized := n > 0 && out[n-1].code == opI32Const && out[n-1].arg >= 0; {
		case i.is(opExtended, memoryCopy) && sized:
			if size := out[n-1].arg; size >= wordBytes && size <= longestMove {
				out = out[:n-1]
				m.copy(size)
			}
		case i.is(opExtended, memoryCopy):
			m.copyAny()
		case i.is(opExtended, memoryFill) && sized && n > 1 && out[n-2].is(opI32Const, 0):
			if size := out[n-1].arg; size >= wordBytes && size <= longestMove {
				out = out[:n-2]
				m.clear(size)
			}
		}
		if m.out != nil {
			i = item{operation: operation{code: opExtended, raw: m.out}}
		}
		out = append(out, i)
	}
	return out
}

// copy moves so many bytes. All are loaded before the first is stored: the two places
// may overlap.
func (m *mover) copy(size int) {
	m.local(opLocalSet, m.from)
	m.local(opLocalSet, m.to)
	offsets := words(size)
	for _, at := range offsets {
		m.local(opLocalGet, m.to)
		m.local(opLocalGet, m.from)
		m.memory(opI64Load, at)
	}
	for _, at := range slices.Backward(offsets) {
		m.memory(opI64Store, at)
	}
}

// clear writes so many zeros.
func (m *mover) clear(size int) {
	m.local(opLocalSet, m.to)
	for _, at := range words(size) {
		m.local(opLocalGet, m.to)
		m.out = append(m.out, opI64Const, 0)
		m.memory(opI64Store, at)
	}
}

// words are where the words stand that cover so many bytes. The last two may overlap.
func words(size int) (offsets []int) {
	for at := 0; at+wordBytes <= size; at += wordBytes {
		offsets = append(offsets, at)
	}
	if size%wordBytes != 0 {
		offsets = append(offsets, size-wordBytes)
	}
	return offsets
}

// copyAny moves as many bytes as the stack says.
func (m *mover) copyAny() {
	m.local(opLocalSet, m.size)
	m.local(opLocalSet, m.from)
	m.local(opLocalSet, m.to)
	m.ifUpTo(longestCopy)
	m.ifUpTo(2*wordBytes - 1)
	m.ifUpTo(wordBytes - 1)
	m.ifUpTo(3)
	m.local(opLocalGet, m.size)
	m.out = append(m.out, opIf, blockVoid)
	m.ends(opI32Load8, opI32Store8, 1, 1, true)
	m.out = append(m.out, opEnd, opElse) // 4 to 7
	m.ends(opI32Load, opI32Store, 4, 1, false)
	m.out = append(m.out, opEnd, opElse) // 8 to 15
	m.ends(opI64Load, opI64Store, wordBytes, 1, false)
	m.out = append(m.out, opEnd, opElse) // 16 to 32
	m.ends(opI64Load, opI64Store, wordBytes, 2, false)
	m.out = append(m.out, opEnd, opElse)
	m.local(opLocalGet, m.to)
	m.local(opLocalGet, m.from)
	m.local(opLocalGet, m.size)
	m.out = append(m.out, opExtended, memoryCopy, 0, 0, opEnd)
}

// ifUpTo begins what is done for at most so many bytes.
func (m *mover) ifUpTo(size int) {
	m.local(opLocalGet, m.size)
	m.out = append(m.out, opI32Const, byte(size), opI32LeU, opIf, blockVoid)
}

// ends moves so many pieces of a width at the beginning and as many at the end, and
// one in the middle or not.
func (m *mover) ends(load, store byte, width, pieces int, middle bool) {
	var stores []func()
	piece := func(at func(), offset int) {
		m.local(opLocalGet, m.to)
		at()
		m.local(opLocalGet, m.from)
		at()
		m.memory(load, offset)
		stores = append(stores, func() { m.memory(store, offset) })
	}
	for i := range pieces {
		piece(func() {}, i*width)
	}
	if middle {
		piece(m.half, 0)
	}
	for i := range pieces {
		piece(func() { m.beforeEnd(pieces * width) }, i*width)
	}
	for _, put := range slices.Backward(stores) {
		put()
	}
}

// beforeEnd adds to a place where the last bytes begin, so many.
func (m *mover) beforeEnd(bytes int) {
	m.local(opLocalGet, m.size)
	m.out = append(m.out, opI32Const, byte(bytes), opI32Sub, opI32Add)
}

// half adds half of the size to a place.
func (m *mover) half() {
	m.local(opLocalGet, m.size)
	m.out = append(m.out, opI32Const, 1, opI32ShrU, opI32Add)
}

func (m *mover) local(op byte, index int) {
	m.out = binary.AppendUvarint(append(m.out, op), uint64(index))
}

// memory writes a load or a store, which may stand anywhere.
func (m *mover) memory(op byte, offset int) {
	m.out = binary.AppendUvarint(append(m.out, op, 0), uint64(offset))
}
