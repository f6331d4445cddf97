package rule

import (
	"github.com/bixidata/bixi/planner/logical"
	"github.com/bixidata/bixi/planner/scalar"
)

// What an aggregation is joined with must be small, and much smaller than the
// number of groups, for the rows to be reduced to its keys first.
const (
	reducerRows  = 1 << 20
	reducerRatio = 4
)

// reduceAggregates lets an aggregation whose groups are joined by their keys with
// few rows see only the rows of those groups: a semi join with the other side
// goes below it.
func reduceAggregates(c *Context, n logical.Node) (logical.Node, error) {
	return logical.Transform(n, func(n logical.Node) logical.Node {
		j, ok := n.(*logical.Join)
		if !ok || j.Apply {
			return n
		}
		switch j.Kind {
		case logical.Inner:
			if out := c.reduceSide(j, 0); out != nil {
				return out
			}
			fallthrough
		case logical.Left, logical.Semi, logical.Anti, logical.Single:
			if out := c.reduceSide(j, 1); out != nil {
				return out
			}
		}
		return n
	}), nil
}

// reduceSide reduces the aggregation on the given side of j, if there is one and
// that pays; nil otherwise.
func (c *Context) reduceSide(j *logical.Join, side int) logical.Node {
	in := j.Inputs()
	groups, other := in[side], in[1-side]
	agg, keys := groupKeys(groups)
	if agg == nil {
		return nil
	}
	if rows := c.Cost.Of(other).Rows; rows > reducerRows || rows*reducerRatio > c.Cost.Of(agg).Rows {
		return nil
	}
	have := logical.IDs(other)
	var key, by []scalar.Expr
	for _, e := range j.On {
		eq, ok := e.(*scalar.Call)
		if !ok || eq.Name != "=" || c.isVolatile(e) {
			continue
		}
		for i, arg := range eq.Args {
			col, ok := arg.(*scalar.Column)
			if ok && keys[col.ID] != nil && logical.Within(eq.Args[1-i], have) && !c.isVolatile(keys[col.ID]) {
				key, by = append(key, keys[col.ID]), append(by, eq.Args[1-i])
				break
			}
		}
	}
	if len(key) == 0 {
		return nil
	}
	other, reducer, to := c.twice(other)
	if reducer == nil {
		return nil
	}
	semi := &logical.Join{Kind: logical.Semi, L: agg.Input, R: reducer}
	for i := range key {
		semi.On = append(semi.On, call("=", key[i], logical.Substitute(by[i], to)))
	}
	var below logical.Node = semi
	if deeper := c.sink(semi, agg.Input); deeper != nil {
		below = deeper
	}
	out := *j
	out.L, out.R = replaceInput(groups, agg, below), other
	if side == 1 {
		out.L, out.R = out.R, out.L
	}
	return &out
}

// twice gives two nodes with the rows of n, computed once unless that is cheap:
// one with n's columns, and one with others, which to puts in their place. They
// are nil if n cannot be copied.
func (c *Context) twice(n logical.Node) (same, other logical.Node, to map[int]scalar.Expr) {
	copied := map[int]logical.Column{}
	root, ok := logical.Renumber(n, func(col logical.Column) logical.Column {
		copied[col.ID] = c.NewColumn(col.Name, col.Type, col.Required)
		return copied[col.ID]
	})
	if !ok {
		return nil, nil, nil
	}
	to = map[int]scalar.Expr{}
	if c.isCheap(n) {
		for id, col := range copied {
			to[id] = col.Ref()
		}
		return n, root, to
	}
	def := &logical.Definition{Name: "keys", Root: root}
	own := &logical.Shared{Def: def, Cols: n.Columns()}
	use := def.Use(func(col logical.Column) logical.Column { return c.NewColumn(col.Name, col.Type, col.Required) })
	for i, col := range own.Cols {
		own.From = append(own.From, copied[col.ID].ID)
		to[col.ID] = use.Cols[i].Ref()
	}
	return own, use, to
}

// groupKeys finds the aggregation behind filters and projections, and which of
// the columns they give are its keys: the key's expression over its input.
func groupKeys(n logical.Node) (*logical.Aggregate, map[int]scalar.Expr) {
	switch n := n.(type) {
	case *logical.Aggregate:
		if _, sets := n.Input.(*logical.Expand); sets || len(n.Always) > 0 {
			return nil, nil
		}
		keys := map[int]scalar.Expr{}
		for i, k := range n.Keys {
			keys[n.Cols[i].ID] = k
		}
		return n, keys
	case *logical.Filter:
		return groupKeys(n.Input)
	case *logical.Project:
		agg, below := groupKeys(n.Input)
		keys := map[int]scalar.Expr{}
		for i, e := range n.Items {
			if col, ok := e.(*scalar.Column); ok && below[col.ID] != nil {
				keys[n.Cols[i].ID] = below[col.ID]
			}
		}
		return agg, keys
	}
	return nil, nil
}

// replaceInput puts in below agg, which stands below the filters and projections n.
func replaceInput(n logical.Node, agg *logical.Aggregate, in logical.Node) logical.Node {
	if n == logical.Node(agg) {
		return agg.WithInputs([]logical.Node{in})
	}
	return n.WithInputs([]logical.Node{replaceInput(n.Inputs()[0], agg, in)})
}
