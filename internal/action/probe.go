package action

import (
	"bytes"
	"maps"
	"slices"
)

// Probe says how the gateway finds out whether an effect was done that got no
// clear answer: one of the action's facts is read again, or its mark looked for in
// a list.
type Probe struct {
	Fact           string            // "" of one that looks for the mark
	happened, none map[string]probed // field of the fact -> what stands there then
	Read           string            // the action that lists what there is, "" of one that reads a fact
	look           looking
}

// probed is what a field is compared with: a constant, or else what a ref names.
type probed struct {
	ref      ref
	constant Value
}

// probeSource is an action's probe as it is written.
type probeSource struct {
	Fact        string            `yaml:"fact"`
	Happened    map[string]string `yaml:"happened"`
	NotHappened map[string]string `yaml:"not_happened"`
	Action      string            `yaml:"action"`
	Args        map[string]string `yaml:"args"`
	Rows        string            `yaml:"rows"`
	Mark        string            `yaml:"mark"`
	More        string            `yaml:"more"`
}

// probe reads an action's probe.
func (b *actionCompiler) probe() {
	src := b.src.Probe
	if src == nil {
		return
	}
	if src.Action != "" {
		b.lookFor(src)
		return
	}
	if f := b.factNamed(src.Fact); !b.action.Effect || f == nil || f.When != "" {
		b.add(".probe.fact", "must be a fact of this effect that every call has", quoted(src.Fact))
		return
	}
	if len(src.Happened)+len(src.NotHappened) == 0 {
		b.add(".probe", "must say happened, not_happened or both: what stands in the fact then", nil)
	}
	b.action.Probe = &Probe{
		Fact: src.Fact, happened: b.probed(".probe.happened.", src.Fact, src.Happened), none: b.probed(".probe.not_happened.", src.Fact, src.NotHappened),
	}
}

func (b *actionCompiler) probed(at, fact string, src map[string]string) map[string]probed {
	out := make(map[string]probed, len(src))
	for _, name := range slices.Sorted(maps.Keys(src)) {
		text := src[name]
		field := b.action.fieldOf(ref{source: refFacts, fact: fact, name: name})
		if field == nil {
			b.add(at+name, "is no field of facts."+fact, nil)
			continue
		}
		r, isRef := parseRef(text)
		value, constant := field.as.fromText(text)
		if isRef && !alike(b.action.kindOf(r), field.Kind) || !isRef && (!constant || field.Kind == Money) {
			b.add(at+name, "must be args.name or facts.fact.field of the same kind, or a value of it", quoted(text))
		}
		out[name] = probed{r, value}
	}
	return out
}

// Found says what an effect's fact, read again as now, proves about it: that it was
// done, or was not, when all that the catalog names stands there. Both at once
// prove nothing. args and facts are those that it was done with.
func (a *Action) Found(args Args, facts Facts, now Record) Outcome {
	if a.Probe == nil {
		return OutcomeUnknown
	}
	happened, none := a.stands(a.Probe.happened, args, facts, now), a.stands(a.Probe.none, args, facts, now)
	switch {
	case happened && !none:
		return OutcomeApplied
	case none && !happened:
		return OutcomeNotApplied
	default:
		return OutcomeUnknown
	}
}

func (a *Action) stands(want map[string]probed, args Args, facts Facts, now Record) bool {
	for name, p := range want {
		value, known := p.constant, true
		if p.ref.source != refNone {
			value, known = a.op.find(p.ref, args, facts)
		}
		is, there := now[name]
		if !known || !there || !same(value, is) {
			return false
		}
	}
	return len(want) > 0
}

// alike says that values of two kinds can be the same: what is an enum as an
// argument is an id or a string as a fact.
func alike(a, b Kind) bool { return a == b || a == Enum && (b == ID || b == String) }

func same(want, is Value) bool {
	if want.Kind != is.Kind {
		return alike(want.Kind, is.Kind) && want.Text == is.Text
	}
	return bytes.Equal(MarshalArgs(Args{"": want}), MarshalArgs(Args{"": is}))
}
