package bind

import (
	"github.com/bixidata/bixi/planner/scalar"
	"github.com/bixidata/bixi/sql/diag"
	"github.com/bixidata/bixi/sql/syntax"
	"github.com/bixidata/bixi/sql/types"
)

func (b *Binder) caseExpr(e *syntax.Case, s *exprScope) (scalar.Expr, error) {
	var operand scalar.Expr
	if e.Operand != nil {
		var err error
		if operand, err = b.expr(e.Operand, s); err != nil {
			return nil, err
		}
	}
	c := &scalar.Case{}
	values := []scalar.Expr{}
	for _, w := range e.Whens {
		cond, err := b.expr(w.Cond, s)
		if err != nil {
			return nil, err
		}
		if operand != nil {
			cond, err = b.compare(syntax.OpEq, w.Pos(), operand, cond)
		} else {
			cond, err = b.boolean(cond, w.Cond.Pos(), "WHEN")
		}
		if err != nil {
			return nil, err
		}
		then, err := b.expr(w.Then, s)
		if err != nil {
			return nil, err
		}
		c.Whens = append(c.Whens, cond)
		values = append(values, then)
	}
	var last scalar.Expr = &scalar.Literal{Typ: types.NullType}
	if e.Else != nil {
		var err error
		if last, err = b.expr(e.Else, s); err != nil {
			return nil, err
		}
	}
	values = append(values, last)
	t, err := commonOf(values, e.Pos(), "the branches of CASE")
	if err != nil {
		return nil, err
	}
	for i := range values {
		values[i] = b.convert(values[i], t, e.Pos())
	}
	c.Thens, c.Else, c.Typ = values[:len(values)-1], values[len(values)-1], t
	return b.fold(c), nil
}

func commonOf(es []scalar.Expr, pos diag.Pos, what string) (types.Type, error) {
	t := types.NullType
	for _, e := range es {
		u, ok := types.Common(t, e.Type())
		if !ok {
			return t, semantic(pos, "%s have no common type: %s and %s", what, t, e.Type())
		}
		t = u
	}
	return t, nil
}
