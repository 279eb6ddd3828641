package policy

import (
	"errors"
	"fmt"
	"math/big"
	"reflect"
	"time"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/common/types/traits"

	"github.com/sallyport/sallyport/internal/action"
)

// appendDeclared adds a name, or of an object the names of its fields. What has
// no type here, such as a list of objects, has no name.
func appendDeclared(out []variable, name string, p action.Param, sizeOf func(action.Param) size) []variable {
	if p.Kind == action.Object {
		for _, f := range p.Fields {
			out = appendDeclared(out, name+"."+f.Name, f, sizeOf)
		}
		return out
	}
	if kind := celType(p); kind != nil {
		out = append(out, variable{name, kind, sizeOf(p), true})
	}
	return out
}

// celType is nil for what conditions cannot speak about.
func celType(p action.Param) *cel.Type {
	switch p.Kind {
	case action.Integer:
		return cel.IntType
	case action.Bool:
		return cel.BoolType
	case action.Money:
		return moneyType
	case action.Decimal:
		return decimalType
	case action.Time:
		return cel.TimestampType
	case action.Object:
		return nil
	case action.List:
		if item := celType(itemOf(p)); item != nil {
			return cel.ListType(item)
		}
		return nil
	default:
		return cel.StringType
	}
}

// itemOf is what a list consists of: texts, when nothing is said.
func itemOf(p action.Param) action.Param {
	if p.Items == nil {
		return action.Param{Name: p.Name, Kind: action.String, Max: p.Max}
	}
	return *p.Items
}

// instant is a time inside CEL. Every canonical time can be read; one that
// cannot stays missing.
func instant(text string) any {
	t, err := time.Parse(time.RFC3339Nano, text)
	if err != nil {
		return types.WrapErr(err)
	}
	return types.Timestamp{Time: t}
}

// listOf is a list inside CEL.
func listOf(values []action.Value) any {
	out := make([]ref.Val, len(values))
	for i := range values {
		out[i] = types.DefaultTypeAdapter.NativeToValue(celValue(values[i]))
	}
	return types.NewRefValList(types.DefaultTypeAdapter, out)
}

// decimalType is CEL's type for decimal numbers: they compare exactly, with one
// another and whatever their scale, and never become a float.
var decimalType = types.NewObjectType("decimal", traits.ComparerType)

type decimalValue struct{ *big.Rat }

var _ traits.Comparer = decimalValue{}

// decimalFunctions are decimal('1.50') and the comparisons.
func decimalFunctions() []cel.EnvOption {
	two := []*cel.Type{decimalType, decimalType}
	options := []cel.EnvOption{
		cel.Function("decimal", cel.Overload("decimal_string", []*cel.Type{cel.StringType}, decimalType, cel.UnaryBinding(parseDecimal))),
	}
	for name, operator := range map[string]string{
		"less_decimal": operators.Less, "less_equals_decimal": operators.LessEquals,
		"greater_decimal": operators.Greater, "greater_equals_decimal": operators.GreaterEquals,
	} {
		options = append(options, cel.Function(operator, cel.Overload(name, two, cel.BoolType)))
	}
	return options
}

// decimal reads "12", "-1.50": no exponent, no fraction, not more than 40 bytes.
func decimal(text string) ref.Val {
	digits := 0
	for i := range len(text) {
		switch c := text[i]; {
		case c >= '0' && c <= '9':
			digits++
		case c != '.' && (c != '-' || i > 0):
			return types.NewErr("%q is no decimal number", text)
		}
	}
	value, ok := new(big.Rat).SetString(text)
	if !ok || digits == 0 || len(text) > 40 {
		return types.NewErr("%q is no decimal number", text)
	}
	return decimalValue{value}
}

func parseDecimal(text ref.Val) ref.Val {
	s, ok := text.Value().(string)
	if !ok {
		return types.MaybeNoSuchOverloadErr(text)
	}
	return decimal(s)
}

// Compare is -1, 0 or 1.
func (d decimalValue) Compare(other ref.Val) ref.Val {
	b, ok := other.(decimalValue)
	if !ok {
		return types.MaybeNoSuchOverloadErr(other)
	}
	return types.Int(d.Cmp(b.Rat))
}

// Equal compares numbers: 1.5 is 1.50.
func (d decimalValue) Equal(other ref.Val) ref.Val {
	b, ok := other.(decimalValue)
	if !ok {
		return types.MaybeNoSuchOverloadErr(other)
	}
	return types.Bool(d.Cmp(b.Rat) == 0)
}

// ConvertToNative is part of ref.Val; decimals do not leave CEL.
func (d decimalValue) ConvertToNative(reflect.Type) (any, error) {
	return nil, errors.New("a decimal has no other form")
}

// ConvertToType is part of ref.Val.
func (d decimalValue) ConvertToType(t ref.Type) ref.Val {
	if t.TypeName() == decimalType.TypeName() {
		return d
	}
	return types.NewErr("a decimal has no other form")
}

// Type is part of ref.Val.
func (d decimalValue) Type() ref.Type { return decimalType }

// Value is part of ref.Val.
func (d decimalValue) Value() any { return d.Rat }

// checkOutside refuses an allow that rests on what somebody outside could have
// written: a ticket's subject must not open anything.
func (c *condition) checkOutside(act *action.Action) error {
	for _, f := range act.Facts {
		for _, field := range f.Fields {
			for _, name := range c.fields {
				if field.Outside && name == f.Name+"."+field.Name {
					return fmt.Errorf("facts.%s can be written from outside (%s says so), so it must not be a reason to allow; a deny may speak about it", name, act.Name)
				}
			}
		}
	}
	return nil
}
