package bind

import (
	"github.com/bixidata/bixi/planner/scalar"
	"github.com/bixidata/bixi/sql/syntax"
	"github.com/bixidata/bixi/udf"
)

// withinGroup binds WITHIN GROUP (ORDER BY …) of the call e: a gains the order,
// and the keys are given, which follow the arguments. In percentile_cont(0.5)
// WITHIN GROUP (ORDER BY x), x is the first argument as well.
func (b *Binder) withinGroup(f *udf.Function, e *syntax.Call, a *scalar.Aggregate, s *exprScope) ([]scalar.Expr, error) {
	if len(e.WithinGroup) == 0 {
		return nil, nil
	}
	if f.Aggregate.Ordering == udf.Unordered {
		return nil, semantic(e.Pos(), "%s does not depend on an order", f.Name).WithHint("leave WITHIN GROUP out")
	}
	var keys []scalar.Expr
	for _, item := range e.WithinGroup {
		key, err := b.expr(item.Expr, s)
		if err != nil {
			return nil, err
		}
		if !key.Type().IsComparable() {
			return nil, semantic(item.Pos(), "%s has no order", key.Type())
		}
		k := sortKey(item)
		a.Order = append(a.Order, scalar.Direction{Desc: k.Desc, NullsFirst: k.NullsFirst})
		keys = append(keys, key)
	}
	if f.Aggregate.Ordering == udf.ByValue {
		if len(keys) != 1 {
			return nil, semantic(e.Pos(), "%s is over one value, so its WITHIN GROUP has one key", f.Name)
		}
		if len(a.Args) == 1 {
			a.Args = append([]scalar.Expr{keys[0]}, a.Args...)
		}
	}
	return keys, nil
}
