package rule

import (
	"github.com/bixidata/bixi/planner/logical"
)

// semiKeeps is the estimated part of the rows that a semi join must drop for it
// to be worth applying before the inner joins it stood above.
const semiKeeps = 0.5

// pushSemiJoins moves a selective semi join below the inner joins of its left
// side, to the one relation whose columns it reads.
func pushSemiJoins(c *Context, n logical.Node) (logical.Node, error) {
	return logical.Transform(n, func(n logical.Node) logical.Node {
		j, ok := n.(*logical.Join)
		if !ok || j.Kind != logical.Semi {
			return n
		}
		if out := c.sink(j, j.L); out != nil {
			return out
		}
		return n
	}), nil
}

// sink applies the semi join j at the deepest inner-join input below into that
// gives all columns it reads and is reduced by it; nil if there is none.
func (c *Context) sink(j *logical.Join, into logical.Node) logical.Node {
	in, ok := into.(*logical.Join)
	if !ok || in.Kind != logical.Inner {
		return nil
	}
	right := logical.IDs(j.R)
	for i, side := range in.Inputs() {
		have := logical.IDs(side)
		for id := range right {
			have[id] = true
		}
		fits := true
		for _, e := range j.On {
			fits = fits && logical.Within(e, have)
		}
		if !fits {
			continue
		}
		out := *in
		moved := *j
		moved.L = side
		var below logical.Node = &moved
		if deeper := c.sink(j, side); deeper != nil {
			below = deeper
		} else if c.Cost.Of(&moved).Rows > semiKeeps*c.Cost.Of(side).Rows {
			return nil
		}
		if i == 0 {
			out.L = below
		} else {
			out.R = below
		}
		return &out
	}
	return nil
}
