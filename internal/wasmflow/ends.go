package wasmflow

// cutEnds finds the calls that never return, as those of panics, and cuts the
// functions there: the compiler lets such a call run on into whatever stands behind
// it, which would look like a loop with two beginnings.
//
// A function returns if a way through it leads to a return past calls that return
// themselves. One that is not understood, or not in the module, does.
func cutEnds(functions []*function, imported int) {
	returns := make([]bool, len(functions))
	does := func(callee int) bool {
		i := callee - imported
		return i < 0 || i >= len(returns) || returns[i]
	}
	for changed := true; changed; {
		changed = false
		for i, f := range functions {
			if f != nil {
				f.cut(does)
			}
			if !returns[i] && (f == nil || f.returns(does)) {
				returns[i], changed = true, true
			}
		}
	}
}

// cut fills ends.
func (f *function) cut(does func(callee int) bool) {
	for i := range f.ends {
		if n := len(f.parts[i]); n > 0 && f.parts[i][n-1].kind == unwinds {
			callee, calls := called(f.parts[i][:n-1])
			f.ends[i] = calls && !does(callee)
		}
	}
}

// returns reports that the function can return 0, as it does unless it is left to
// unwind the stack.
func (f *function) returns(does func(callee int) bool) bool {
	return f.plain && !f.neverFalls() || !f.cold(does)[0]
}

// neverFalls reports a function without a table that never comes to its end as
// those of the compiler never do.
func (f *function) neverFalls() bool {
	items := f.parts[0]
	return len(items) > 0 && items[len(items)-1].code == opUnreachable
}

// returnsIn reports that a part has a return of 0.
func returnsIn(items []item, does func(callee int) bool) bool {
	for i, it := range items {
		if it.code != opReturn || i > 0 && items[i-1].is(opI32Const, 1) { // to unwind
			continue
		}
		if callee, calls := called(items[:i]); !calls || does(callee) {
			return true
		}
	}
	return false
}

// called is the function whose call the items end with, the stack pointer read
// again behind it or not.
func called(items []item) (callee int, calls bool) {
	n := len(items)
	if n >= 2 && items[n-2].is(opGlobalGet, 0) && items[n-1].is(opLocalSet, 1) {
		n -= 2
	}
	if n == 0 || items[n-1].code != opCall {
		return 0, false
	}
	return items[n-1].arg, true
}
