package action

import (
	"fmt"
	"maps"
	"slices"
)

// Undo is an effect's compensation: another effect of the same catalog.
type Undo struct {
	Action string
	Args   map[string]string // the compensation's argument -> "args.item" or "facts.subscription.price"
}

// undoSource is an action's undo as it is written.
type undoSource struct {
	Action string            `yaml:"action"`
	Args   map[string]string `yaml:"args"`
}

// undo reads an action's compensation. What it is made of was known when the
// effect was done; a fact's field may have been absent, and then it cannot be
// undone.
func (b *actionCompiler) undo() {
	src := b.src.Undo
	if src == nil {
		return
	}
	to := b.catalog.byName[src.Action]
	if !b.action.Effect || to == nil || !to.Effect || to.Upload {
		b.add(".undo.action", "must be an effect of this catalog, of an effect", quoted(src.Action))
		return
	}
	for _, name := range slices.Sorted(maps.Keys(src.Args)) {
		p, known := to.Param(name)
		r, ok := parseRef(src.Args[name])
		if !known || !ok || b.action.kindOf(r) != p.Kind {
			b.add(".undo.args."+name, "must give an argument of "+to.Name+" args.name or facts.fact.field of the same kind", quoted(src.Args[name]))
		}
	}
	for _, p := range to.Params {
		if _, given := src.Args[p.Name]; p.Required && !given {
			b.add(".undo.args", "must give "+p.Name+" of "+to.Name, nil)
		}
	}
	b.action.Undo = &Undo{Action: src.Action, Args: src.Args}
}

// UndoCall is the call that undoes an effect, from its arguments and the facts it
// was done with. The error says what is not known, or that nothing undoes it.
func (c *Catalog) UndoCall(a *Action, args Args, facts Facts) (Call, *Action, error) {
	if a.Undo == nil {
		return Call{}, nil, fmt.Errorf("%s has no undo in its catalog", a.Name)
	}
	out := make(Args, len(a.Undo.Args))
	for name, text := range a.Undo.Args {
		r, _ := parseRef(text)
		v, ok := a.op.find(r, args, facts)
		if !ok {
			return Call{}, nil, fmt.Errorf("undo %s: %s is not known", a.Name, text)
		}
		if v.Kind == Money {
			v.Text = ""
		}
		out[name] = v
	}
	call, act, err := c.named(a.Undo.Action, out)
	if err != nil {
		return Call{}, nil, fmt.Errorf("undo %s: %w", a.Name, err)
	}
	return call, act, nil
}

// named is the call of an action with these arguments, as Match reads it.
func (c *Catalog) named(name string, args Args) (Call, *Action, error) {
	request, err := c.Build(name, args)
	if err != nil {
		return Call{}, nil, err
	}
	call, act, mismatch := c.Match(request)
	if mismatch != nil {
		return Call{}, nil, fmt.Errorf("%s: %s", name, mismatch.Reason)
	}
	return call, act, nil
}
