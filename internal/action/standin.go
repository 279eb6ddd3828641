package action

import (
	"fmt"

	"github.com/sallyport/sallyport/internal/reason"
)

// A stand-in is an argument that names what another one means, as a
// payment_intent names its charge: the gateway finds the other through a fact,
// and sends that instead. So one effect has one business key, however the agent
// names its object.

// standIn is the argument that stands for another and was given.
func (op *operation) standIn(name string, args Args) *param {
	for i := range op.params {
		if p := &op.params[i]; p.standsFor == name {
			if _, given := args[p.Name]; given {
				return p
			}
		}
	}
	return nil
}

// find is the value of a ref: an argument that was not given is found through
// the one that stands for it.
func (op *operation) find(r ref, args Args, facts Facts) (Value, bool) {
	v, ok := r.find(args, facts)
	if ok || r.source != refArgs {
		return v, ok
	}
	if p := op.standIn(r.name, args); p != nil {
		return p.through.find(args, facts)
	}
	return Value{}, false
}

// missing says that an argument must be given and was not, by itself or by one
// that stands for it.
func (op *operation) missing(p *param, args Args) bool {
	_, given := args[p.Name]
	return p.needed && !given && op.standIn(p.Name, args) == nil
}

// both finds an argument that is named twice, by itself and by what stands for
// it, or by two that do.
func (op *operation) both(args Args) *Mismatch {
	var seen [maxParams]string
	for i := range op.params {
		p := &op.params[i]
		if _, given := args[p.Name]; !given {
			continue
		}
		target := p.Name
		if p.standsFor != "" {
			target = p.standsFor
		}
		at := op.index(target)
		if seen[at] != "" {
			return &Mismatch{Reason: reason.InputDuplicate, Field: p.Name, Hint: "give " + seen[at] + " or " + p.Name + ", not both"}
		}
		seen[at] = p.Name
	}
	return nil
}

func (op *operation) index(name string) int {
	for i := range op.params {
		if op.params[i].Name == name {
			return i
		}
	}
	return -1
}

// settle puts the argument that is meant in the place of each that stands for
// it; out is changed.
func (op *operation) settle(out Args, facts Facts) error {
	for i := range op.params {
		p := &op.params[i]
		if _, given := out[p.Name]; !given || p.standsFor == "" {
			continue
		}
		v, ok := p.through.find(out, facts)
		switch {
		case !ok:
			return fmt.Errorf("%s: %s is not known", p.standsFor, p.through)
		case !op.params[op.index(p.standsFor)].check(v):
			return fmt.Errorf("%s: what %s says is not %s", p.standsFor, p.through, op.params[op.index(p.standsFor)].hint())
		}
		delete(out, p.Name)
		out[p.standsFor] = v
	}
	return nil
}

// standsFor reads for which argument one stands, and through which fact.
func (b *actionCompiler) standsFor(i int) {
	src, p := &b.src.Params[i], &b.action.op.params[i]
	if src.StandsFor == "" && src.Through == "" {
		return
	}
	at := fmt.Sprintf(".params[%d]", i)
	target := b.action.op.index(src.StandsFor)
	if target < 0 || target == i || b.action.op.params[target].place == inPath || !b.action.op.params[target].needed ||
		b.action.op.params[target].Kind != p.Kind || p.place == inPath || p.needed || b.src.Params[target].StandsFor != "" || !b.action.Effect {
		b.add(at+".stands_for", "must name a required argument of the same kind of an effect, neither of the two in the path", quoted(src.StandsFor))
		return
	}
	r, ok := parseRef(src.Through)
	field, fact := b.action.fieldOf(r), b.factNamed(r.fact)
	if !ok || field == nil || field.Kind != p.Kind || field.Outside || fact.When != p.Name {
		b.add(at+".through", "must be facts.fact.field of the same kind, of a fact that is fetched when this argument is given", quoted(src.Through))
		return
	}
	p.standsFor, p.through = src.StandsFor, r
	// What may be named in another way is not there before the fact is.
	b.action.op.params[target].Required = false
	b.action.Params[target].Required = false
}
