package lower

import (
	"github.com/bixidata/bixi/planner/logical"
	"github.com/bixidata/bixi/planner/physical"
)

// A union's inputs each have their own tasks. What stands above a union and
// works row by row, or in halves, is lowered into each input (a branch), so that
// rows first meet where they must: behind the exchange of an aggregation, say.

// branches lowers n like lower, but the plan may be one of several branches,
// which the caller must meet by each or by union.
func (l *Lowerer) branches(n logical.Node, want need, ordered bool) (*plan, error) {
	u, ok := n.(*logical.Union)
	if !ok {
		p, err := l.lowerNode(n, want, ordered)
		if err == nil {
			l.expect(n, p)
		}
		return p, err
	}
	out, single := &plan{cols: n.Columns()}, true
	for _, in := range u.All {
		p, err := l.lower(in, logical.IDs(in), ordered)
		if err != nil {
			return nil, err
		}
		own := append([]logical.Column{}, in.Columns()...)
		for i := range own {
			own[i].Name = u.Cols[i].Name
		}
		b := *l.arrange(p, own)
		b.cols, b.dist.keys = u.Cols, renamed(p.dist.keys, refs(own), u.Cols)
		single = single && b.dist.single
		out.rows += p.rows
		out.branches = append(out.branches, &b)
	}
	if single {
		return out.union(func(b *plan) *plan { return b }), nil
	}
	return out, nil
}

// each puts a node over p, or over each of its branches.
func (p *plan) each(f func(p *plan) *plan) *plan {
	if p.branches == nil {
		return f(p)
	}
	var out *plan
	for _, b := range p.branches {
		q := f(b)
		if out == nil {
			out = &plan{cols: q.cols}
		}
		out.rows += q.rows
		out.branches = append(out.branches, q)
	}
	return out
}

// union reads the branches one after the other, which move brings to where the
// same rows meet.
func (p *plan) union(move func(p *plan) *plan) *plan {
	if p.branches == nil {
		return move(p)
	}
	u, out := &physical.Union{}, *p
	for _, b := range p.branches {
		b = move(b)
		u.All = append(u.All, b.node)
		out.dist = b.dist
	}
	out.node, out.branches = u, nil
	return &out
}
