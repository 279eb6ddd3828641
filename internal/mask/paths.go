package mask

import (
	"slices"
	"strings"

	"github.com/sallyport/sallyport/internal/pii"
)

// Paths are the positions of a tool's answers where texts stand that a key of their
// name makes personal and that are none: what states and channels are called. Each is
// keys with dots between, from the outside in; lists on the way count for nothing.
// The zero Paths have none.
type Paths struct {
	named []string // folded, sorted
	nodes [][]edge // by number; 0 is off every path, and has none
}

// edge is one key of a path.
type edge struct {
	key   string // folded
	to    uint16 // the node behind it
	plain bool   // a path ends here
}

// The nodes that every Paths has. A tool's answer over MCP has its document within:
// as structuredContent, which is the outermost node again, and in texts.
const (
	outermost uint16 = iota + 1
	mcpResult
	mcpContent
	mcpText
)

// maxNodes bounds the nodes of Paths.
const maxNodes = 1 << 12

// NewPaths reads paths.
func NewPaths(paths []string) Paths {
	var p Paths
	for _, path := range paths {
		p.named = append(p.named, foldPath(path))
	}
	slices.Sort(p.named)
	p.named = slices.Compact(p.named)
	if len(p.named) == 0 {
		return Paths{}
	}
	p.nodes = make([][]edge, mcpText+1)
	p.nodes[outermost] = []edge{{key: "result", to: mcpResult}}
	p.nodes[mcpResult] = []edge{{key: "structuredcontent", to: outermost}, {key: "content", to: mcpContent}}
	p.nodes[mcpContent] = []edge{{key: "text", to: mcpText}}
	for _, path := range p.named {
		p.add(path)
	}
	return p
}

func (p *Paths) add(path string) {
	at := outermost
	for {
		key, rest, more := strings.Cut(path, ".")
		i := slices.IndexFunc(p.nodes[at], func(e edge) bool { return e.key == key })
		if i < 0 && len(p.nodes) == maxNodes {
			return // it stays closed
		}
		if i < 0 {
			i = len(p.nodes[at])
			p.nodes[at] = append(p.nodes[at], edge{key: key, to: uint16(len(p.nodes))})
			p.nodes = append(p.nodes, nil)
		}
		if !more {
			p.nodes[at][i].plain = true
			return
		}
		at, path = p.nodes[at][i].to, rest
	}
}

// foldPath folds each key of a path.
func foldPath(path string) string {
	keys := strings.Split(path, ".")
	for i, key := range keys {
		keys[i] = Fold(key)
	}
	return strings.Join(keys, ".")
}

// Names are the paths, folded and sorted.
func (p Paths) Names() []string { return p.named }

// Equal says that two have the same paths.
func (p Paths) Equal(other Paths) bool { return slices.Equal(p.named, other.named) }

// root is the node of a document's outermost object.
func (p *Paths) root() uint16 {
	if len(p.nodes) == 0 {
		return 0
	}
	return outermost
}

// onPath goes on from a node by the key that k is of, whose value comes next. Only a
// text that stands exactly where a path ends is what its key does not make it.
func (w *walk) onPath(k key, at uint16) key {
	w.m.folded = pii.FoldKey(w.m.folded[:0], w.src[k.from:k.to])
	for _, e := range w.m.policy.Paths.nodes[at] {
		if e.key != string(w.m.folded) {
			continue
		}
		k.kind |= kind(e.to) << nodeShift
		if e.plain && w.next('"') && !k.is(dropped) {
			k.typ = pii.None
		}
		break
	}
	return k
}
