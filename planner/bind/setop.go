package bind

import (
	"github.com/bixidata/bixi/planner/logical"
	"github.com/bixidata/bixi/planner/scalar"
	"github.com/bixidata/bixi/sql/diag"
	"github.com/bixidata/bixi/sql/syntax"
	"github.com/bixidata/bixi/sql/types"
	"slices"
)

// maxBranches bounds the queries that one chain of set operations combines.
const maxBranches = 256

// setOp binds UNION, INTERSECT and EXCEPT.
func (b *Binder) setOp(e *syntax.SetOp, s *scope, from *source) (logical.Node, error) {
	// A chain leans left; walk it iteratively so that hundreds of branches are fine.
	var chain []*syntax.SetOp
	var left syntax.QueryExpr = e
	for {
		op, ok := left.(*syntax.SetOp)
		if !ok {
			break
		}
		chain = append(chain, op)
		left = op.L
	}
	if len(chain) >= maxBranches {
		return nil, diag.Errorf(diag.CodeSetOperation, e.OpPos, "a chain of set operations has %d branches at most", maxBranches).
			WithHint("put some of them in a subquery or a table of their own")
	}
	n, err := b.body(left, s, from)
	for _, op := range slices.Backward(chain) {
		r, bad := b.body(op.R, s, from)
		if err = diag.Join(err, bad); err == nil {
			n, err = b.combine(op, n, r)
		}
	}
	return n, err
}

func (b *Binder) combine(op *syntax.SetOp, l, r logical.Node) (logical.Node, error) {
	lc, rc := l.Columns(), r.Columns()
	if len(lc) != len(rc) {
		return nil, diag.Errorf(diag.CodeSetOperation, op.OpPos, "%s has %d columns on its left and %d on its right", op.Op, len(lc), len(rc))
	}
	ts := make([]types.Type, len(lc))
	for i := range lc {
		t, ok := types.Common(lc[i].Type, rc[i].Type)
		if !ok {
			return nil, diag.Errorf(diag.CodeSetOperation, op.OpPos, "column %d is %s on the left and %s on the right of %s", i+1, lc[i].Type, rc[i].Type, op.Op)
		}
		if ts[i] = t; !t.IsComparable() && (op.Op != syntax.Union || !op.All) {
			return nil, diag.Errorf(diag.CodeSetOperation, op.OpPos, "column %d is %s, whose values cannot be compared", i+1, t).
				WithHint("UNION ALL compares nothing")
		}
	}
	l, r = b.CastColumns(l, ts), b.CastColumns(r, ts)
	if op.Op != syntax.Union || !op.All {
		for i, t := range ts {
			if !t.IsComparable() {
				return nil, diag.Errorf(diag.CodeSetOperation, op.OpPos, "column %d is %s, which %s cannot compare", i+1, t, op.Op)
			}
		}
	}
	if op.Op != syntax.Union {
		if op.All {
			return b.counted(op, l, r), nil
		}
		return b.intersect(op, b.distinct(l), b.distinct(r)), nil
	}
	u := &logical.Union{All: []logical.Node{l, r}}
	if lu, ok := l.(*logical.Union); ok && op.All {
		u.All = append(append([]logical.Node{}, lu.All...), r)
	}
	for i, t := range ts {
		u.Cols = append(u.Cols, b.NewColumn(lc[i].Name, t, lc[i].Required && rc[i].Required))
	}
	if op.All {
		return u, nil
	}
	return b.distinct(u), nil
}

// intersect keeps the rows of l that are (INTERSECT) or are not (EXCEPT) in r;
// NULLs count as equal.
func (b *Binder) intersect(op *syntax.SetOp, l, r logical.Node) logical.Node {
	j := &logical.Join{Kind: logical.Semi, L: l, R: r}
	if op.Op == syntax.Except {
		j.Kind = logical.Anti
	}
	rc := r.Columns()
	for i, c := range l.Columns() {
		j.On = append(j.On, call("<=>", op.OpPos, types.BooleanType, c.Ref(), rc[i].Ref()))
	}
	return j
}

// counted binds INTERSECT ALL and EXCEPT ALL: equal rows are counted on both
// sides, and one of each is repeated as often as the counts say. NULLs are equal.
func (b *Binder) counted(op *syntax.SetOp, l, r logical.Node) logical.Node {
	u := &logical.Union{All: []logical.Node{b.withSides(l, 1, 0), b.withSides(r, 0, 1)}}
	a := &logical.Aggregate{Input: u}
	lc, rc := u.All[0].Columns(), u.All[1].Columns()
	for i, c := range lc {
		col := b.NewColumn(c.Name, c.Type, c.Required && rc[i].Required)
		u.Cols = append(u.Cols, col)
		out := b.NewColumn(c.Name, c.Type, col.Required)
		a.Cols = append(a.Cols, out)
		if i < len(lc)-2 {
			a.Keys = append(a.Keys, col.Ref())
		} else {
			a.Aggs = append(a.Aggs, scalar.Aggregate{Name: "sum", Args: []scalar.Expr{col.Ref()}, Typ: types.BigIntType})
		}
	}
	left, right := a.Cols[len(lc)-2].Ref(), a.Cols[len(lc)-1].Ref()
	count := call("-", op.OpPos, types.BigIntType, left, right)
	if op.Op == syntax.Intersect {
		less := call("<", op.OpPos, types.BooleanType, left, right)
		count = &scalar.Case{Whens: []scalar.Expr{less}, Thens: []scalar.Expr{left}, Else: right, Typ: types.BigIntType}
	}
	return keep(&logical.Repeat{Input: a, Count: count}, len(lc)-2)
}

// withSides adds to n two BIGINT columns of the same value in each row.
func (b *Binder) withSides(n logical.Node, left, right int64) logical.Node {
	p := &logical.Project{Input: n}
	for _, c := range n.Columns() {
		p.Items, p.Cols = append(p.Items, c.Ref()), append(p.Cols, c)
	}
	for _, v := range []int64{left, right} {
		p.Items = append(p.Items, &scalar.Literal{Value: v, Typ: types.BigIntType})
		p.Cols = append(p.Cols, b.NewColumn("_side", types.BigIntType, true))
	}
	return p
}

// CastColumns converts the columns of n to ts.
func (b *Binder) CastColumns(n logical.Node, ts []types.Type) logical.Node {
	cols := n.Columns()
	same := true
	for i := range cols {
		same = same && cols[i].Type.Equal(ts[i])
	}
	if same {
		return n
	}
	p := &logical.Project{Input: n}
	for i, c := range cols {
		p.Items = append(p.Items, b.convert(c.Ref(), ts[i], diag.Pos{}))
		p.Cols = append(p.Cols, b.NewColumn(c.Name, ts[i], c.Required && c.Type.Equal(ts[i])))
	}
	return p
}
