package policy

import (
	"errors"

	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"
)

var (
	errNotEqual  = errors.New("amounts have no !=; write !(a == b)")
	errInside    = errors.New("an amount cannot stand inside a list or a map; compare amounts one by one")
	errUntypable = errors.New("dyn() and type() take the types away that conditions are checked by")
)

// checkMoney refuses the places where CEL swallows the error of two currencies:
// a != b is true when a == b is an error, and lists and maps take elements that
// cannot be compared for equal ones. A rule with such a condition would allow
// what it cannot evaluate.
func checkMoney(tree *ast.AST) error {
	var problems []error
	isMoney := func(e ast.Expr) bool { return tree.GetType(e.ID()).TypeName() == moneyType.TypeName() }
	refuse := func(err error, among []ast.Expr) {
		for _, e := range among {
			if isMoney(e) {
				problems = append(problems, err)
				return
			}
		}
	}
	ast.PreOrderVisit(tree.Expr(), ast.NewExprVisitor(func(e ast.Expr) {
		switch e.Kind() {
		case ast.CallKind:
			switch e.AsCall().FunctionName() {
			case operators.NotEquals:
				refuse(errNotEqual, e.AsCall().Args())
			case "dyn", "type":
				problems = append(problems, errUntypable)
			}
		case ast.ListKind:
			refuse(errInside, e.AsList().Elements())
		case ast.MapKind:
			for _, entry := range e.AsMap().Entries() {
				refuse(errInside, []ast.Expr{entry.AsMapEntry().Key(), entry.AsMapEntry().Value()})
			}
		default:
			// Nothing else takes amounts: texts, names and macros over lists, whose
			// own parts are visited in their turn.
		}
	}))
	return errors.Join(problems...)
}
