package operator

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/planner/physical"
	"github.com/bixidata/bixi/sql/diag"
)

// hashJoin builds a table over its right input when it is opened and probes it
// with its left input, batch by batch. The right input is read before the left
// one is opened, so that scans on the left find the runtime filters.
type hashJoin struct {
	node        *physical.HashJoin
	env         *Env
	left, right Operator
	leftOpen    bool
	build       *joinBuilder
	keys        *joinKeys
	table       *joinTable
	probe       joinProbe
	spill       *joinSpill // not nil: the right side did not fit the memory
	tail        *joinTail  // the right rows that follow; nil while probing
	leftDone    bool
	shareKey    string // names the table among what the stage's tasks share
	told        joinStats
}

func newHashJoin(n *physical.HashJoin, in []Operator, env *Env) (*hashJoin, error) {
	leftExprs, err := compileList(n.LeftKeys, env)
	if err != nil {
		return nil, err
	}
	rightExprs, err := compileList(n.RightKeys, env)
	if err != nil {
		return nil, err
	}
	residual, err := newPairFilter(n.Residual, len(n.Left.Schema()), env)
	if err != nil {
		return nil, err
	}
	widths, packed := packWidths(n.LeftKeys, n.RightKeys, n.NullSafe)
	if len(n.LeftKeys) > 1 && (n.Kind == physical.LeftAntiNull || n.Kind == physical.LeftMark) {
		packed = false // NULLs are compared key by key
	}
	side := func(exprs *exprList) *joinKeys {
		return &joinKeys{exprs: exprs, packed: packed, widths: widths, nullSafe: n.NullSafe}
	}
	if env.Filters == nil {
		env.Filters = &Filters{}
	}
	j := &hashJoin{shareKey: fmt.Sprintf("join %d", n.ID), node: n, env: env, left: in[0], right: in[1], keys: side(leftExprs)}
	j.build = newJoinBuilder(n, side(rightExprs), neededRight(n, residual), env)
	wantLeft, wantRight := wantedColumns(n)
	j.probe = joinProbe{join: j, residual: residual, limit: env.batchRows(), wantLeft: wantLeft, wantRight: wantRight}
	return j, nil
}

func (j *hashJoin) Open(ctx context.Context) error {
	if err := j.openTable(ctx); err != nil {
		return err
	}
	j.told.opened(j)
	j.leftOpen = true
	if j.spill != nil {
		return j.left.Open(ctx)
	}
	if len(j.table.filters) > 0 {
		j.env.Filters.Publish(j.node.ID, j.table.filters)
	}
	j.probe.open(j.table)
	if j.table.rows == 0 && dropsUnmatched(j.node.Kind) {
		// Nothing can come out; the left input is not even begun.
		j.leftDone, j.leftOpen = true, false
		return nil
	}
	return j.left.Open(ctx)
}

func (j *hashJoin) openTable(ctx context.Context) error {
	if !j.shared() {
		t, err := j.makeTable(ctx)
		j.table = t
		return err
	}
	defer j.told.wait(time.Now())
	v, err := j.env.Shared(j.shareKey, func() (any, error) {
		defer j.told.make(time.Now())
		return j.makeShare(ctx)
	})
	if err != nil {
		return err
	}
	v.(*joinShare).take(j)
	return nil
}

// makeTable runs the right input. It gives no table when the rows had to be
// spilled. After an error nothing stays reserved.
func (j *hashJoin) makeTable(ctx context.Context) (*joinTable, error) {
	j.build.memory = j.env.Memory.Reserve(fmt.Sprintf("hash join %d", j.node.ID))
	j.build.full = j.env.SpillAlways && j.canSpill()
	err := j.right.Open(ctx)
	if err == nil {
		err = j.readRight(ctx)
	}
	if cerr := j.right.Close(); err == nil {
		err = cerr
	}
	if err == nil && j.spill == nil {
		return j.build.finish()
	}
	if err != nil {
		j.build.memory.Free()
	}
	return nil, err
}

func (j *hashJoin) readRight(ctx context.Context) error {
	for {
		b, err := j.right.Next(ctx)
		if err == io.EOF {
			if j.spill != nil {
				return j.spill.endRight(ctx)
			}
			return nil
		}
		if err != nil {
			return err
		}
		if b.Rows() == 0 {
			continue
		}
		err = j.build.add(b)
		if err != nil && j.canSpill() && isMemory(err) {
			if j.spill == nil {
				j.spill = newJoinSpill(j)
			}
			err = j.spill.moveRight(ctx)
		}
		if err != nil {
			return err
		}
	}
}

// canSpill reports whether rows can be spilled at all.
func (j *hashJoin) canSpill() bool { return j.env.Scratch != nil }

// hasParts reports whether the join can be done in partitions. Without keys all
// rows are in one, and comparing NULLs of several keys needs all right rows.
func (j *hashJoin) hasParts() bool {
	if len(j.node.RightKeys) == 0 {
		return false
	}
	nulls := j.node.Kind == physical.LeftAntiNull || j.node.Kind == physical.LeftMark
	return !nulls || len(j.node.RightKeys) == 1 && j.node.Residual == nil
}

// errMany is the error of a left row with several matches where one is allowed.
func (j *hashJoin) errMany() error {
	return diag.Errorf(diag.CodeSubquery, diag.Pos{}, "%s", j.node.Many)
}

func (j *hashJoin) shared() bool { return j.node.Shared && j.env.Shared != nil }

func (j *hashJoin) Next(ctx context.Context) (*batch.Batch, error) {
	if j.spill != nil {
		return j.spill.next(ctx)
	}
	b, err := j.next(ctx)
	if err != nil {
		return nil, err
	}
	return pickColumns(b, j.node.Output), nil
}

// next gives the join's rows with all columns, those not wanted nil.
func (j *hashJoin) next(ctx context.Context) (*batch.Batch, error) {
	for !j.leftDone {
		if out, err := j.probe.next(); out != nil || err != nil {
			return out, err
		}
		b, err := j.left.Next(ctx)
		if err == io.EOF {
			j.leftDone = true
			break
		}
		if err != nil {
			return nil, err
		}
		if b.Rows() == 0 {
			continue
		}
		if err := j.probe.begin(b); err != nil {
			return nil, err
		}
	}
	if !keepsRight(j.node.Kind) {
		return nil, io.EOF
	}
	if j.tail == nil {
		j.tail = &joinTail{probe: &j.probe, left: schemaTypes(j.node.Left)}
	}
	return j.tail.next()
}

func (j *hashJoin) Close() error {
	var err error
	if j.leftOpen {
		err = j.left.Close()
	}
	if j.table != nil && !j.shared() {
		j.table.Close()
	}
	if j.spill != nil {
		if serr := j.spill.close(); err == nil {
			err = serr
		}
	}
	j.table = nil
	return err
}

// Usage is the memory of the table, if this task built it, and what it spilled.
func (j *hashJoin) Usage() (peak, spilled int64) {
	if j.build.memory == nil {
		return 0, 0
	}
	if j.spill != nil {
		spilled = j.spill.bytes
	}
	return j.build.memory.Peak(), spilled
}
