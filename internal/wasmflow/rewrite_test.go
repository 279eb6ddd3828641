package wasmflow

import (
	"bytes"
	"math/rand/v2"
	"testing"
)

// counting is a function as the compiler makes it: a loop that calls function 3 until
// local 2 is zero.
var counting = []byte{
	1, 2, 0x7e, // two locals
	opGlobalGet, 0, opLocalSet, 1,
	opBlock, blockVoid, opLoop, blockVoid,
	opBlock, blockVoid, opBlock, blockVoid, opBlock, blockVoid,
	opLocalGet, 0, opBrTable, 3, 0, 0, 1, 2, opEnd,
	opLocalGet, 2, 0x50, opIf, blockVoid, opI32Const, 3, opLocalSet, 0, opBr, 3, opEnd, // part 0: to part 2 if it is zero
	opI32Const, 0, opCall, 3, opGlobalGet, 0, opLocalSet, 1, opBrIf, 3, opEnd,
	opI32Const, 0, opLocalSet, 0, opBr, 1, opEnd, // part 1: to part 0
	opI32Const, 0, opReturn, // part 2
	opEnd, opUnreachable, opEnd, opI32Const, 1, opEnd,
}

// straightCounting is the same with a loop of its own.
var straightCounting = []byte{
	1, 2, 0x7e,
	opLocalGet, 0, opIf, blockVoid, opLocalGet, 0, opCall, 9, opReturn, opEnd,
	opGlobalGet, 0, opLocalSet, 1,
	opBlock, blockVoid,
	opBlock, blockVoid, opLoop, blockVoid, opBlock, blockVoid,
	opLocalGet, 2, 0x50, opBrIf, 2,
	opI32Const, 0, opCall, 3, opGlobalGet, 0, opLocalSet, 1, opBrIf, 3, opBr, 0, opEnd,
	opBr, 0, opEnd, opEnd,
	opI32Const, 0, opReturn,
	opUnreachable, opEnd, opI32Const, 1, opEnd,
}

func TestLoop(t *testing.T) {
	f, err := parse(counting)
	if err != nil {
		t.Fatal(err)
	}
	got, _, err := f.rewrite(9)
	if err != nil || !bytes.Equal(got, straightCounting) {
		t.Errorf("%v\n%x, want\n%x", err, got, straightCounting)
	}
}

// A call that never returns leads nowhere, though the compiler lets it run on.
func TestCallsThatNeverReturn(t *testing.T) {
	f, err := parse(counting)
	if err != nil {
		t.Fatal(err)
	}
	never := []byte{0, opUnreachable, opEnd}
	forever, err := parse(never)
	if err != nil {
		t.Fatal(err)
	}
	cutEnds([]*function{f, forever}, 2) // it is number 3
	if len(f.next(0)) != 1 || f.next(0)[0] != 2 {
		t.Errorf("behind part 0 come %v, want part 2 alone", f.next(0))
	}
}

// Whatever the bytes are, a function is rewritten or an error.
func TestBrokenFunctions(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	rewritten := 0
	for range 30_000 {
		body := bytes.Clone(counting[:len(counting)-random.IntN(2)*random.IntN(len(counting))])
		for range 1 + random.IntN(3) {
			body[random.IntN(len(body))] = byte(random.IntN(0x50))
		}
		f, err := parse(body)
		if err != nil || f.plain {
			continue
		}
		cutEnds([]*function{f}, 4)
		if _, _, err := f.rewrite(9); err == nil {
			rewritten++
		}
	}
	if rewritten == 0 {
		t.Error("none is rewritten")
	}
}

func TestBrokenModules(t *testing.T) {
	module := append(bytes.Clone(header), sectionType, 6, 1, 0x60, 1, typeI32, 1, typeI32, sectionFunction, 2, 1, 0, sectionCode, byte(2+len(counting)), 1, byte(len(counting)))
	module = append(module, counting...)
	if _, counts, err := Straighten(module); err != nil || counts != (Counts{Functions: 1, Straightened: 1}) {
		t.Fatalf("%+v, %v", counts, err)
	}
	for n := range len(module) {
		if _, _, err := Straighten(module[:n]); err == nil {
			t.Errorf("%d of %d bytes are no error", n, len(module))
		}
	}
}
