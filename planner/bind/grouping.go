package bind

import (
	"math/bits"
	"slices"

	"github.com/bixidata/bixi/planner/logical"
	"github.com/bixidata/bixi/planner/scalar"
	"github.com/bixidata/bixi/sql/diag"
	"github.com/bixidata/bixi/sql/syntax"
	"github.com/bixidata/bixi/sql/types"
)

const (
	// maxGroupingSets bounds the sets of one GROUP BY: each reads all rows anew.
	maxGroupingSets = 4096
	// maxGroupingKeys bounds the keys, so that GROUPING__ID is a BIGINT.
	maxGroupingKeys = 63
)

// keySet is a set of grouping keys by position.
type keySet uint64

// groupingSets binds the elements of GROUP BY: agg gains the keys, and the sets
// if there is more to do than to group by all keys.
func (b *Binder) groupingSets(agg *aggregation, q *syntax.Select, names *scope, rel *logical.Node) error {
	if len(q.GroupBy) == 0 {
		return nil
	}
	agg.query, agg.names = q, names
	sets, plain := []keySet{0}, true
	var errs []error
	for _, g := range q.GroupBy {
		more, err := b.groupItem(agg, g, rel)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		plain = plain && g.Kind == syntax.GroupExprs
		var product []keySet
		for _, s := range sets {
			for _, m := range more {
				product = append(product, s|m)
			}
		}
		if sets = product; len(sets) > maxGroupingSets {
			return tooManySets(g.Pos())
		}
	}
	if plain || len(errs) > 0 {
		return diag.Join(errs...)
	}
	if len(agg.keys) > maxGroupingKeys {
		return semantic(q.GroupBy[0].Pos(), "grouping sets have %d keys at most", maxGroupingKeys)
	}
	if len(sets) > 1 || sets[0] != 1<<len(agg.keys)-1 {
		agg.sets = sets
		agg.set = b.NewColumn("grouping__id", types.BigIntType, true)
	}
	return nil
}

func tooManySets(pos diag.Pos) error {
	return semantic(pos, "GROUP BY asks for more than %d grouping sets", maxGroupingSets)
}

// groupItem gives the sets that one element of GROUP BY stands for.
func (b *Binder) groupItem(agg *aggregation, g *syntax.GroupItem, rel *logical.Node) ([]keySet, error) {
	if g.Kind == syntax.GroupExprs {
		var s keySet
		err := diag.Each(g.Exprs, func(_ int, e syntax.Expr) error {
			k, err := b.groupingKey(agg, e, rel)
			s |= 1 << k
			return err
		})
		return []keySet{s}, err
	}
	var parts [][]keySet
	for _, item := range g.Sets {
		sets, err := b.groupItem(agg, item, rel)
		if err != nil {
			return nil, err
		}
		if item.Kind != syntax.GroupExprs && g.Kind != syntax.GroupSets {
			return nil, semantic(item.Pos(), "%s cannot stand inside %s", item.Kind, g.Kind)
		}
		parts = append(parts, sets)
	}
	switch g.Kind {
	case syntax.GroupRollup:
		return rollup(parts), nil
	case syntax.GroupCube:
		if 1<<min(len(parts), 30) > maxGroupingSets {
			return nil, tooManySets(g.Pos())
		}
		return cube(parts), nil
	}
	return slices.Concat(parts...), nil
}

// rollup gives the prefixes of parts, the longest first.
func rollup(parts [][]keySet) []keySet {
	out := []keySet{0}
	for _, p := range parts {
		out = append(out, out[len(out)-1]|p[0])
	}
	slices.Reverse(out)
	return out
}

// cube gives all subsets of parts, the fullest first.
func cube(parts [][]keySet) []keySet {
	out := []keySet{0}
	for _, p := range slices.Backward(parts) {
		with := make([]keySet, len(out))
		for i, s := range out {
			with[i] = s | p[0]
		}
		out = append(with, out...)
	}
	return out
}

// groupingKey binds a key and gives its position among the keys.
func (b *Binder) groupingKey(agg *aggregation, e syntax.Expr, rel *logical.Node) (int, error) {
	bound, err := b.groupKey(e, agg.query, agg.names, rel)
	if err != nil {
		return 0, err
	}
	if !bound.Type().IsComparable() {
		return 0, semantic(e.Pos(), "%s cannot be grouped by", bound.Type())
	}
	if i := agg.keyIndex(bound); i >= 0 {
		return i, nil
	}
	agg.addKey(bound, b.NewColumn(keyName(e), bound.Type(), false))
	return len(agg.keys) - 1, nil
}

// constantKey gives the output column of e if that is a constant which is a key
// of some grouping sets only, so that nothing around it is folded: where it is not
// a key, it is NULL.
func (s *exprScope) constantKey(e scalar.Expr) scalar.Expr {
	l, ok := e.(*scalar.Literal)
	if !ok || l.Value == nil || s.aggs == nil || s.aggs.sets == nil || s.aggs.inside || s.clause == insideWindow {
		return e
	}
	if c := s.aggs.key(e); c != nil {
		return c.Ref()
	}
	return e
}

// expand makes the node that aggregates rel by the grouping sets.
func (b *Binder) expand(agg *aggregation, rel logical.Node) *logical.Aggregate {
	rel, keys := b.computed(rel, agg.keys)
	x := &logical.Expand{Input: rel, Keys: keys, Set: b.NewColumn("_set", types.BigIntType, true)}
	n := &logical.Aggregate{Input: x, Aggs: agg.aggs}
	for i, k := range keys {
		col := b.NewColumn(agg.keyCols[i].Name, k.Type(), false)
		x.Cols = append(x.Cols, col)
		n.Keys = append(n.Keys, col.Ref())
	}
	n.Keys = append(n.Keys, x.Set.Ref())
	n.Cols = append(append(append(n.Cols, agg.keyCols...), agg.set), agg.aggCols...)
	for i, s := range agg.sets {
		x.Sets = append(x.Sets, s.keys())
		if s == 0 {
			row := make([]types.Datum, len(keys)+1)
			row[len(keys)] = int64(i)
			n.Always = append(n.Always, row)
		}
	}
	return n
}

// keys lists the positions of s.
func (s keySet) keys() []int {
	out := make([]int, 0, bits.OnesCount64(uint64(s)))
	for ; s != 0; s &= s - 1 {
		out = append(out, bits.TrailingZeros64(uint64(s)))
	}
	return out
}

// computed gives rel with those of the expressions that are no columns as
// columns, so that they are evaluated once a row.
func (b *Binder) computed(rel logical.Node, es []scalar.Expr) (logical.Node, []scalar.Expr) {
	p := &logical.Project{Input: rel}
	for _, c := range rel.Columns() {
		p.Items, p.Cols = append(p.Items, c.Ref()), append(p.Cols, c)
	}
	plain := len(p.Cols)
	out := make([]scalar.Expr, len(es))
	for i, e := range es {
		out[i] = e
		if _, ok := e.(*scalar.Column); !ok {
			c := b.NewColumn("_key", e.Type(), false)
			p.Items, p.Cols = append(p.Items, e), append(p.Cols, c)
			out[i] = c.Ref()
		}
	}
	if len(p.Cols) == plain {
		return rel, out
	}
	return p, out
}

// groupingCall binds GROUPING(k), and GROUPING_ID(k, …), whose first key is the
// highest bit. A bit is 1 where the key is not part of the row's grouping set.
func (b *Binder) groupingCall(e *syntax.Call, name string, s *exprScope) (scalar.Expr, error) {
	if s.aggs == nil || s.aggs.query == nil || s.aggs.inside {
		return nil, semantic(e.Pos(), "%s needs GROUP BY and cannot stand in %s", name, s.clause)
	}
	if e.Distinct || e.Filter != nil || e.Over != nil || len(e.WithinGroup) > 0 {
		return nil, semantic(e.Pos(), "%s takes grouping keys only", name)
	}
	if name == "grouping" && len(e.Args) != 1 {
		return nil, diag.Errorf(diag.CodeArgument, e.Pos(), "grouping takes one grouping key, not %d", len(e.Args)).WithHint("use GROUPING_ID")
	}
	if len(e.Args) == 0 {
		return b.groupingID(s.aggs, e.Pos())
	}
	var keys []int
	for _, a := range e.Args {
		bound, err := b.groupKey(a, s.aggs.query, s.aggs.names, nil)
		if err != nil {
			return nil, err
		}
		k := s.aggs.keyIndex(bound)
		if k < 0 {
			return nil, semantic(a.Pos(), "the argument of %s is not a GROUP BY key", name)
		}
		keys = append(keys, k)
	}
	return b.groupingBits(s.aggs, keys, e.Pos())
}

// groupingID binds GROUPING__ID: the bits of all keys in their order.
func (b *Binder) groupingID(agg *aggregation, pos diag.Pos) (scalar.Expr, error) {
	keys := make([]int, len(agg.keys))
	for i := range keys {
		keys[i] = i
	}
	return b.groupingBits(agg, keys, pos)
}

func (b *Binder) groupingBits(agg *aggregation, keys []int, pos diag.Pos) (scalar.Expr, error) {
	if len(keys) > maxGroupingKeys {
		return nil, semantic(pos, "more than %d keys do not fit a BIGINT", maxGroupingKeys)
	}
	by := map[int64][]types.Datum{} // the sets with a value
	var order []int64
	for i, s := range agg.sets {
		var v int64
		for _, k := range keys {
			v <<= 1
			if s>>k&1 == 0 {
				v |= 1
			}
		}
		if by[v] == nil {
			order = append(order, v)
		}
		by[v] = append(by[v], int64(i))
	}
	literal := func(v int64) scalar.Expr { return &scalar.Literal{Value: v, Typ: types.BigIntType} }
	if len(order) == 0 {
		return literal(0), nil
	}
	last := len(order) - 1
	if last == 0 {
		return literal(order[0]), nil
	}
	c := &scalar.Case{Else: literal(order[last]), Typ: types.BigIntType}
	for _, v := range order[:last] {
		c.Whens = append(c.Whens, &scalar.In{Arg: agg.set.Ref(), List: by[v]})
		c.Thens = append(c.Thens, literal(v))
	}
	return c, nil
}
