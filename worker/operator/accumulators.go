package operator

import (
	"errors"
	"fmt"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/planner/physical"
	"github.com/bixidata/bixi/planner/scalar"
	"github.com/bixidata/bixi/sql/diag"
	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/udf"
)

// aggCall is one aggregate of the operator.
type aggCall struct {
	fn     *udf.Aggregate
	call   *udf.Call
	pos    diag.Pos
	args   []int // positions among the operator's expressions
	filter int   // likewise; -1: none
	likes  []int // aggregates of the same rows and the same argument, a column
	states []types.Type
}

// bindAggregates resolves the aggregates of a node. Unless it takes states, their
// arguments and filters are appended to exprs.
func bindAggregates(n *physical.HashAggregate, exprs []scalar.Expr, env *Env) ([]aggCall, []scalar.Expr, error) {
	calls := make([]aggCall, len(n.Aggs))
	for i, a := range n.Aggs {
		fn := env.Functions.Lookup(a.Name)
		if fn == nil || fn.Aggregate == nil {
			return nil, nil, diag.Errorf(diag.CodeFunctionMissing, diag.Pos{Line: a.Line, Col: a.Col}, "%s is no aggregate function", a.Name)
		}
		if a.Distinct && !fn.Aggregate.IgnoresDuplicates && len(a.Order) == 0 {
			return nil, nil, fmt.Errorf("operator: the planner left DISTINCT in %s", a)
		}
		call := &udf.Call{Session: env.Session, Distinct: a.Distinct}
		for _, d := range a.Order {
			call.Order = append(call.Order, udf.Direction(d))
		}
		call.Returns = a.Typ
		for _, e := range a.Args {
			call.Args = append(call.Args, e.Type())
			lit, isConst := e.(*scalar.Literal)
			call.IsConst = append(call.IsConst, isConst)
			if isConst {
				call.Consts = append(call.Consts, lit.Value)
			} else {
				call.Consts = append(call.Consts, nil)
			}
		}
		c := aggCall{fn: fn.Aggregate, call: call, pos: diag.Pos{Line: a.Line, Col: a.Col}, filter: -1, states: n.States[i]}
		if !n.Phase.TakesStates() {
			for _, e := range a.Args {
				c.args = append(c.args, len(exprs))
				exprs = append(exprs, e)
			}
			if a.Filter != nil {
				c.filter = len(exprs)
				exprs = append(exprs, a.Filter)
			}
		}
		for k, b := range n.Aggs {
			if k != i && sameRows(a, b) {
				c.likes = append(c.likes, k)
			}
		}
		calls[i] = c
	}
	return calls, exprs, nil
}

// sameRows reports aggregates of the same column, over all rows.
func sameRows(a, b scalar.Aggregate) bool {
	if len(a.Args) != 1 || len(b.Args) != 1 || len(a.Order)+len(b.Order) > 0 || a.Distinct || b.Distinct || a.Filter != nil || b.Filter != nil {
		return false
	}
	x, ok := a.Args[0].(*scalar.Column)
	y, same := b.Args[0].(*scalar.Column)
	return ok && same && x.ID == y.ID
}

// accumulators are the states of a set of groups, one accumulator an aggregate.
type accumulators struct {
	calls []aggCall
	accs  []udf.Accumulator
	args  []*batch.Column
	kept  []int32
	ids   []int32
}

func newAccumulators(calls []aggCall) *accumulators {
	a := &accumulators{calls: calls, accs: make([]udf.Accumulator, len(calls))}
	for i, c := range calls {
		a.accs[i] = c.fn.New(c.call)
	}
	for i, c := range calls {
		for _, k := range c.likes {
			if of, ok := a.accs[k].(udf.Viewed); ok {
				if v := of.View(a.accs[i]); v != nil {
					a.accs[i] = v
					break
				}
			}
		}
	}
	return a
}

func (a *accumulators) resize(groups int) {
	for _, acc := range a.accs {
		acc.Resize(groups)
	}
}

func (a *accumulators) size() int64 {
	var n int64
	for _, acc := range a.accs {
		n += acc.Size()
	}
	return n
}

// update adds rows; cols are the operator's expressions.
func (a *accumulators) update(ids []int32, cols []*batch.Column) error {
	for i := range a.calls {
		c := &a.calls[i]
		groups := ids
		args := a.args[:0]
		for _, k := range c.args {
			args = append(args, cols[k])
		}
		a.args = args
		if c.filter >= 0 {
			groups = a.restrict(cols[c.filter], ids, args)
			if len(groups) == 0 {
				continue
			}
		}
		if err := a.accs[i].Update(groups, args); err != nil {
			return at(err, c.pos)
		}
	}
	return nil
}

// restrict keeps the rows for which cond is true.
func (a *accumulators) restrict(cond *batch.Column, ids []int32, args []*batch.Column) []int32 {
	cond = batch.Flatten(cond)
	a.kept = batch.And(cond.Bits(), cond.Valid, cond.N).Selected(cond.N, a.kept[:0])
	a.ids = a.ids[:0]
	for _, r := range a.kept {
		a.ids = append(a.ids, ids[r])
	}
	for k, c := range args {
		args[k] = batch.Take(c, a.kept)
	}
	return a.ids
}

// merge adds partial states; cols are the state columns of all aggregates.
func (a *accumulators) merge(ids []int32, cols []*batch.Column) error {
	for i := range a.calls {
		c := &a.calls[i]
		if err := a.accs[i].Merge(ids, cols[:len(c.states)]); err != nil {
			return at(err, c.pos)
		}
		cols = cols[len(c.states):]
	}
	return nil
}

// state gives the partial states of groups [from, to).
func (a *accumulators) state(from, to int) ([]*batch.Column, error) {
	var out []*batch.Column
	for i, acc := range a.accs {
		cols, err := acc.State(from, to)
		if err != nil {
			return nil, at(err, a.calls[i].pos)
		}
		out = append(out, cols...)
	}
	return out, nil
}

// final gives the results of groups [from, to).
func (a *accumulators) final(from, to int) ([]*batch.Column, error) {
	out := make([]*batch.Column, len(a.accs))
	for i, acc := range a.accs {
		c, err := acc.Final(from, to)
		if err != nil {
			return nil, at(err, a.calls[i].pos)
		}
		out[i] = c
	}
	return out, nil
}

// at gives a user's error the place in the statement that it lacks.
func at(err error, pos diag.Pos) error {
	var e *diag.Error
	if pos.IsValid() && errors.As(err, &e) && !e.Pos.IsValid() {
		placed := *e
		placed.Pos = pos
		return &placed
	}
	return err
}
