package logical

import "github.com/bixidata/bixi/planner/scalar"

// Renumber copies the tree n with each column c that it makes replaced by f(c),
// which is called once a column. It reports false if some node cannot be copied.
func Renumber(n Node, f func(Column) Column) (Node, bool) {
	r := &renumbering{fresh: f, cols: map[int]Column{}, by: map[int]scalar.Expr{}}
	return r.node(n)
}

type renumbering struct {
	fresh func(Column) Column
	cols  map[int]Column
	by    map[int]scalar.Expr
}

func (r *renumbering) column(c Column) Column {
	d, ok := r.cols[c.ID]
	if !ok {
		d = r.fresh(c)
		r.cols[c.ID], r.by[c.ID] = d, d.Ref()
	}
	d.Required = c.Required
	return d
}

func (r *renumbering) columns(cols []Column) []Column {
	out := make([]Column, len(cols))
	for i, c := range cols {
		out[i] = r.column(c)
	}
	return out
}

func (r *renumbering) node(n Node) (Node, bool) {
	if in := n.Inputs(); len(in) > 0 {
		out := make([]Node, len(in))
		for i, k := range in {
			var ok bool
			if out[i], ok = r.node(k); !ok {
				return nil, false
			}
		}
		n = n.WithInputs(out)
	}
	n, ok := r.made(n)
	if !ok {
		return nil, false
	}
	return n.MapExprs(func(e scalar.Expr) scalar.Expr { return Substitute(e, r.by) }), true
}

// made renames the columns that n makes.
func (r *renumbering) made(n Node) (Node, bool) {
	switch n := n.(type) {
	case *Scan:
		c := *n
		c.Cols = r.columns(n.Cols)
		return &c, true
	case *Values:
		return &Values{Cols: r.columns(n.Cols), Rows: n.Rows}, true
	case *Project:
		return &Project{Input: n.Input, Items: n.Items, Cols: r.columns(n.Cols)}, true
	case *Aggregate:
		c := *n
		c.Cols = r.columns(n.Cols)
		return &c, true
	case *Union:
		return &Union{All: n.All, Cols: r.columns(n.Cols)}, true
	case *Expand:
		c := *n
		c.Cols, c.Set = r.columns(n.Cols), r.column(n.Set)
		return &c, true
	case *Generate:
		c := *n
		c.Cols = r.columns(n.Cols)
		return &c, true
	case *Window:
		c := *n
		c.Cols = r.columns(n.Cols)
		return &c, true
	case *Script:
		c := *n
		c.Cols = r.columns(n.Cols)
		return &c, true
	case *Shared:
		return &Shared{Def: n.Def, From: n.From, Cols: r.columns(n.Cols)}, true
	case *Join:
		c := *n
		if n.Kind == Mark {
			c.Mark = r.column(n.Mark)
		}
		return &c, true
	case *Filter, *Sort, *Limit, *LimitBy, *Repeat, *Distribute, *SingleRow:
		return n, true
	}
	return nil, false
}
