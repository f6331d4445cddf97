package rule

import (
	"github.com/bixidata/bixi/planner/logical"
	"github.com/bixidata/bixi/planner/scalar"
)

// existence is a pass over a tree in which the number of equal rows does not
// matter everywhere: not below DISTINCT, nor on the right side of a semi join.
// There an inner join of which one side only decides which rows of the other
// there are is a semi join, and a left join with nothing of its right side is not
// needed.
type existence struct {
	c *Context
	// use is told of each use of a definition: whether equal rows matter there.
	use func(s *logical.Shared, matter bool)
}

// joinsToSemi finds such joins.
func joinsToSemi(c *Context, n logical.Node) (logical.Node, error) {
	x := &existence{c: c, use: func(*logical.Shared, bool) {}}
	return x.rewrite(n, true, logical.IDs(n)), nil
}

// joinsToSemiInside rewrites a definition if equal rows matter to none of its uses.
func joinsToSemiInside(c *Context, d *logical.Definition, users []logical.Node) {
	matter := false
	x := &existence{c: c, use: func(s *logical.Shared, m bool) {
		matter = matter || m && s.Def == d
	}}
	for _, n := range users {
		x.rewrite(n, true, logical.IDs(n))
	}
	if !matter {
		d.Root = x.rewrite(d.Root, false, logical.IDs(d.Root))
	}
}

// rewrite gives n with the columns in need. matter says that equal rows count.
func (x *existence) rewrite(n logical.Node, matter bool, need map[int]bool) logical.Node {
	for _, e := range n.Exprs() {
		matter = matter || x.c.isVolatile(e)
	}
	switch n := n.(type) {
	case *logical.Join:
		return x.join(n, matter, need)
	case *logical.Shared:
		x.use(n, matter)
		return n
	case *logical.Aggregate:
		return x.inputs(n, !x.ignoresDuplicates(n), with(nil, n.Exprs()))
	case *logical.Project:
		return x.inputs(n, matter, with(nil, n.Items))
	case *logical.Union:
		return x.inputs(n, matter, nil)
	case *logical.Filter, *logical.Sort:
		return x.inputs(n, matter, with(need, n.Exprs()))
	case *logical.Expand:
		return x.inputs(n, matter, with(need, n.Exprs()))
	}
	return x.inputs(n, true, nil)
}

// inputs rewrites the inputs of n, of which it needs the columns in need; nil for all.
func (x *existence) inputs(n logical.Node, matter bool, need map[int]bool) logical.Node {
	in := n.Inputs()
	if len(in) == 0 {
		return n
	}
	out := make([]logical.Node, len(in))
	for i, k := range in {
		used := need
		if used == nil {
			used = logical.IDs(k)
		}
		out[i] = x.rewrite(k, matter, used)
	}
	return n.WithInputs(out)
}

func (x *existence) ignoresDuplicates(a *logical.Aggregate) bool {
	for _, g := range a.Aggs {
		f := x.c.Functions.Lookup(g.Name)
		if f == nil || f.Aggregate == nil || !f.Aggregate.IgnoresDuplicates {
			return false
		}
	}
	return true
}

func (x *existence) join(n *logical.Join, matter bool, need map[int]bool) logical.Node {
	j := *n
	used := with(need, n.On)
	if !matter {
		gives := func(side logical.Node) bool { return overlaps(logical.IDs(side), need) }
		switch {
		case j.Kind == logical.Left && !gives(j.R):
			return x.rewrite(j.L, matter, need)
		case j.Kind == logical.Inner && equates(&j) && !gives(j.R):
			j.Kind = logical.Semi
		case j.Kind == logical.Inner && equates(&j) && !gives(j.L):
			j.Kind, j.L, j.R = logical.Semi, j.R, j.L
		}
	}
	left, right := matter, matter
	switch j.Kind {
	case logical.Semi, logical.Anti, logical.AntiNull, logical.Mark:
		right = false
	case logical.Single:
		right = true // more rows than one are an error
	}
	j.L, j.R = x.rewrite(j.L, left, used), x.rewrite(j.R, right, used)
	return &j
}

func overlaps(a, b map[int]bool) bool {
	for id := range a {
		if b[id] {
			return true
		}
	}
	return false
}

// equates reports whether an equality between the sides decides the join.
func equates(j *logical.Join) bool {
	l, r := logical.IDs(j.L), logical.IDs(j.R)
	for _, e := range j.On {
		c, ok := e.(*scalar.Call)
		if !ok || c.Name != "=" {
			continue
		}
		if a, b := c.Args[0], c.Args[1]; overlaps(columnsOf(a), l) && overlaps(columnsOf(b), r) || overlaps(columnsOf(a), r) && overlaps(columnsOf(b), l) {
			return true
		}
	}
	return false
}
