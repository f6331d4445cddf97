package rule

import (
	"github.com/bixidata/bixi/planner/logical"
	"github.com/bixidata/bixi/planner/scalar"
)

// join pushes the bindings into the sides of a join that refer to them, and into
// those whose unmatched rows are given for each binding.
func (d *domain) join(n *logical.Join) (logical.Node, binding, error) {
	if n.Apply {
		// With the bindings on its left, the Apply refers to nothing further out.
		l, by, err := d.push(n.L)
		if err != nil {
			return nil, nil, err
		}
		own := n.MapExprs(by.in).(*logical.Join)
		own.L, own.R = l, by.within(n.R)
		return own, by, nil
	}
	inL, inR := refersTo(n.L, d.set), refersTo(n.R, d.set)
	switch {
	case n.Kind == logical.Right:
		swapped := *n
		swapped.Kind, swapped.L, swapped.R = logical.Left, n.R, n.L
		return d.join(&swapped)
	case n.Kind == logical.Inner && inR && !inL:
		r, by, err := d.push(n.R)
		if err != nil {
			return nil, nil, err
		}
		own := n.MapExprs(by.in).(*logical.Join)
		own.R = r
		return own, by, nil
	}
	l, by, err := d.push(n.L)
	if err != nil {
		return nil, nil, err
	}
	own := n.MapExprs(by.in).(*logical.Join)
	own.L = l
	if !inR && n.Kind != logical.Full {
		return own, by, nil
	}
	r, right, err := d.push(n.R)
	if err != nil {
		return nil, nil, err
	}
	own.R = r
	own.On = append(append([]scalar.Expr{}, own.On...), d.equal(by, right)...)
	if n.Kind == logical.Full {
		out, all := d.either(own, by, right)
		return out, all, nil
	}
	return own, by, nil
}

// either gives the binding of the side of a full join that has a row.
func (d *domain) either(n *logical.Join, l, r binding) (logical.Node, binding) {
	out := binding{}
	var items []scalar.Expr
	var cols []logical.Column
	for _, id := range d.outer {
		c := l[id]
		out[id] = d.c.NewColumn(c.Name, c.Type, c.Required)
		items = append(items, &scalar.Call{Name: "coalesce", Args: []scalar.Expr{c.Ref(), r[id].Ref()}, Typ: c.Type})
		cols = append(cols, out[id])
	}
	return passThrough(n, n.Columns(), items, cols), out
}
