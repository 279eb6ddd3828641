#include "textflag.h"

// The state of AES is four columns, little endian: in R0 to R3, and in R4 to R7
// after every other round. R8 is where the keys of the next round are, and R9 how
// many pairs of rounds are left. R10 is the sum or the counter, R11 the text, R12
// what is left of it.

// ENTRY is the table's entry, of 8 bytes, for the byte of a column that a shift
// brings to the bits 3 to 10.
#define ENTRY(column, shift, bits) \
	Get column; \
	I32WrapI64; \
	I32Const $bits; \
	shift; \
	I32Const $0x7f8; \
	I32And; \
	I32Const $·table(SB); \
	I32Add

// KEYED is the key of a column added to what is on the stack.
#define KEYED(to, key) \
	Get R8; \
	I32WrapI64; \
	I32Load $key; \
	I32Xor; \
	I64ExtendI32U; \
	Set to

// COLUMN is one column after a round, of a byte of each before it: an entry read
// from byte 3 on is the one turned by a byte.
#define COLUMN(to, a, b, c, d, key) \
	ENTRY(a, I32Shl, 3); \
	I32Load $0; \
	ENTRY(b, I32ShrU, 5); \
	I32Load $3; \
	I32Xor; \
	ENTRY(c, I32ShrU, 13); \
	I32Load $2; \
	I32Xor; \
	ENTRY(d, I32ShrU, 21); \
	I32Load $1; \
	I32Xor; \
	KEYED(to, key)

#define ROUND(t0, t1, t2, t3, s0, s1, s2, s3, key) \
	COLUMN(t0, s0, s1, s2, s3, key+0); \
	COLUMN(t1, s1, s2, s3, s0, key+4); \
	COLUMN(t2, s2, s3, s0, s1, key+8); \
	COLUMN(t3, s3, s0, s1, s2, key+12)

// LAST is one column after the last round: bytes of the S-box, in their places.
#define LAST(to, a, b, c, d, key) \
	ENTRY(a, I32Shl, 3); \
	I32Load8U $1; \
	ENTRY(b, I32ShrU, 5); \
	I32Load8U $1; \
	I32Const $8; \
	I32Shl; \
	I32Or; \
	ENTRY(c, I32ShrU, 13); \
	I32Load8U $1; \
	I32Const $16; \
	I32Shl; \
	I32Or; \
	ENTRY(d, I32ShrU, 21); \
	I32Load8U $1; \
	I32Const $24; \
	I32Shl; \
	I32Or; \
	KEYED(to, key)

// ADD combines a column with four bytes of memory.
#define ADD(column, base, offset) \
	Get column; \
	Get base; \
	I32WrapI64; \
	I64Load32U $offset; \
	I64Xor; \
	Set column

#define ADDBLOCK(base) \
	ADD(R0, base, 0); \
	ADD(R1, base, 4); \
	ADD(R2, base, 8); \
	ADD(R3, base, 12)

// PUT writes a column to memory.
#define PUT(column, base, offset) \
	Get base; \
	I32WrapI64; \
	Get column; \
	I64Store32 $offset

#define PUTBLOCK(base) \
	PUT(R0, base, 0); \
	PUT(R1, base, 4); \
	PUT(R2, base, 8); \
	PUT(R3, base, 12)

#define PLUS(register, n) \
	Get register; \
	I64Const $n; \
	I64Add; \
	Set register

#define ENCRYPT \
	I64Load keys+0(FP); \
	Set R8; \
	I64Load pairs+8(FP); \
	Set R9; \
	ADDBLOCK(R8); \
	Loop; \
		ROUND(R4, R5, R6, R7, R0, R1, R2, R3, 16); \
		ROUND(R0, R1, R2, R3, R4, R5, R6, R7, 32); \
		PLUS(R8, 32); \
		PLUS(R9, -1); \
		Get R9; \
		I32WrapI64; \
		BrIf $0; \
	End; \
	ROUND(R4, R5, R6, R7, R0, R1, R2, R3, 16); \
	LAST(R0, R4, R5, R6, R7, 32); \
	LAST(R1, R5, R6, R7, R4, 36); \
	LAST(R2, R6, R7, R4, R5, 40); \
	LAST(R3, R7, R4, R5, R6, 44)

// func chain(keys *uint32, pairs int, sum *[blockBytes]byte, text *byte, blocks int)
// There is one block at least.
TEXT ·chain(SB), NOSPLIT, $0-40
	I64Load sum+16(FP)
	Set R10
	I64Load text+24(FP)
	Set R11
	I64Load blocks+32(FP)
	Set R12
	ADDBLOCK(R10) // to the zeros that registers begin with
	Loop
		ADDBLOCK(R11)
		ENCRYPT
		PLUS(R11, 16)
		PLUS(R12, -1)
		Get R12
		I32WrapI64
		BrIf $0
	End
	PUTBLOCK(R10)
	RET

// SWAPPED turns the bytes of the number on the stack around.
#define SWAPPED(register) \
	Get register; \
	I32WrapI64; \
	I32Const $8; \
	I32Rotl; \
	I32Const $0x00ff00ff; \
	I32And; \
	Get register; \
	I32WrapI64; \
	I32Const $8; \
	I32Rotr; \
	I32Const $-0x00ff0100; \
	I32And; \
	I32Or; \
	I64ExtendI32U

// JOINED makes eight bytes of two columns.
#define JOINED(to, low, high) \
	Get high; \
	I64Const $32; \
	I64Shl; \
	Get low; \
	I64Or; \
	Set to

// func stream(keys *uint32, pairs int, counter *[blockBytes]byte, text *byte, size int)
// There is one byte at least.
TEXT ·stream(SB), NOSPLIT, $0-40
	I64Load counter+16(FP)
	Set R10
	I64Load text+24(FP)
	Set R11
	I64Load size+32(FP)
	Set R12
	Get R10
	I32WrapI64
	I64Load32U $12
	Set R13
	SWAPPED(R13)
	Set R13 // the last four bytes of the counter, as a number
	Block
		Loop
			I64Const $0
			Set R0
			I64Const $0
			Set R1
			I64Const $0
			Set R2
			ADD(R0, R10, 0)
			ADD(R1, R10, 4)
			ADD(R2, R10, 8)
			SWAPPED(R13)
			Set R3
			ENCRYPT
			Get R12
			I64Const $16
			I64LtU
			BrIf $1
			ADDBLOCK(R11)
			PUTBLOCK(R11)
			PLUS(R13, 1)
			PLUS(R11, 16)
			PLUS(R12, -16)
			Get R12
			I64Eqz
			I32Eqz
			BrIf $0
		End
		RET
	End
	JOINED(R4, R0, R1)
	JOINED(R5, R2, R3)
	Loop // over what is left, a byte at a time
		Get R11
		I32WrapI64
		Get R11
		I32WrapI64
		I64Load8U $0
		Get R4
		I64Xor
		I64Store8 $0
		Get R4
		I64Const $8
		I64ShrU
		Get R5
		I64Const $56
		I64Shl
		I64Or
		Set R4
		Get R5
		I64Const $8
		I64ShrU
		Set R5
		PLUS(R11, 1)
		PLUS(R12, -1)
		Get R12
		I32WrapI64
		BrIf $0
	End
	RET
