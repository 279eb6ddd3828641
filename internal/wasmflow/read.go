package wasmflow

import (
	"errors"
	"slices"
)

// errForm is of a function that stays as it is.
var errForm = errors.New("function has another form than the compiler gives")

// function is one that the compiler made, taken apart.
type function struct {
	locals   []byte // its declarations
	declared int    // how many
	plain    bool   // it has no table, and one part
	unwinds  bool   // calls in it can end the whole stack
	table    []int  // the part that each value of the first local begins at
	parts    [][]item
	ends     []bool // of a part: the call at its end never returns
}

// item is a piece of a part: an operation that stays, or where the part is left.
type item struct {
	operation

	kind kind
	to   int // the part that a jump goes to
}

type kind uint8

const (
	stays   kind = iota
	jumps        // to another part
	unwinds      // br or br_if out of everything, with 1 as the function's result
)

// parse takes apart the body of a function. The compiler's form of one with a table is
//
//	global.get 0, local.set 1          the stack pointer
//	block                              if it unwinds
//	loop                               if it jumps
//	block … block, local.get 0, br_table, end
//	part 0, end, part 1, end … part n
//	end of the loop, unreachable, end of the block, i32.const 1
//
// and a jump is i32.const, local.set 0, and br to the loop.
func parse(body []byte) (*function, error) {
	r := reader{b: body}
	declared, err := r.locals()
	if err != nil {
		return nil, err
	}
	f := &function{locals: body[:r.at], declared: declared}
	ops, err := r.operations()
	if err != nil {
		return nil, err
	}
	table := findTable(ops)
	if table < 0 {
		f.plain = true
		f.parts = [][]item{nil}
		for _, o := range ops {
			f.parts[0] = append(f.parts[0], item{operation: o})
		}
		return f, nil
	}
	f.table = ops[table].targets
	p := parser{f: f, ops: ops[table+2:], last: f.table[len(f.table)-1]}
	if err := p.around(ops[2 : table-1]); err != nil {
		return nil, err
	}
	if err := p.run(); err != nil {
		return nil, err
	}
	return f, nil
}

// locals skips the declarations of locals and returns how many they are.
func (r *reader) locals() (declared int, err error) {
	groups, err := r.uint()
	for i := 0; err == nil && i < groups; i++ {
		var n int
		if n, err = r.uint(); err == nil {
			_, err = r.byte()
		}
		declared += n
	}
	return declared, err
}

// findTable is the place of the table in operations that have one, -1 in others.
func findTable(ops []operation) int {
	if len(ops) < 2 || !ops[0].is(opGlobalGet, 0) || !ops[1].is(opLocalSet, 1) {
		return -1
	}
	at := 2
	for at < len(ops) && (ops[at].is(opBlock, blockVoid) || ops[at].is(opLoop, blockVoid)) {
		at++
	}
	if at+2 >= len(ops) || !ops[at].is(opLocalGet, 0) || ops[at+1].code != opBrTable || ops[at+2].code != opEnd {
		return -1
	}
	return at + 1
}

// parser reads the parts of a function behind its table.
type parser struct {
	f     *function
	ops   []operation
	last  int  // part
	loops bool // jumps are possible
	depth int  // of what is open inside the part
	dead  bool // what follows in the part is never reached
	part  []item
}

// around reads what is opened before the table: a block for each part, and around
// them the loop and the block to unwind.
func (p *parser) around(opened []operation) error {
	outer := len(opened) - p.last - 1
	if outer < 0 || outer > 2 || slices.Max(p.f.table) > p.last {
		return errForm
	}
	for i, o := range opened {
		switch {
		case i >= outer && o.code == opBlock:
		case i == 0 && o.code == opBlock:
			p.f.unwinds = true
		case i == outer-1 && o.code == opLoop:
			p.loops = true
		default:
			return errForm
		}
	}
	return nil
}

func (p *parser) run() error {
	for at, o := range p.ops {
		last := len(p.f.parts) == p.last
		switch {
		case p.depth > 0 || o.code != opEnd && (!last || p.loops || !p.closes(p.ops[at:])):
			if err := p.item(o); err != nil {
				return err
			}
			continue
		case last && !p.loops:
			at--
		}
		p.f.parts = append(p.f.parts, p.part)
		p.part, p.dead = nil, false
		if last {
			return p.close(p.ops[at+1:])
		}
	}
	return errForm
}

func (p *parser) close(rest []operation) error {
	if !p.closes(rest) {
		return errForm
	}
	p.f.ends = make([]bool, len(p.f.parts))
	return nil
}

// closes reports what stands behind the parts and their loop.
func (p *parser) closes(rest []operation) bool {
	if len(rest) == 0 || rest[0].code != opUnreachable {
		return false
	}
	if !p.f.unwinds {
		return len(rest) == 1
	}
	return len(rest) == 3 && rest[1].code == opEnd && rest[2].is(opI32Const, 1)
}

// item reads one operation of a part.
func (p *parser) item(o operation) error {
	i := item{operation: o}
	switch o.code {
	case opBlock, opLoop, opIf:
		p.depth++
	case opEnd:
		p.depth--
	case opBrTable:
		return errForm
	case opBr, opBrIf:
		if err := p.branch(&i); err != nil {
			return err
		}
	}
	if !p.dead {
		p.part = append(p.part, i)
	}
	if p.depth == 0 && (o.code == opBr || o.code == opReturn || o.code == opUnreachable) {
		p.dead = true
	}
	return nil
}

// branch reads where a branch goes.
func (p *parser) branch(i *item) error {
	if i.arg < p.depth {
		return nil // inside the part
	}
	loop := p.depth + p.last - len(p.f.parts)
	out := loop
	if p.loops {
		out++
	}
	switch {
	case p.loops && i.arg == loop && i.code == opBr:
		return p.jump(i)
	case p.f.unwinds && i.arg == out:
		i.kind = unwinds
		return nil
	}
	return errForm
}

// jump reads the number of the block that a jump goes to, and takes it away.
func (p *parser) jump(i *item) error {
	i.kind = jumps
	if p.dead {
		return nil
	}
	n := len(p.part)
	if n < 2 || !p.part[n-1].is(opLocalSet, 0) || p.part[n-2].code != opI32Const || p.part[n-2].arg < 0 {
		return errForm
	}
	i.to = p.f.table[min(p.part[n-2].arg, len(p.f.table)-1)]
	p.part = p.part[:n-2]
	return nil
}
