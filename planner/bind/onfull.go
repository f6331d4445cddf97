package bind

import (
	"maps"
	"slices"

	"github.com/bixidata/bixi/planner/logical"
	"github.com/bixidata/bixi/planner/scalar"
	"github.com/bixidata/bixi/sql/syntax"
	"github.com/bixidata/bixi/sql/types"
)

// fullPairs gives the full join j on conds, in which subqueries read columns of
// both sides: the left join, and the rows of the right side that match nothing.
// The subqueries are computed once for all combinations of the values they read.
func (b *Binder) fullPairs(j *logical.Join, subqueries []*logical.Join, conds []scalar.Expr, at syntax.Expr) (logical.Node, error) {
	if len(logical.Free(j.L))+len(logical.Free(j.R)) > 0 {
		return nil, unsupported(at.Pos(), "a subquery about both sides in the ON of a join that itself refers to an outer query")
	}
	f := &fullJoin{b: b, at: at, conds: conds, keys: map[int]scalar.Expr{}}
	reads := map[int]bool{}
	for _, a := range subqueries {
		maps.Copy(reads, readsOutside(a))
	}
	f.l, f.r = common(reads, j.L), common(reads, j.R)
	f.left, f.right = b.Share("side", j.L), b.Share("side", j.R)
	var combinations logical.Node = &logical.Join{Kind: logical.Inner, L: b.distinctIn(f.left, f.l, f.keys), R: b.distinctIn(f.right, f.r, f.keys)}
	put := func(e scalar.Expr) scalar.Expr { return logical.Substitute(e, f.keys) }
	for _, a := range subqueries {
		own := *a
		own.L, own.On = combinations, logical.Map(a.On, put)
		own.R = logical.Transform(a.R, func(n logical.Node) logical.Node { return n.MapExprs(put) })
		combinations = &own
	}
	f.pairs = b.Share("pairs", combinations)

	out := &logical.Union{}
	l, r := nullable(j.L.Columns()), nullable(j.R.Columns())
	out.Cols = slices.Concat(l, r)
	first, by := f.join(logical.Left, f.left, f.right, f.l, f.r)
	out.All = append(out.All, b.renamed(first, out.Cols, by))
	second, by := f.join(logical.Anti, f.right, f.left, f.r, f.l)
	for _, c := range l {
		by[c.ID] = &scalar.Literal{Typ: c.Type}
	}
	out.All = append(out.All, b.renamed(second, out.Cols, by))
	return out, nil
}

// fullJoin is a full join taken apart.
type fullJoin struct {
	b           *Binder
	at          syntax.Expr
	conds       []scalar.Expr
	left, right *logical.Definition
	l, r        []logical.Column // what the subqueries read
	// pairs has what the subqueries gave for the combinations of keys, which are the
	// columns of l and r there.
	pairs *logical.Definition
	keys  map[int]scalar.Expr
}

// join joins the side one with the pairs of the side other, of which the
// subqueries read the columns of and with. by says where the columns of all are.
func (f *fullJoin) join(kind logical.JoinKind, one, other *logical.Definition, of, with []logical.Column) (j logical.Node, by map[int]scalar.Expr) {
	by = map[int]scalar.Expr{}
	use := func(d *logical.Definition) logical.Node {
		s := f.b.Use(d)
		for i, id := range s.From {
			by[id] = s.Cols[i].Ref()
		}
		return s
	}
	l, r, pairs := use(one), use(other), use(f.pairs)
	put := func(e scalar.Expr) scalar.Expr { return logical.Substitute(e, by) }
	same := func(cols []logical.Column) (out []scalar.Expr) {
		for _, c := range cols {
			out = append(out, call("<=>", f.at.Pos(), types.BooleanType, put(c.Ref()), put(f.keys[c.ID])))
		}
		return out
	}
	r = &logical.Join{Kind: logical.Inner, L: r, R: pairs, On: same(with)}
	return &logical.Join{Kind: kind, L: l, R: r, On: append(same(of), logical.Map(f.conds, put)...)}, by
}

// renamed gives cols, which by tells over n, under fresh numbers.
func (b *Binder) renamed(n logical.Node, cols []logical.Column, by map[int]scalar.Expr) logical.Node {
	p := &logical.Project{Input: n}
	for _, c := range cols {
		p.Items, p.Cols = append(p.Items, by[c.ID]), append(p.Cols, b.NewColumn(c.Name, c.Type, false))
	}
	return p
}

func nullable(cols []logical.Column) []logical.Column {
	out := slices.Clone(cols)
	for i := range out {
		out[i].Required = false
	}
	return out
}
