package wasmflow

import (
	"encoding/binary"
	"slices"
)

// label is what a branch can leave, or begin again.
type label struct {
	kind labelKind
	part int
}

type labelKind uint8

const (
	ofPart   labelKind = iota // an end behind which a part begins, or a loop that begins with it
	ofUnwind                  // the end behind which the function returns 1
	ofItem                    // a block inside a part
)

// writer writes a function with the control flow that it has.
type writer struct {
	g      *graph
	out    []byte
	labels []label
	inside [][]int // the parts written behind a part, in its loop if it begins one
	behind [][]int // the parts written behind the loop that a part begins
	cold   []bool  // parts of the function that lead to no return
	hints  []hint
	err    error
}

// rewrite is the body of a function that has its own control flow, and calls the
// function whose number is original when it is entered in its middle; and what is known
// of its branches.
func (f *function) rewrite(original int) ([]byte, []hint, error) {
	g, err := newGraph(f)
	if err != nil {
		return nil, nil, err
	}
	cold := f.cold(func(int) bool { return true }) // calls that never return are cut
	w := &writer{g: g, out: slices.Clone(f.locals), cold: cold, inside: make([][]int, len(g.order)), behind: make([][]int, len(g.order))}
	w.settle()
	w.out = append(w.out, opLocalGet, 0)
	w.hint(false)
	w.out = append(w.out, opIf, blockVoid, opLocalGet, 0, opCall)
	w.out = binary.AppendUvarint(w.out, uint64(original))
	w.out = append(w.out, opReturn, opEnd, opGlobalGet, 0, opLocalSet, 1)
	if f.unwinds {
		w.open(opBlock, label{kind: ofUnwind})
	}
	w.part(0)
	w.out = append(w.out, opUnreachable)
	if f.unwinds {
		w.close()
		w.out = append(w.out, opI32Const, 1)
	}
	w.out = append(w.out, opEnd)
	return w.out, w.hints, w.err
}

// settle decides behind which part each is written: behind the one that dominates
// it, but out of the loops that it is not in.
func (w *writer) settle() {
	for i := 1; i < len(w.g.order); i++ {
		above := w.g.above[i]
		left := -1
		for l := w.g.loop[above]; l >= 0 && !w.g.within(i, l); l = w.g.outside[l] {
			left = l
		}
		if left >= 0 {
			w.behind[left] = append(w.behind[left], i)
			continue
		}
		w.inside[above] = append(w.inside[above], i)
	}
}

func (w *writer) open(op byte, l label) {
	w.out = append(w.out, op, blockVoid)
	w.labels = append(w.labels, l)
}

func (w *writer) close() {
	w.out = append(w.out, opEnd)
	w.labels = w.labels[:len(w.labels)-1]
}

// part writes a part and those behind it. A block for each of these is open around
// it, so that everything before a part can branch to it.
func (w *writer) part(i int) {
	for _, to := range slices.Backward(w.behind[i]) {
		w.open(opBlock, label{part: to})
	}
	if w.g.heads[i] {
		w.open(opLoop, label{part: i})
	}
	for _, to := range slices.Backward(w.inside[i]) {
		w.open(opBlock, label{part: to})
	}
	w.items(i)
	w.follow(w.inside[i])
	if w.g.heads[i] {
		w.close()
	}
	w.follow(w.behind[i])
}

func (w *writer) follow(parts []int) {
	for _, p := range parts {
		w.close()
		w.part(p)
	}
}

func (w *writer) items(i int) {
	number := w.g.order[i]
	items := w.g.f.parts[number]
	for n := 0; n < len(items); n++ {
		switch it := items[n]; {
		case it.kind == jumps:
			w.branch(opBr, label{part: w.g.rank[it.to]})
		case it.kind == unwinds:
			if it.code == opBrIf {
				w.hint(false)
			}
			w.branch(it.code, label{kind: ofUnwind})
		case it.is(opIf, blockVoid) && n+2 < len(items) && items[n+1].kind == jumps && items[n+2].code == opEnd:
			w.hintJump(items[n+1].to, number, items[n+3:])
			w.branch(opBrIf, label{part: w.g.rank[items[n+1].to]})
			n += 2
		case it.code == opIf && calls(items[n:]):
			w.hint(false)
			w.stay(it)
		default:
			w.stay(it)
		}
	}
	switch {
	case w.g.f.falls(number):
		w.branch(opBr, label{part: w.g.rank[number+1]})
	case w.g.f.runsOn(number):
		w.out = append(w.out, opUnreachable)
	}
}

// stay writes an operation as it was.
func (w *writer) stay(it item) {
	w.out = append(w.out, it.raw...)
	switch it.code {
	case opBlock, opLoop, opIf:
		w.labels = append(w.labels, label{kind: ofItem})
	case opEnd:
		w.labels = w.labels[:len(w.labels)-1]
	}
}

// branch writes a branch to what is open under this label.
func (w *writer) branch(op byte, to label) {
	for depth := range w.labels {
		if w.labels[len(w.labels)-1-depth] == to {
			w.out = binary.AppendUvarint(append(w.out, op), uint64(depth))
			return
		}
	}
	w.err = errForm
}
