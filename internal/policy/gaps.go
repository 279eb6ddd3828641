package policy

import (
	"slices"

	"cel.dev/cel-go/cel"

	"github.com/sallyport/sallyport/internal/action"
)

// waits: an absent optional argument, or an amount whose currency is not known,
// can still come from facts that are not there yet. Once they are, it is missing.
func (v *evaluation) waits(p action.Param) bool {
	value, ok := v.in.Call.Args[p.Name]
	return !ok && !p.Required || ok && value.Kind == action.Money && value.Text == ""
}

// waitsFor says that an argument is not there yet.
func (v *evaluation) waitsFor(arg string) bool {
	return v.factsMissing() && slices.ContainsFunc(v.in.Action.Params, func(p action.Param) bool { return p.Name == arg && v.waits(p) })
}

func (v *evaluation) factsMissing() bool {
	for i := range v.in.Action.Facts {
		if v.lacks(&v.in.Action.Facts[i]) {
			return true
		}
	}
	return false
}

// lacks says that the call has a fact that is not there yet.
func (v *evaluation) lacks(f *action.Fact) bool {
	_, ok := v.in.Facts[f.Name]
	return !ok && f.Needed(v.in.Call.Args)
}

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

func (v *evaluation) gap(name string, p action.Param) {
	for _, f := range p.Fields {
		v.gap(name+"."+f.Name, f)
	}
	if pattern := v.about.env.gaps[name]; pattern != nil {
		v.gaps = append(v.gaps, pattern)
	}
}

// partial is an evaluation for which something is not there yet.
type partial struct{ *evaluation }

// UnknownAttributePatterns are what is not there yet.
func (p partial) UnknownAttributePatterns() []*cel.AttributePatternType { return p.gaps }

// AsPartialActivation tells CEL so.
func (p partial) AsPartialActivation() (cel.PartialActivation, bool) { return p, true }
