package operator

import (
	"context"
	"errors"
	"io"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/planner/physical"
	"github.com/bixidata/bixi/planner/scalar"
	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/worker/memory"
)

// aggregate is the hash aggregation of a node in any phase.
//
// The groups of the rows seen live in a groupSet. When memory runs short a
// partial aggregation gives out what it has and starts afresh; the others spill
// the set as a run ordered by hash and merge the runs at the end (see
// aggregate_spill.go). A partial aggregation that does not reduce its input
// stops grouping.
type aggregate struct {
	input
	env     *Env
	phase   physical.Phase
	number  int // among the aggregations of the plan
	ordered bool
	keys    int
	keyType []types.Type
	calls   []aggCall
	exprs   *exprList    // keys, arguments, filters; nil where states are taken
	always  *batch.Batch // keys of groups that need no rows; nil for none

	mem *memory.Reservation
	set *groupSet
	// spares takes the set at the end.
	spares *spareGroups
	out    groupSource // groups being given out; nil while input is taken
	runs   []*run

	rows    int64 // taken into sets
	groups  int64 // given out of them
	passing bool  // rows are no longer grouped
	ended   bool
	spilled int64
	short   bool // memory ran short: groups were given out before the end
}

// keyBatch makes a batch of rows of keys; nil for none.
func keyBatch(ts []types.Type, rows [][]types.Datum) *batch.Batch {
	if len(rows) == 0 {
		return nil
	}
	cols := make([]*batch.Column, len(ts))
	for i, t := range ts {
		b := batch.NewBuilder(t)
		for _, r := range rows {
			b.AppendDatum(r[i])
		}
		cols[i] = b.Finish()
	}
	return batch.New(len(rows), cols...)
}

// groupSource gives batches of groups until io.EOF.
type groupSource interface {
	next(ctx context.Context) (*batch.Batch, error)
	close() error
}

func newAggregate(n *physical.HashAggregate, in []Operator, env *Env) (*aggregate, error) {
	env.aggregations++
	a := &aggregate{input: input{in[0]}, env: env, phase: n.Phase, keys: len(n.Keys), number: env.aggregations}
	a.ordered = n.Ordered && !n.Phase.GivesStates()
	for _, k := range n.Keys {
		a.keyType = append(a.keyType, k.Type())
	}
	calls, exprs, err := bindAggregates(n, append([]scalar.Expr(nil), n.Keys...), env)
	if err != nil {
		return nil, err
	}
	a.calls = calls
	a.always = keyBatch(a.keyType, n.Always)
	if !n.Phase.TakesStates() {
		a.exprs, err = compileList(exprs, env)
	}
	return a, err
}

func (a *aggregate) Open(ctx context.Context) error {
	a.mem = a.env.Memory.Reserve("HashAggregate")
	a.set = newGroupSet(a.keyType, a.calls)
	if a.keys > 0 {
		a.spares = a.env.spareGroups(a.number)
		if spare := a.spares.take(); spare != nil && a.mem.Resize(spare.size()) {
			a.set.reuse(spare)
		}
	}
	return a.in.Open(ctx)
}

func (a *aggregate) Usage() (int64, int64) { return a.mem.Peak(), a.spilled }

func (a *aggregate) Close() error {
	var err error
	if a.out != nil {
		err = a.out.close()
	}
	for _, r := range a.runs {
		err = errors.Join(err, r.remove())
	}
	if a.set != nil {
		a.spares.put(a.set)
	}
	a.set, a.out, a.runs = nil, nil, nil
	if a.mem != nil {
		a.mem.Free()
	}
	return errors.Join(err, a.in.Close())
}

func (a *aggregate) Next(ctx context.Context) (*batch.Batch, error) {
	for {
		if a.out != nil {
			b, err := a.out.next(ctx)
			if err != io.EOF {
				return b, err
			}
			if err := a.out.close(); err != nil {
				return nil, err
			}
			a.out = nil
			if a.ended {
				return nil, io.EOF
			}
			a.renew()
		}
		if a.ended {
			return nil, io.EOF
		}
		b, err := a.in.Next(ctx)
		if err == io.EOF {
			if err := a.end(ctx); err != nil {
				return nil, err
			}
			continue
		}
		if err != nil {
			return nil, err
		}
		if b.Rows() == 0 {
			continue
		}
		if a.passing {
			return a.pass(b)
		}
		if err := a.take(ctx, b); err != nil {
			return nil, err
		}
	}
}

func (a *aggregate) report(s *physical.Stats) {
	if a.passing {
		s.Note("partial aggregation given up: nine of ten rows were groups of their own", 1)
	}
	if a.short {
		s.Note("memory ran short: groups were given out before all rows were seen", 1)
	}
	if a.spilled > 0 {
		s.Note("memory ran short: groups were spilled and merged by their hashes", 1)
	}
}

// columns gives the key columns and those that the accumulators take.
func (a *aggregate) columns(b *batch.Batch) (keys, rest []*batch.Column, err error) {
	if a.phase.TakesStates() {
		b = b.Dense()
		return b.Columns[:a.keys], b.Columns[a.keys:], nil
	}
	cols, err := a.exprs.eval(b)
	if err != nil {
		return nil, nil, err
	}
	return cols[:a.keys], cols, nil
}

// take adds a batch to the set, after making room for it.
func (a *aggregate) take(ctx context.Context, b *batch.Batch) error {
	keys, rest, err := a.columns(b)
	if err != nil {
		return err
	}
	n := b.Rows()
	if need := a.need(keys, n); a.set.full() || !a.env.reserve(a.mem, need) {
		switch {
		case a.keys == 0:
		case a.phase.GivesStates() && a.set.len() > 0:
			// Give out what is there, and b with it: the next set begins empty.
			a.mem.Must(need - a.mem.Held())
			if err := a.add(keys, rest, n); err != nil {
				return err
			}
			a.short = true
			a.flush()
			return nil
		default:
			if err := a.spill(ctx); err != nil {
				return err
			}
			need = a.need(keys, n)
		}
		if !a.mem.Resize(need) {
			a.mem.Must(need - a.mem.Held()) // the least with which there is progress
		}
	}
	if err := a.add(keys, rest, n); err != nil {
		return err
	}
	return a.afterTake(ctx)
}

// need is the bytes to hold the set after n more rows. Where the set may be
// spilled or put in order, the columns which that takes are part of it.
func (a *aggregate) need(keys []*batch.Column, n int) int64 {
	need := a.set.size() + a.set.growth(keys, n)
	if !a.phase.GivesStates() && a.keys > 0 {
		need += a.set.outputSize(a.set.len() + n)
	}
	return need
}

func (a *aggregate) add(keys, rest []*batch.Column, n int) error {
	a.rows += int64(n)
	return a.set.add(keys, rest, n, a.phase.TakesStates())
}

// passRows is how many rows a partial aggregation looks at before it judges
// whether grouping is worth while.
const passRows = 100_000

// afterTake decides whether a partial aggregation goes on grouping, and spills
// in tests.
func (a *aggregate) afterTake(ctx context.Context) error {
	switch {
	case a.keys == 0:
	case a.phase.GivesStates() && a.rows >= passRows && 10*(a.groups+int64(a.set.len())) > 9*a.rows:
		a.passing = true
		a.flush()
	case !a.env.SpillAlways:
	case a.phase.GivesStates():
		a.flush()
	default:
		return a.spill(ctx)
	}
	return nil
}

// flush gives out the groups of a partial aggregation before the input's end.
func (a *aggregate) flush() {
	a.groups += int64(a.set.len())
	a.out = &partialGroups{set: a.set, step: a.env.batchRows()}
}

// renew makes an empty set in the place of one that was given out or spilled.
func (a *aggregate) renew() {
	a.set = newGroupSet(a.keyType, a.calls)
	a.mem.Resize(0)
}

// pass gives each row as a group of its own.
func (a *aggregate) pass(b *batch.Batch) (*batch.Batch, error) {
	keys, rest, err := a.columns(b)
	if err != nil {
		return nil, err
	}
	n := b.Rows()
	if a.phase.TakesStates() {
		return batch.New(n, append(append([]*batch.Column(nil), keys...), rest...)...), nil
	}
	accs := newAccumulators(a.calls)
	accs.resize(n)
	if err := accs.update(a.set.rowIDs(n), rest); err != nil {
		return nil, err
	}
	states, err := accs.state(0, n)
	if err != nil {
		return nil, err
	}
	return batch.New(n, append(append([]*batch.Column(nil), keys...), states...)...), nil
}

// end turns to output when the input has ended.
func (a *aggregate) end(ctx context.Context) error {
	a.ended = true
	if a.keys == 0 {
		a.set.need(1)
	}
	if a.always != nil {
		a.set.ensure(a.always.Columns, a.always.N)
	}
	if len(a.runs) > 0 {
		if err := a.spill(ctx); err != nil {
			return err
		}
		return a.mergeRuns(ctx)
	}
	if a.phase.GivesStates() {
		a.flush()
		return nil
	}
	if a.ordered && a.set.len() > 1 {
		// The result is made whole, so that it can be put in order; need counted it.
		cols, err := a.set.result()
		if err != nil {
			return err
		}
		a.out = &orderedGroups{cols: cols, perm: a.set.hashOrder(), step: a.env.batchRows()}
		return nil
	}
	a.out = &finalGroups{set: a.set, step: a.env.batchRows()}
	return nil
}
