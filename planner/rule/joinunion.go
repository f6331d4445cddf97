package rule

import (
	"github.com/bixidata/bixi/planner/logical"
	"github.com/bixidata/bixi/planner/scalar"
)

// A side joined with each input of a union must be small beside it.
const (
	unionSideRows  = 1 << 18
	unionSideRatio = 4
)

// joinUnions joins each input of a union with a small side of its own in place of
// joining the union: so the inputs stay apart until rows must meet, and what the
// side's keys rule out is not even read.
func joinUnions(c *Context, n logical.Node) (logical.Node, error) {
	return logical.Transform(n, func(n logical.Node) logical.Node {
		j, ok := n.(*logical.Join)
		if !ok || j.Apply {
			return n
		}
		var out logical.Node
		switch j.Kind {
		case logical.Inner:
			if out = c.joinInputs(j, 0); out == nil {
				out = c.joinInputs(j, 1)
			}
		case logical.Left, logical.Semi, logical.Anti:
			out = c.joinInputs(j, 0)
		}
		if out == nil {
			return n
		}
		return out
	}), nil
}

// joinInputs joins the inputs of the union on the given side of j with the other
// side; nil if there is none or that does not pay.
func (c *Context) joinInputs(j *logical.Join, side int) logical.Node {
	in := j.Inputs()
	u, ok := in[side].(*logical.Union)
	if !ok || len(j.On) == 0 {
		return nil
	}
	for _, e := range j.On {
		if c.isVolatile(e) {
			return nil
		}
	}
	other := in[1-side]
	if rows := c.Cost.Of(other).Rows; rows > unionSideRows || rows*unionSideRatio > c.Cost.Of(u).Rows {
		return nil
	}
	def := &logical.Definition{Name: "side", Root: other}
	out := &logical.Union{Cols: j.Columns()}
	for _, input := range u.All {
		out.All = append(out.All, c.joinInput(j, side, u, input, def))
	}
	return out
}

// joinInput is j with one input of its union in place of the union, giving
// columns of its own.
func (c *Context) joinInput(j *logical.Join, side int, u *logical.Union, input logical.Node, def *logical.Definition) logical.Node {
	use := def.Use(func(col logical.Column) logical.Column { return c.NewColumn(col.Name, col.Type, col.Required) })
	by := map[int]scalar.Expr{}
	for i, col := range input.Columns() {
		by[u.Cols[i].ID] = col.Ref()
	}
	for i, id := range use.From {
		by[id] = use.Cols[i].Ref()
	}
	var right logical.Node = use
	if c.isCheap(def.Root) {
		right = c.inline(use, true)
	}
	one := *j
	one.L, one.R = input, right
	if side == 1 {
		one.L, one.R = right, input
	}
	one.On = logical.Map(j.On, func(e scalar.Expr) scalar.Expr { return logical.Substitute(e, by) })
	p := &logical.Project{Input: &one}
	for _, col := range j.Columns() {
		p.Items = append(p.Items, by[col.ID])
		p.Cols = append(p.Cols, c.NewColumn(col.Name, col.Type, col.Required))
	}
	return p
}
