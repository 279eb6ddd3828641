package wasmflow

import "slices"

// bytewise is the function by which Go's library tells whether two texts of one
// length are equal, where they stand and how long they are its parameters: whatever
// they are, it takes a byte a turn.
var bytewise = []byte{
	0, // locals
	opLocalGet, 0, opLocalGet, 1, opI64Eq, opIf, blockVoid, opI64Const, 1, opReturn, opEnd,
	opLoop, blockVoid,
	opLocalGet, 2, opI64Eqz, opIf, blockVoid, opI64Const, 1, opReturn, opEnd,
	opLocalGet, 0, opI32WrapI64, opI64Load8U, 0, 0, opLocalGet, 1, opI32WrapI64, opI64Load8U, 0, 0,
	opI64Ne, opIf, blockVoid, opI64Const, 0, opReturn, opEnd,
	opLocalGet, 0, opI64Const, 1, opI64Add, opLocalSet, 0,
	opLocalGet, 1, opI64Const, 1, opI64Add, opLocalSet, 1,
	opLocalGet, 2, opI64Const, 1, opI64Sub, opLocalSet, 2,
	opBr, 0, opEnd,
	opUnreachable, opUnreachable, opEnd,
}

// byWords goes before the loop of bytewise: as long as there is a whole word, a turn
// takes that.
var byWords = []byte{
	opLoop, blockVoid,
	opLocalGet, 2, opI64Const, wordBytes, opI64GeU, opIf, blockVoid,
	opLocalGet, 0, opI32WrapI64, opI64Load, 0, 0, opLocalGet, 1, opI32WrapI64, opI64Load, 0, 0,
	opI64Ne, opIf, blockVoid, opI64Const, 0, opReturn, opEnd,
	opLocalGet, 0, opI64Const, wordBytes, opI64Add, opLocalSet, 0,
	opLocalGet, 1, opI64Const, wordBytes, opI64Add, opLocalSet, 1,
	opLocalGet, 2, opI64Const, wordBytes, opI64Sub, opLocalSet, 2,
	opBr, 1, opEnd, opEnd,
}

// The operations of both.
const (
	opI64Load8U  = 0x31
	opI64Eqz     = 0x50
	opI64Eq      = 0x51
	opI64Ne      = 0x52
	opI64GeU     = 0x5a
	opI64Add     = 0x7c
	opI64Sub     = 0x7d
	opI32WrapI64 = 0xa7
)

// wordwise is bytewise, a word a turn.
func wordwise() []byte {
	const before = 12 // the loop
	return slices.Concat(bytewise[:before], byWords, bytewise[before:])
}
