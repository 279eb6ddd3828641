package wasmflow

import (
	"bytes"
	"slices"
	"testing"
)

// What is hinted of a loop: that it is entered at its beginning, and that no call in it
// unwinds the stack. Whether it goes on, nobody knows.
func TestHintsOfALoop(t *testing.T) {
	f, err := parse(counting)
	if err != nil {
		t.Fatal(err)
	}
	body, hints, err := f.rewrite(9)
	if err != nil {
		t.Fatal(err)
	}
	unwinds := bytes.Index(body, []byte{opBrIf, 3})
	if want := []hint{{5, false}, {unwinds, false}}; !slices.Equal(hints, want) {
		t.Errorf("%v, want %v", hints, want)
	}
}

// A branch to a panic is hardly ever taken, and one around it nearly always.
func TestHintsOfPanics(t *testing.T) {
	for name, c := range map[string]struct {
		first, second []item
		want          []bool // whether it is likely
	}{
		"around a panic": {first: panics(), second: returns(), want: []bool{true}},
		"to a panic":     {first: returns(), second: panics(), want: []bool{false}},
		"to two returns": {first: returns(), second: returns()},
		"to two panics":  {first: panics(), second: panics()},
	} {
		// Part 0 goes to part 2 if local 2 is zero, else on to part 1.
		asks := items(t, []byte{opLocalGet, 2, opI64Eqz, opIf, blockVoid, opBr, 0, opEnd})
		asks[3].kind, asks[3].to = jumps, 2
		f := &function{locals: []byte{0}, parts: [][]item{asks, c.first, c.second}, ends: make([]bool, 3)}
		body, hints, err := f.rewrite(9)
		if err != nil {
			t.Fatal(err)
		}
		var got []bool
		for _, h := range hints[1:] { // behind that of the beginning
			if got = append(got, h.likely); body[h.at] != opBrIf {
				t.Errorf("%s: what is hinted at %d is no branch: %x", name, h.at, body)
			}
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}

func panics() []item {
	return []item{{operation: operation{code: opUnreachable, raw: []byte{opUnreachable}}}}
}
func returns() []item { return []item{{operation: operation{code: opReturn, raw: []byte{opReturn}}}} }

func TestHintsAreSpelled(t *testing.T) {
	s := hintsOf([][]hint{nil, {{1, false}, {300, true}}}, 5)
	want := slices.Concat([]byte{byte(len(hintSection))}, []byte(hintSection), []byte{1, 6, 2, 1, 1, 0, 0xac, 2, 1, 1})
	if s.id != sectionCustom || !bytes.Equal(s.body, want) {
		t.Errorf("%x, want %x", s.body, want)
	}
}
