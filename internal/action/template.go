package action

import (
	"errors"
	"strings"
)

// maxPathArgs bounds the arguments of one path.
const maxPathArgs = 4

// template is one path of an operation, cut into segments.
type template struct {
	segments []segment
}

// segment is a literal, or an argument with a literal suffix such as ".json".
type segment struct {
	literal string // the whole segment, or the suffix after an argument
	param   int    // index of the argument, -1 for a literal
}

var (
	errPath        = errors.New("must be an absolute path of plain segments, as /v1/charges/{charge}")
	errPathUnknown = errors.New("names an argument that is not declared")
	errPathSuffix  = errors.New("has a suffix behind an id with a pattern, which may have a dot itself")
	errPathArgs    = errors.New("has more than 4 arguments")
)

// parseTemplate reads "/v1/charges/{charge}"; index finds an argument, -1 for
// none, and dotted says whether its values may have a dot. An argument fills its segment but for a suffix that begins with a dot,
// which no argument's characters include.
func parseTemplate(path string, index func(string) int, dotted func(int) bool) (template, error) {
	var t template
	if len(path) < 2 || path[0] != '/' {
		return t, errPath
	}
	args := 0
	for _, part := range strings.Split(path[1:], "/") {
		seg := segment{literal: part, param: -1}
		if name, ok := strings.CutPrefix(part, "{"); ok {
			name, suffix, closed := strings.Cut(name, "}")
			if !closed || (suffix != "" && suffix[0] != '.') {
				return t, errPath
			}
			if seg = (segment{literal: suffix, param: index(name)}); seg.param < 0 {
				return t, errPathUnknown
			}
			if suffix != "" && dotted(seg.param) {
				return t, errPathSuffix
			}
			args++
		}
		if !isPlain(seg.literal) || (seg.param < 0 && (part == "" || part == "." || part == "..")) {
			return t, errPath
		}
		t.segments = append(t.segments, seg)
	}
	if args > maxPathArgs {
		return t, errPathArgs
	}
	return t, nil
}

// isPlain reports whether a text needs no escape in a path.
func isPlain(text string) bool {
	for i := range len(text) {
		if b := text[i]; !isWord(b) && b != '-' && b != '.' && b != '~' {
			return false
		}
	}
	return true
}

// fitness is how well a path fits a template.
type fitness uint8

const (
	fitsNot   fitness = iota
	fitsShape         // but for the value of an argument
	fits
)

// captures are the texts of a path's arguments, in the order of segments.
type captures [maxPathArgs]string

// fit compares a path as it was sent: nothing in it is decoded but the value of
// an id with a pattern, so elsewhere a percent sign or another case never fits.
// wrong is the argument whose value is not acceptable.
func (t *template) fit(path string, params []param, caps *captures) (how fitness, wrong int) {
	how, n := fits, 0
	for i := range t.segments {
		if path == "" || path[0] != '/' {
			return fitsNot, 0
		}
		end := strings.IndexByte(path[1:], '/') + 1
		if end == 0 {
			end = len(path)
		}
		part := path[1:end]
		path = path[end:]
		seg := &t.segments[i]
		if seg.param < 0 {
			if part != seg.literal {
				return fitsNot, 0
			}
			continue
		}
		value, ok := strings.CutSuffix(part, seg.literal)
		if ok {
			value, ok = params[seg.param].fromSegment(value)
		}
		if !ok {
			return fitsNot, 0
		}
		if how == fits && !params[seg.param].acceptsText(value) {
			how, wrong = fitsShape, seg.param
		}
		caps[n] = value
		n++
	}
	if path != "" {
		return fitsNot, 0
	}
	return how, wrong
}

// overlaps reports whether one path can fit both templates.
func (t *template) overlaps(params []param, other *template, others []param) bool {
	if len(t.segments) != len(other.segments) {
		return false
	}
	for i := range t.segments {
		a, b := t.segments[i], other.segments[i]
		switch {
		case a.param < 0 && b.param < 0:
			if a.literal != b.literal {
				return false
			}
		case a.param < 0:
			if !b.takes(a.literal, others) {
				return false
			}
		case b.param < 0:
			if !a.takes(b.literal, params) {
				return false
			}
		default:
			if a.literal != b.literal && params[a.param].pattern == nil && others[b.param].pattern == nil {
				return false
			}
			if !params[a.param].mayEqual(&others[b.param]) {
				return false
			}
		}
	}
	return true
}

// takes reports whether an argument's segment accepts a literal.
func (s segment) takes(literal string, params []param) bool {
	value, ok := strings.CutSuffix(literal, s.literal)
	return ok && params[s.param].acceptsText(value)
}
