package action

import (
	"strings"
)

// summary cuts "Refund {amount} of {charge}" into pieces. A summary is read in
// records and notifications: only safe arguments and no free text stand in it.
func (b *actionCompiler) summary() {
	if b.src.Summary == "" || len(b.src.Summary) > 200 || strings.ContainsAny(b.src.Summary, "\n\r") {
		b.add(".summary", "must be one line of at most 200 bytes", nil)
	}
	pieces, wrong := cutPieces(b.src.Summary, func(name string) (ref, bool) {
		r, ok := parseRef(name)
		if !ok {
			r = ref{source: refArgs, name: name}
		}
		return r, b.action.showable(r)
	})
	if wrong != "" {
		b.add(".summary", "must name only arguments with safe: true, and facts that are no free text", quoted(wrong))
	}
	b.action.op.summary = pieces
}

// cutPieces cuts words with refs in braces; wrong is the first that parse does
// not take, or "".
func cutPieces(words string, parse func(string) (ref, bool)) (pieces []piece, wrong string) {
	for rest := words; rest != ""; {
		text, after, open := strings.Cut(rest, "{")
		if !open {
			return append(pieces, piece{text: text}), ""
		}
		name, tail, closed := strings.Cut(after, "}")
		r, ok := parse(name)
		if !ok || !closed {
			return nil, name
		}
		pieces = append(pieces, piece{text: text, ref: r})
		rest = tail
	}
	return pieces, ""
}

// showable says that words may have a value in clear.
func (a *Action) showable(r ref) bool {
	if r.source == refArgs {
		p, ok := a.Param(r.name)
		return ok && p.Safe
	}
	kind := a.kindOf(r)
	return kind != 0 && kind != String && kind != List && kind != Object
}
