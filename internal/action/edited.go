package action

import (
	"bytes"
	"maps"
	"slices"

	"github.com/sallyport/sallyport/internal/reason"
)

// Edited is the arguments of a resolved call with some of them as a person wrote
// them, by name; args is not changed. They are read as strictly as an agent's, and
// only what the catalog marks as editable may differ. The hint is for a person.
func (c *Catalog) Edited(a *Action, args Args, set map[string]string) (Args, *Mismatch) {
	out := maps.Clone(args)
	for _, name := range slices.Sorted(maps.Keys(set)) {
		i := slices.IndexFunc(a.op.params, func(p param) bool { return p.Name == name && p.Editable })
		if i < 0 {
			return nil, &Mismatch{Reason: reason.InputUnlisted, Field: cutField(name), Hint: "nobody may change this"}
		}
		if _, given := args[name]; !given && set[name] == "" {
			continue // it is still not there
		}
		v, ok := a.op.params[i].fromText(set[name])
		if !ok {
			return nil, &Mismatch{Reason: reason.InputInvalid, Field: name, Hint: "it must be " + a.op.params[i].hint()}
		}
		out[name] = v
	}
	if _, err := c.Build(a.Name, out); err != nil {
		return nil, &Mismatch{Reason: reason.InputInvalid, Hint: err.Error()}
	}
	return out, nil
}

// Changed are the names of the arguments that differ, sorted.
func (a Args) Changed(b Args) []string {
	var out []string
	for _, name := range slices.Sorted(maps.Keys(a)) {
		if v, ok := b[name]; !ok || !v.equal(a[name]) {
			out = append(out, name)
		}
	}
	for name := range b {
		if _, ok := a[name]; !ok {
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return out
}

func (v Value) equal(other Value) bool {
	return bytes.Equal(appendValue(nil, v, true), appendValue(nil, other, true))
}

// Choices are the only texts that a value of the argument can be; nil for any.
func (p *Param) Choices() []string {
	switch p.Kind {
	case Enum:
		return p.Values
	case Bool:
		return []string{"true", "false"}
	default:
		return nil
	}
}
