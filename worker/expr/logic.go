package expr

import (
	"strings"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/planner/scalar"
	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/udf/kernel"
)

// connectiveOp is AND or OR of any number of operands.
type connectiveOp struct {
	or   bool
	args []*node
}

func (c *compiler) connective(name string, e *scalar.Call) (*node, error) {
	args, err := c.all(operands(name, e))
	if err != nil {
		return nil, err
	}
	n := summary(types.BooleanType, &connectiveOp{or: name == "or", args: args}, len(args), args...)
	return c.node(key(name, args...), n), nil
}

// operands flattens a tree of one connective.
func operands(name string, e *scalar.Call) []scalar.Expr {
	var out []scalar.Expr
	for _, a := range e.Args {
		if k, ok := a.(*scalar.Call); ok && strings.EqualFold(k.Name, name) {
			out = append(out, operands(name, k)...)
		} else {
			out = append(out, a)
		}
	}
	return out
}

func (o *connectiveOp) eval(f *frame) (*batch.Column, error) {
	first, err := f.value(o.args[0])
	if err != nil {
		return nil, err
	}
	t := kernel.TruthOf(flat(first), f.rows)
	for _, a := range o.args[1:] {
		u, stop, err := o.operand(f, a, t)
		if err != nil {
			return nil, err
		}
		if stop {
			break
		}
		if o.or {
			t.Or(u)
		} else {
			t.And(u)
		}
	}
	return t.Column(), nil
}

// operand evaluates a where t, the result so far, leaves it open, or everywhere
// if that is simpler and a cannot fail. If no row is open, stop is true.
func (o *connectiveOp) operand(f *frame, a *node, t kernel.Truth) (u kernel.Truth, stop bool, err error) {
	decided := t.False
	if o.or {
		decided = t.True
	}
	open := f.rows - decided.Count(f.rows)
	if open == 0 {
		return u, true, nil
	}
	if open == f.rows || f.memo[a.id] != nil || !a.fails && (open > f.rows/8 || a.cost < 4) {
		c, err := f.value(a)
		if err != nil {
			return u, false, err
		}
		return kernel.TruthOf(flat(c), f.rows), false, nil
	}
	undecided := decided.Clone(f.rows)
	kernel.Not(undecided, undecided)
	rows := undecided.Selected(f.rows, make([]int32, 0, open+64))
	c, err := f.only(rows).value(a)
	if err != nil {
		return u, false, err
	}
	part := kernel.TruthOf(flat(c), len(rows))
	// Rows that are decided take any value without consequence: NULL here.
	u = kernel.TruthOf(batch.NullColumn(types.BooleanType, f.rows), f.rows)
	for k, i := range rows {
		u.True.SetTo(int(i), part.True.Get(k))
		u.False.SetTo(int(i), part.False.Get(k))
	}
	return u, false, nil
}

// flat is c without dictionary.
func flat(c *batch.Column) *batch.Column {
	if c.Enc == batch.Dict {
		return batch.Flatten(c)
	}
	return c
}
