package policy

import (
	"errors"
	"strconv"
	"strings"
)

// The functions that models may call. Casbin hands over whatever a model names;
// anything but what they expect is an error, and an error is a deny.
var errArguments = errors.New("the model calls a function with other arguments than it takes")

// permitsFunction is permits(r.in, ROLE, EFFECT): whether the token leaves rules of a
// role with this effect.
func permitsFunction(args ...any) (any, error) {
	if len(args) != 3 {
		return false, errArguments
	}
	v, ok := args[0].(*evaluation)
	role, isText := args[1].(string)
	effect, isEffect := args[2].(string)
	if !ok || !isText || !isEffect {
		return false, errArguments
	}
	return v.engine.permits(&v.in.Identity, role, effect != "deny"), nil
}

// matchesFunction is matches(ACTION, PATTERN).
func matchesFunction(args ...any) (any, error) {
	if len(args) != 2 {
		return false, errArguments
	}
	name, ok := args[0].(string)
	pattern, isText := args[1].(string)
	if !ok || !isText {
		return false, errArguments
	}
	return matchesAction(pattern, name), nil
}

// conditionFunction is condition(r.in, KEY): whether the condition of a rule is
// true. The key is the rule's place in the file, which Casbin holds instead of the
// condition's text.
func conditionFunction(args ...any) (any, error) {
	if len(args) != 2 {
		return false, errArguments
	}
	v, ok := args[0].(*evaluation)
	key, isText := args[1].(string)
	if !ok || !isText {
		return false, errArguments
	}
	index, err := strconv.Atoi(key)
	if err != nil || index < 0 || index >= len(v.engine.ordered) {
		return false, errArguments
	}
	return v.evaluate(index), nil
}

// matchesAction says whether an action's name fits a pattern: "*", "stripe.*", or
// the name itself.
func matchesAction(pattern, name string) bool {
	if prefix, ok := strings.CutSuffix(pattern, "*"); ok {
		return strings.HasPrefix(name, prefix)
	}
	return pattern == name
}
