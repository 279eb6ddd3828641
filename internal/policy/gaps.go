package policy

import (
	"slices"

	"cel.dev/cel-go/cel"

	"github.com/sallyport/sallyport/internal/action"
)

// waits says whether an argument can still come from facts that were not read: an
// optional one that was not given (the catalog may say what its absence means), or
// an amount whose currency is not known. Once all facts are there it is missing.
func (v *evaluation) waits(p action.Param) bool {
	value, ok := v.in.Call.Args[p.Name]
	return !ok && !p.Required || ok && value.Kind == action.Money && value.Text == ""
}

// waitsFor says the same of an argument by its name, and whether facts are missing
// at all.
func (v *evaluation) waitsFor(arg string) bool {
	return v.factsMissing() && slices.ContainsFunc(v.in.Action.Params, func(p action.Param) bool { return p.Name == arg && v.waits(p) })
}

// factsMissing says whether any fact that the call needs was not read yet.
func (v *evaluation) factsMissing() bool {
	for i := range v.in.Action.Facts {
		if v.lacks(&v.in.Action.Facts[i]) {
			return true
		}
	}
	return false
}

// lacks says whether a call needs this fact and it was not read yet.
func (v *evaluation) lacks(f *action.Fact) bool {
	_, ok := v.in.Facts[f.Name]
	return !ok && f.Needed(v.in.Call.Args)
}

// factGaps marks every field of the facts that were not read.
func (v *evaluation) factGaps() {
	for _, f := range v.in.Action.Facts {
		if !v.lacks(&f) {
			continue
		}
		for _, field := range f.Fields {
			v.gap("facts."+f.Name+"."+field.Name, field.Type())
		}
	}
}

// gap marks a name, and the members of an object under it, as not read yet: CEL
// then answers "unknown" where a condition depends on it, and not an error.
func (v *evaluation) gap(name string, p action.Param) {
	for _, f := range p.Fields {
		v.gap(name+"."+f.Name, f)
	}
	if pattern := v.about.env.gaps[name]; pattern != nil {
		v.gaps = append(v.gaps, pattern)
	}
}

// partial is an evaluation with gaps, in the form in which CEL takes it.
type partial struct{ *evaluation }

// UnknownAttributePatterns are the gaps.
func (p partial) UnknownAttributePatterns() []*cel.AttributePatternType { return p.gaps }

// AsPartialActivation tells CEL that there are gaps.
func (p partial) AsPartialActivation() (cel.PartialActivation, bool) { return p, true }
