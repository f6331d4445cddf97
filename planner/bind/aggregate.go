package bind

import (
	"slices"
	"strings"

	"github.com/bixidata/bixi/planner/logical"
	"github.com/bixidata/bixi/planner/scalar"
	"github.com/bixidata/bixi/sql/diag"
	"github.com/bixidata/bixi/sql/syntax"
	"github.com/bixidata/bixi/udf"
)

// aggregation collects the keys and aggregate calls of one SELECT while its
// expressions are bound. An aggregate call is bound to a reference to its column.
type aggregation struct {
	keys    []scalar.Expr
	texts   []string // identities of keys, to find them by
	keyCols []logical.Column
	aggs    []scalar.Aggregate
	aggCols []logical.Column
	// inside is set while an aggregate's arguments are bound: they cannot nest.
	inside bool
	// above are the subqueries of the select list, HAVING and ORDER BY, which see
	// groups; those in the arguments of aggregates see rows.
	above []*logical.Join
	// only, if set, restricts the rows of every aggregate that is bound (PIVOT).
	only scalar.Expr

	// query and names are where the keys were bound; nil without GROUP BY.
	query *syntax.Select
	names *scope
	// sets are the grouping sets and set the number of a row's; nil for one set
	// of all keys.
	sets []keySet
	set  logical.Column
}

// hasAggregates reports whether an aggregate stands in the select list or order.
func (b *Binder) hasAggregates(q *syntax.Select, order ordering) bool {
	found := false
	look := func(e syntax.Expr) {
		syntax.Inspect(e, func(n syntax.Node) bool {
			switch n := n.(type) {
			case *syntax.Query:
				return false
			case *syntax.Call:
				if n.Over == nil {
					f := b.env.Functions.Lookup(n.Name.Name)
					found = found || f != nil && f.Aggregate != nil
				}
			}
			return !found
		})
	}
	for _, item := range q.Items {
		look(item.Expr)
	}
	for _, item := range order.items {
		look(item.Expr)
	}
	if q.Qualify != nil {
		look(q.Qualify)
	}
	return found
}

func keyName(e syntax.Expr) string {
	if ref, ok := e.(*syntax.ColumnRef); ok {
		return strings.ToLower(ref.Parts[len(ref.Parts)-1].Name)
	}
	return "_key"
}

// groupKey binds a key. A name means a column of the input first, then an alias
// of the select list.
func (b *Binder) groupKey(e syntax.Expr, q *syntax.Select, names *scope, rel *logical.Node) (scalar.Expr, error) {
	es := &exprScope{names: names, rel: rel, clause: "GROUP BY"}
	if item := b.groupPosition(e, q); item != nil {
		e = item
	}
	bound, err := b.expr(e, es)
	if err == nil {
		return bound, nil
	}
	if ref, ok := e.(*syntax.ColumnRef); ok && len(ref.Parts) == 1 {
		for _, item := range q.Items {
			if !item.Alias.IsZero() && strings.EqualFold(item.Alias.Name, ref.Parts[0].Name) {
				return b.expr(item.Expr, es)
			}
		}
	}
	return nil, err
}

// key finds the output column of a grouping expression.
func (a *aggregation) key(e scalar.Expr) *logical.Column {
	if i := a.keyIndex(e); i >= 0 {
		return &a.keyCols[i]
	}
	return nil
}

func (a *aggregation) addKey(e scalar.Expr, col logical.Column) {
	a.keys, a.texts, a.keyCols = append(a.keys, e), append(a.texts, scalar.Identity(e)), append(a.keyCols, col)
}

func (a *aggregation) keyIndex(e scalar.Expr) int {
	if len(a.texts) == 0 {
		return -1
	}
	return slices.Index(a.texts, scalar.Identity(e))
}

// aggregateCall binds an aggregate to a reference to the column it will have.
func (b *Binder) aggregateCall(f *udf.Function, e *syntax.Call, s *exprScope) (scalar.Expr, error) {
	if s.aggs.inside {
		return nil, semantic(e.Pos(), "the aggregate %s cannot stand inside another", f.Name)
	}
	s.aggs.inside = true
	defer func() { s.aggs.inside = false }()
	a := scalar.Aggregate{Name: f.Name, Distinct: e.Distinct && !f.Aggregate.IgnoresDuplicates, Line: e.Pos().Line, Col: e.Pos().Col}
	if !(len(e.Args) == 1 && isStar(e.Args[0])) {
		args, err := b.exprs(e.Args, s)
		if err != nil {
			return nil, err
		}
		a.Args = args
	} else if f.Name != "count" {
		return nil, semantic(e.Pos(), "%s does not take *", f.Name)
	} else if e.Distinct {
		return nil, semantic(e.Pos(), "COUNT(DISTINCT *) is not defined").WithHint("name the columns")
	}
	if a.Distinct {
		for _, x := range a.Args {
			if !x.Type().IsComparable() {
				return nil, semantic(e.Pos(), "%s cannot be made DISTINCT", x.Type())
			}
		}
	}
	order, err := b.withinGroup(f, e, &a, s)
	if err != nil {
		return nil, err
	}
	sig, err := f.Bind(b.args(a.Args))
	if err != nil {
		return nil, At(err, e.Pos())
	}
	for i := range a.Args {
		a.Args[i] = b.convert(a.Args[i], sig.Args[i], e.Pos())
	}
	a.Args = append(a.Args, order...)
	a.Typ = sig.Returns
	if e.Filter != nil {
		if a.Filter, err = b.condition(e.Filter, s); err != nil {
			return nil, err
		}
	}
	if s.aggs.only != nil {
		a.Filter = scalar.And(append([]scalar.Expr{s.aggs.only}, conjuncts(a.Filter)...))
	}
	identity := a.Identity()
	for i := range s.aggs.aggs {
		if s.aggs.aggs[i].Identity() == identity {
			return s.aggs.aggCols[i].Ref(), nil
		}
	}
	col := b.NewColumn(f.Name, a.Typ, f.Aggregate.EmptyIsZero)
	s.aggs.aggs = append(s.aggs.aggs, a)
	s.aggs.aggCols = append(s.aggs.aggCols, col)
	return col.Ref(), nil
}

func isStar(e syntax.Expr) bool {
	_, ok := e.(*syntax.Star)
	return ok
}

// aggregate puts the Aggregate node (and HAVING) over rel and rewrites the
// outputs to read its columns.
func (b *Binder) aggregate(agg *aggregation, rel logical.Node, outs []output, having []scalar.Expr, keys []orderKey, q *syntax.Select) (logical.Node, error) {
	input := logical.IDs(rel)
	n := &logical.Aggregate{Input: rel, Keys: agg.keys, Aggs: agg.aggs}
	n.Cols = append(append(n.Cols, agg.keyCols...), agg.aggCols...)
	if agg.sets != nil {
		n = b.expand(agg, rel)
	}
	var bad error
	rewrite := func(e scalar.Expr, pos diag.Pos) scalar.Expr {
		out := agg.overOutput(e)
		scalar.Walk(out, func(e scalar.Expr) bool {
			if c, ok := e.(*scalar.Column); ok && input[c.ID] && bad == nil {
				bad = semantic(pos, "column %s is neither a GROUP BY key nor inside an aggregate", c.Name).
					WithHint("add it to GROUP BY, or wrap it in MAX() or ANY_VALUE()")
			}
			return bad == nil
		})
		return out
	}
	for i := range outs {
		pos := q.Pos()
		if outs[i].from != nil {
			pos = outs[i].from.Pos()
		}
		if outs[i].at.IsValid() {
			pos = outs[i].at
		}
		outs[i].expr = rewrite(outs[i].expr, pos)
	}
	pos := q.Pos()
	if q.Having != nil {
		pos = q.Having.Pos()
	}
	for i := range having {
		having[i] = rewrite(having[i], pos)
	}
	for i := range keys {
		if keys[i].out < 0 {
			keys[i].Expr = rewrite(keys[i].Expr, q.Pos())
		}
	}
	if bad != nil {
		return nil, bad
	}
	out := agg.subqueriesOver(n, func(e scalar.Expr) scalar.Expr { return rewrite(e, q.Pos()) })
	if bad != nil {
		return nil, bad
	}
	if len(having) > 0 {
		out = &logical.Filter{Input: out, Conds: scalar.Conjuncts(scalar.And(having))}
	}
	return out, nil
}

// overOutput replaces grouping expressions in e by the columns they became.
func (a *aggregation) overOutput(e scalar.Expr) scalar.Expr {
	if c := a.key(e); c != nil {
		return c.Ref()
	}
	kids := e.Children()
	if len(kids) == 0 {
		return e
	}
	out := make([]scalar.Expr, len(kids))
	for i, k := range kids {
		out[i] = a.overOutput(k)
	}
	return e.WithChildren(out)
}
