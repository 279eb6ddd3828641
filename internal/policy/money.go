package policy

import (
	"errors"
	"reflect"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/common/types/traits"

	"github.com/sallyport/sallyport/internal/money"
)

// moneyType is CEL's type for amounts: they add, subtract and compare within
// one currency, and anything else is an error, which is never a yes.
var moneyType = types.NewObjectType("money", traits.AdderType, traits.SubtractorType, traits.ComparerType)

// moneyValue is an amount inside CEL.
type moneyValue struct{ money.Amount }

var (
	_ traits.Adder      = moneyValue{}
	_ traits.Subtractor = moneyValue{}
	_ traits.Comparer   = moneyValue{}
)

// moneyFunctions are money('50 USD') and the operators on amounts.
func moneyFunctions() []cel.EnvOption {
	two := []*cel.Type{moneyType, moneyType}
	options := []cel.EnvOption{
		cel.Function("money", cel.Overload("money_string", []*cel.Type{cel.StringType}, moneyType, cel.UnaryBinding(parseMoney))),
		cel.Function(operators.Add, cel.Overload("add_money", two, moneyType)),
		cel.Function(operators.Subtract, cel.Overload("subtract_money", two, moneyType)),
	}
	for name, operator := range map[string]string{
		"less_money": operators.Less, "less_equals_money": operators.LessEquals,
		"greater_money": operators.Greater, "greater_equals_money": operators.GreaterEquals,
	} {
		options = append(options, cel.Function(operator, cel.Overload(name, two, cel.BoolType)))
	}
	return options
}

func parseMoney(text ref.Val) ref.Val {
	s, ok := text.Value().(string)
	if !ok {
		return types.MaybeNoSuchOverloadErr(text)
	}
	amount, err := money.Parse(s)
	if err != nil {
		return types.WrapErr(err)
	}
	return moneyValue{amount}
}

// Add is a + b.
func (m moneyValue) Add(other ref.Val) ref.Val {
	return m.with(other, func(b money.Amount) (ref.Val, error) {
		sum, err := m.Amount.Add(b)
		return moneyValue{sum}, err
	})
}

// Subtract is a - b.
func (m moneyValue) Subtract(other ref.Val) ref.Val {
	return m.with(other, func(b money.Amount) (ref.Val, error) {
		difference, err := m.Sub(b)
		return moneyValue{difference}, err
	})
}

// Compare is -1, 0 or 1.
func (m moneyValue) Compare(other ref.Val) ref.Val {
	return m.with(other, func(b money.Amount) (ref.Val, error) {
		order, err := m.Cmp(b)
		return types.Int(order), err
	})
}

// Equal is an error too when the currencies differ: "not equal" would be a
// statement about two amounts that cannot be compared.
func (m moneyValue) Equal(other ref.Val) ref.Val {
	return m.with(other, func(b money.Amount) (ref.Val, error) {
		order, err := m.Cmp(b)
		return types.Bool(order == 0), err
	})
}

func (m moneyValue) with(other ref.Val, apply func(money.Amount) (ref.Val, error)) ref.Val {
	b, ok := other.(moneyValue)
	if !ok {
		return types.MaybeNoSuchOverloadErr(other)
	}
	result, err := apply(b.Amount)
	if err != nil {
		return types.WrapErr(err)
	}
	return result
}

// ConvertToNative is part of ref.Val; amounts do not leave CEL.
func (m moneyValue) ConvertToNative(reflect.Type) (any, error) {
	return nil, errors.New("an amount has no other form")
}

// ConvertToType is part of ref.Val.
func (m moneyValue) ConvertToType(t ref.Type) ref.Val {
	if t.TypeName() == moneyType.TypeName() {
		return m
	}
	return types.NewErr("an amount has no other form")
}

// Type is part of ref.Val.
func (m moneyValue) Type() ref.Type { return moneyType }

// Value is part of ref.Val.
func (m moneyValue) Value() any { return m.Amount }
