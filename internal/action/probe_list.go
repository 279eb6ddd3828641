package action

import (
	"fmt"
	"maps"
	"slices"
)

// looking is how a probe looks for the mark of an effect.
type looking struct {
	args map[string]probed // of the read that lists what there is
	rows string            // where in its answer the list stands
	mark string            // where in a row the mark stands
	more string            // where the answer says whether there is more, "" for nowhere
}

// lookFor reads a probe that looks for the action's mark.
func (b *actionCompiler) lookFor(src *probeSource) {
	read := b.catalog.byName[src.Action]
	if read == nil || read.Effect || read.Upload || !b.action.Effect {
		b.add(".probe.action", "must be a read of this catalog, of an effect", quoted(src.Action))
		return
	}
	if src.Fact != "" || len(src.Happened)+len(src.NotHappened) > 0 {
		b.add(".probe", "must have a fact or an action, and not both", nil)
	}
	for _, at := range []struct{ name, position string }{{"rows", src.Rows}, {"mark", src.Mark}} {
		if !isPosition(at.position) {
			b.add(".probe."+at.name, "must be a position: of the list in the answer, and of the mark in an item of it", quoted(at.position))
		}
	}
	if src.More != "" && !isPosition(src.More) {
		b.add(".probe.more", "must be a position in the answer", quoted(src.More))
	}
	if b.src.Mark == "" {
		b.add(".probe", "needs the action's mark, which it looks for", nil)
	}
	b.action.Probe = &Probe{Read: src.Action, look: looking{b.lookArgs(src.Args, read), src.Rows, src.Mark, src.More}}
}

func (b *actionCompiler) lookArgs(src map[string]string, read *Action) map[string]probed {
	out := make(map[string]probed, len(src))
	for _, name := range slices.Sorted(maps.Keys(src)) {
		i := read.op.index(name)
		if i < 0 {
			b.add(".probe.args."+name, "is no argument of "+read.Name, nil)
			continue
		}
		p := &read.op.params[i]
		r, isRef := parseRef(src[name])
		value, constant := p.fromText(src[name])
		if isRef && (b.action.kindOf(r) != p.Kind || !b.always(r)) || !isRef && (!constant || p.Major) {
			b.add(".probe.args."+name, "must be args.name or facts.fact.field of the same kind that every call has, or a value of it", quoted(src[name]))
		}
		out[name] = probed{r, value}
	}
	for _, p := range read.Params {
		if _, given := src[p.Name]; p.Required && !given {
			b.add(".probe.args", "must give "+p.Name+" of "+read.Name, nil)
		}
	}
	return out
}

// ProbeCall is the read that looks for an effect's mark, for Build.
func (a *Action) ProbeCall(args Args, facts Facts) (name string, readArgs Args, err error) {
	out := make(Args, len(a.Probe.look.args))
	for name, p := range a.Probe.look.args {
		v, known := p.constant, true
		if p.ref.source != refNone {
			v, known = a.op.find(p.ref, args, facts)
		}
		if !known {
			return "", nil, fmt.Errorf("look for %s: %s is not known", a.Name, p.ref)
		}
		out[name] = v
	}
	return a.Probe.Read, out, nil
}

// FoundMark says what the answer to ProbeCall's read proves about the effect of a
// mark: that it was done when the mark stands there; that it was not when all
// there is was listed without it. The read must have asked where the effect, with
// its mark, was sent.
func (a *Action) FoundMark(mark string, status int, mediaType string, body []byte) Outcome {
	answer, what := parseAnswer(mediaType, body)
	if status != 200 || what != "" {
		return OutcomeUnknown
	}
	look := &a.Probe.look
	rows := answer.at(look.rows)
	if rows == nil || rows.kind != arrayNode {
		return OutcomeUnknown
	}
	for i := range rows.items {
		if n := rows.items[i].at(look.mark); n != nil && n.kind == stringNode && n.text == mark {
			return OutcomeApplied
		}
	}
	if more := answer.at(look.more); look.more != "" && more != nil && more.kind == boolNode && more.text == "false" {
		return OutcomeNotApplied
	}
	return OutcomeUnknown
}
