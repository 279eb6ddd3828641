package policy

import (
	"errors"
	"strconv"
	"strings"
)

// The functions that models may call. Casbin hands over whatever a model names;
// anything but what they expect is an error, and an error is a deny.
var errArguments = errors.New("the model calls a function with other arguments than it takes")

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

// matchesAction knows "*", "stripe.*" and exact names.
func matchesAction(pattern, name string) bool {
	if prefix, ok := strings.CutSuffix(pattern, "*"); ok {
		return strings.HasPrefix(name, prefix)
	}
	return pattern == name
}
