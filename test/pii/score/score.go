// Package score counts how well a finder did on labelled documents: by overlap
// of spans of the same type, as presidio-research does.
package score

import "slices"

// Span is one finding in a body, in bytes.
type Span struct {
	Type       string
	Start, End int
}

// Label is what should have been found.
type Label struct {
	Span
	Groups []string // in each of these it is counted apart, too
}

// Count is how a finder did on one type.
type Count struct {
	Labels int // what should have been found
	Hits   int // labels that a finding of their type overlaps
	False  int // findings that overlap no label of their type
	Right  int // findings that do
	Left   int // bytes of labels that no finding of any type covers
}

// Precision is the share of findings that are right; 1 without any.
func (c Count) Precision() float64 { return share(c.Right, c.Right+c.False) }

// Recall is the share of labels that were found; 1 without any.
func (c Count) Recall() float64 { return share(c.Hits, c.Labels) }

// F2 weighs recall twice as much as precision.
func (c Count) F2() float64 {
	p, r := c.Precision(), c.Recall()
	if p+r == 0 {
		return 0
	}
	return 5 * p * r / (4*p + r)
}

func share(n, of int) float64 {
	if of == 0 {
		return 1
	}
	return float64(n) / float64(of)
}

// Board counts by type, and by group and type.
type Board struct {
	Types  map[string]*Count
	Groups map[string]map[string]*Count // recall only
	// Mistake is told of every label that was missed, in part or as a whole, and of
	// every false finding, if it is set.
	Mistake func(kind string, s Span)
}

// New returns an empty board.
func New() *Board {
	return &Board{Types: map[string]*Count{}, Groups: map[string]map[string]*Count{}}
}

// Of is the count of a type.
func (b *Board) Of(typ string) *Count { return counted(b.Types, typ) }

func counted(m map[string]*Count, typ string) *Count {
	if m[typ] == nil {
		m[typ] = &Count{}
	}
	return m[typ]
}

// Add counts one document.
func (b *Board) Add(body string, labels []Label, found []Span) {
	for _, f := range found {
		right := slices.ContainsFunc(labels, func(l Label) bool { return f.Type == l.Type && overlap(f, l.Span) })
		c := b.Of(f.Type)
		if right {
			c.Right++
			continue
		}
		c.False++
		b.mistake("false", f)
	}
	for _, l := range labels {
		hit := slices.ContainsFunc(found, func(f Span) bool { return f.Type == l.Type && overlap(f, l.Span) })
		left := uncovered(body, l.Span, found)
		counts := []*Count{b.Of(l.Type)}
		for _, g := range l.Groups {
			if b.Groups[g] == nil {
				b.Groups[g] = map[string]*Count{}
			}
			counts = append(counts, counted(b.Groups[g], l.Type))
		}
		for _, c := range counts {
			c.Labels++
			c.Left += left
			if hit {
				c.Hits++
			}
		}
		switch {
		case !hit:
			b.mistake("missed", l.Span)
		case left > 0:
			b.mistake("partly missed", l.Span)
		}
	}
}

func (b *Board) mistake(kind string, s Span) {
	if b.Mistake != nil {
		b.Mistake(kind, s)
	}
}

func overlap(a, b Span) bool { return a.Start < b.End && b.Start < a.End }

// uncovered is how many letters and digits of a label no finding covers.
func uncovered(body string, l Span, found []Span) (left int) {
	for i := l.Start; i < l.End; i++ {
		if !telling(body[i]) || slices.ContainsFunc(found, func(f Span) bool { return f.Start <= i && i < f.End }) {
			continue
		}
		left++
	}
	return left
}

// telling reports a byte of a letter or a digit: what is between them tells nothing.
func telling(c byte) bool {
	return c >= 0x80 || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}
