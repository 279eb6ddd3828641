package wasmflow

import "errors"

// errIrreducible is of a function with a loop that has two beginnings.
var errIrreducible = errors.New("function has a loop with two beginnings")

// graph is how the parts of a function follow each other. A part is named by its
// place in order, in which every part stands behind those that come before it on
// every way to it; 0 is where the function begins.
type graph struct {
	f       *function
	order   []int   // the number of each part in the function
	rank    []int   // the place in order of each part of the function, -1 for none
	next    [][]int // the parts that follow
	before  [][]int // the parts that it follows
	above   []int   // the part through which every way to it goes last: its dominator
	loop    []int   // the beginning of the innermost loop that it is in, -1 for none
	outside []int   // of a loop's beginning: that of the loop around it, -1 for none
	heads   []bool  // it begins a loop
}

func newGraph(f *function) (*graph, error) {
	g := &graph{f: f, rank: make([]int, len(f.parts))}
	g.sort()
	n := len(g.order)
	g.next, g.before = make([][]int, n), make([][]int, n)
	for i, part := range g.order {
		for _, to := range f.next(part) {
			g.next[i] = append(g.next[i], g.rank[to])
			g.before[g.rank[to]] = append(g.before[g.rank[to]], i)
		}
	}
	g.dominate()
	return g, g.findLoops()
}

// next are the parts that follow a part.
func (f *function) next(part int) (to []int) {
	for _, i := range f.parts[part] {
		if i.kind == jumps {
			to = append(to, i.to)
		}
	}
	if f.falls(part) {
		to = append(to, part+1)
	}
	return to
}

// falls reports that a part goes on into the one behind it.
func (f *function) falls(part int) bool {
	return part+1 < len(f.parts) && !f.ends[part] && f.runsOn(part)
}

// runsOn reports that a part does not end with an operation that leaves it.
func (f *function) runsOn(part int) bool {
	items := f.parts[part]
	if len(items) == 0 {
		return true
	}
	switch items[len(items)-1].code {
	case opBr, opReturn, opUnreachable:
		return false
	}
	return true
}

// sort fills order, as far as parts can be reached, and rank.
func (g *graph) sort() {
	for i := range g.rank {
		g.rank[i] = -1
	}
	type visit struct {
		part int
		next []int
	}
	seen := make([]bool, len(g.rank))
	seen[0] = true
	stack := []visit{{0, g.f.next(0)}}
	for len(stack) > 0 {
		top := &stack[len(stack)-1]
		if len(top.next) == 0 {
			g.order = append(g.order, top.part)
			stack = stack[:len(stack)-1]
			continue
		}
		to := top.next[0]
		top.next = top.next[1:]
		if !seen[to] {
			seen[to] = true
			stack = append(stack, visit{to, g.f.next(to)})
		}
	}
	for i, j := 0, len(g.order)-1; i < j; i, j = i+1, j-1 {
		g.order[i], g.order[j] = g.order[j], g.order[i]
	}
	for i, part := range g.order {
		g.rank[part] = i
	}
}

// dominate fills above, as Cooper, Harvey and Kennedy do.
func (g *graph) dominate() {
	g.above = make([]int, len(g.order))
	for i := range g.above {
		g.above[i] = -1
	}
	g.above[0] = 0
	for changed := true; changed; {
		changed = false
		for i := 1; i < len(g.order); i++ {
			above := -1
			for _, b := range g.before[i] {
				switch {
				case g.above[b] < 0:
				case above < 0:
					above = b
				default:
					above = g.meet(above, b)
				}
			}
			if above != g.above[i] {
				g.above[i], changed = above, true
			}
		}
	}
}

func (g *graph) meet(a, b int) int {
	for a != b {
		for a > b {
			a = g.above[a]
		}
		for b > a {
			b = g.above[b]
		}
	}
	return a
}

// dominates reports that every way to b goes through a.
func (g *graph) dominates(a, b int) bool {
	for b > a {
		b = g.above[b]
	}
	return a == b
}

// findLoops fills loop, outside and heads. Inner loops begin behind outer ones.
func (g *graph) findLoops() error {
	n := len(g.order)
	g.loop, g.outside, g.heads = make([]int, n), make([]int, n), make([]bool, n)
	for i := range n {
		g.loop[i], g.outside[i] = -1, -1
	}
	for head := n - 1; head >= 0; head-- {
		var back []int
		for _, b := range g.before[head] {
			if b < head {
				continue
			}
			if !g.dominates(head, b) {
				return errIrreducible
			}
			back = append(back, b)
		}
		if len(back) > 0 {
			g.heads[head] = true
			g.fill(head, back)
		}
	}
	return nil
}

// fill puts into the loop of head what leads to its ends. Of inner loops, which are
// whole already, their beginnings are enough.
func (g *graph) fill(head int, work []int) {
	g.loop[head] = head
	for len(work) > 0 {
		i := g.outermost(work[len(work)-1])
		work = work[:len(work)-1]
		switch {
		case i == head:
			continue
		case g.heads[i]:
			g.outside[i] = head
		default:
			g.loop[i] = head
		}
		work = append(work, g.before[i]...)
	}
}

// outermost is the beginning of the outermost loop that a part is in, or the part.
func (g *graph) outermost(i int) int {
	if g.loop[i] < 0 {
		return i
	}
	i = g.loop[i]
	for g.outside[i] >= 0 {
		i = g.outside[i]
	}
	return i
}

// within reports that a part is in the loop that begins with head.
func (g *graph) within(i, head int) bool {
	for l := g.loop[i]; l >= 0; l = g.outside[l] {
		if l == head {
			return true
		}
	}
	return false
}
