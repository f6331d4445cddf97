package bind

import (
	"strings"

	"github.com/bixidata/bixi/planner/scalar"
	"github.com/bixidata/bixi/sql/diag"
	"github.com/bixidata/bixi/sql/syntax"
	"github.com/bixidata/bixi/sql/types"
)

func (b *Binder) logical(e *syntax.Logical, s *exprScope) (scalar.Expr, error) {
	terms := make([]scalar.Expr, len(e.Terms))
	err := diag.Each(e.Terms, func(i int, t syntax.Expr) error {
		x, err := b.expr(t, s)
		if err != nil {
			return err
		}
		terms[i], err = b.boolean(x, t.Pos(), string(e.Op))
		return err
	})
	if err != nil {
		return nil, err
	}
	return b.chain(strings.ToLower(string(e.Op)), e.OpPos, terms), nil
}

// chain joins terms into a balanced tree of name, so that long chains stay shallow.
func (b *Binder) chain(name string, pos diag.Pos, terms []scalar.Expr) scalar.Expr {
	if len(terms) == 1 {
		return terms[0]
	}
	mid := len(terms) / 2
	return b.fold(call(name, pos, types.BooleanType, b.chain(name, pos, terms[:mid]), b.chain(name, pos, terms[mid:])))
}

func (b *Binder) is(e *syntax.Is, s *exprScope) (scalar.Expr, error) {
	x, err := b.expr(e.X, s)
	if err != nil {
		return nil, err
	}
	name := "is_" + strings.ToLower(string(e.What))
	if e.What != syntax.IsNull {
		if x, err = b.boolean(x, e.X.Pos(), "IS "+string(e.What)); err != nil {
			return nil, err
		}
	} else if e.Not {
		return b.fold(call("is_not_null", e.OpPos, types.BooleanType, x)), nil
	}
	c := b.fold(call(name, e.OpPos, types.BooleanType, x))
	if e.Not {
		c = b.fold(call("not", e.OpPos, types.BooleanType, c))
	}
	return c, nil
}

func (b *Binder) inList(e *syntax.InList, s *exprScope) (scalar.Expr, error) {
	if row, ok := e.X.(*syntax.Row); ok {
		return b.inRows(e, row, s)
	}
	x, err := b.expr(e.X, s)
	if err != nil {
		return nil, err
	}
	items, err := b.exprs(e.List, s)
	if err != nil {
		return nil, err
	}
	if in, ok := b.constantIn(x, items, e.Not); ok {
		return b.fold(in), nil
	}
	terms := make([]scalar.Expr, len(items))
	for i, item := range items {
		if terms[i], err = b.compare(syntax.OpEq, e.List[i].Pos(), x, item); err != nil {
			return nil, err
		}
	}
	return b.negated(e.Not, e.OpPos, b.chain("or", e.OpPos, terms)), nil
}

func (b *Binder) negated(not bool, pos diag.Pos, e scalar.Expr) scalar.Expr {
	if not {
		return b.fold(call("not", pos, types.BooleanType, e))
	}
	return e
}

// constantIn is an In if all items are constants that compare in x's own type.
func (b *Binder) constantIn(x scalar.Expr, items []scalar.Expr, negate bool) (scalar.Expr, bool) {
	t := x.Type()
	if !t.IsComparable() || t.IsNested() || t.Kind == types.Null {
		return nil, false
	}
	in := &scalar.In{Arg: x, Negate: negate}
	for _, item := range items {
		common, ok := types.Comparison(t, item.Type())
		if !ok {
			return nil, false
		}
		_, same := b.comparands(x, item, common, diag.Pos{})
		lit, isLit := same.(*scalar.Literal)
		if !isLit || !lit.Typ.Equal(t) {
			// An integer item may be of a narrower or wider type than the column.
			if !isLit || !lit.Typ.IsInteger() || !t.IsInteger() {
				return nil, false
			}
		}
		in.List = append(in.List, lit.Value)
	}
	return in, true
}

// inRows is (a, b) IN ((1, 2), …).
func (b *Binder) inRows(e *syntax.InList, row *syntax.Row, s *exprScope) (scalar.Expr, error) {
	left, err := b.exprs(row.Items, s)
	if err != nil {
		return nil, err
	}
	var terms []scalar.Expr
	for _, item := range e.List {
		r, ok := item.(*syntax.Row)
		if !ok || len(r.Items) != len(left) {
			return nil, semantic(item.Pos(), "a row of %d values is needed here", len(left))
		}
		right, err := b.exprs(r.Items, s)
		if err != nil {
			return nil, err
		}
		eqs := make([]scalar.Expr, len(left))
		for i := range left {
			if eqs[i], err = b.compare(syntax.OpEq, r.Items[i].Pos(), left[i], right[i]); err != nil {
				return nil, err
			}
		}
		terms = append(terms, b.chain("and", e.OpPos, eqs))
	}
	return b.negated(e.Not, e.OpPos, b.chain("or", e.OpPos, terms)), nil
}

func (b *Binder) like(e *syntax.Like, s *exprScope) (scalar.Expr, error) {
	x, err := b.expr(e.X, s)
	if err != nil {
		return nil, err
	}
	var terms []scalar.Expr
	for _, p := range e.Patterns {
		pattern, err := b.expr(p, s)
		if err != nil {
			return nil, err
		}
		args := []scalar.Expr{x, pattern}
		if e.Escape != nil {
			esc, err := b.expr(e.Escape, s)
			if err != nil {
				return nil, err
			}
			args = append(args, esc)
		}
		term, err := b.apply(strings.ToLower(string(e.Op)), e.OpPos, args)
		if err != nil {
			return nil, err
		}
		terms = append(terms, term)
	}
	name := "or"
	if e.Quant == syntax.QuantAll {
		name = "and"
	}
	return b.negated(e.Not, e.OpPos, b.chain(name, e.OpPos, terms)), nil
}
