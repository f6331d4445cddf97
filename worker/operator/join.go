package operator

import (
	"context"
	"fmt"
	"io"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/planner/physical"
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
	tail        *joinTail // the right rows that follow; nil while probing
	leftDone    bool
	shareKey    string // names the table among what the stage's tasks share
	wanted      map[int]bool
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
	j := &hashJoin{wanted: wantedColumns(n.Output), shareKey: fmt.Sprintf("join %d", n.ID), node: n, env: env, left: in[0], right: in[1], keys: side(leftExprs)}
	j.build = newJoinBuilder(n, side(rightExprs), neededRight(n, residual), nil)
	j.probe = joinProbe{join: j, residual: residual, limit: env.batchRows()}
	return j, nil
}

// neededRight tells which right columns the output or the residual needs.
func neededRight(n *physical.HashJoin, residual *pairFilter) []bool {
	needs := make([]bool, len(n.Right.Schema()))
	wanted := wantedColumns(n.Output)
	base := len(n.Left.Schema())
	if n.Kind == physical.RightSemi || n.Kind == physical.RightAnti {
		base = 0
	}
	for i := range needs {
		needs[i] = givesRight(n.Kind) && (wanted == nil || wanted[base+i])
	}
	if residual != nil {
		for _, c := range residual.right {
			needs[c] = true
		}
	}
	return needs
}

// wantedColumns is the set of positions in output; nil for all.
func wantedColumns(output []int) map[int]bool {
	if output == nil {
		return nil
	}
	set := map[int]bool{}
	for _, i := range output {
		set[i] = true
	}
	return set
}

// pickColumns keeps the columns of b at the positions in output, all for nil.
func pickColumns(b *batch.Batch, output []int) *batch.Batch {
	if output == nil {
		return b
	}
	out := &batch.Batch{N: b.N, Sel: b.Sel, Columns: make([]*batch.Column, len(output))}
	for i, o := range output {
		out.Columns[i] = b.Columns[o]
	}
	return out
}

// wants reports whether the column at position i of left then right leaves the
// join.
func (j *hashJoin) wants(i int) bool { return j.wanted == nil || j.wanted[i] }

// givesRight reports whether right columns leave a join of that kind.
func givesRight(k physical.JoinKind) bool {
	switch k {
	case physical.LeftSemi, physical.LeftAnti, physical.LeftAntiNull, physical.LeftMark:
		return false
	}
	return true
}

// keepsRight reports whether the join must know which right rows had a match.
func keepsRight(k physical.JoinKind) bool {
	switch k {
	case physical.RightOuter, physical.FullOuter, physical.RightSemi, physical.RightAnti:
		return true
	}
	return false
}

// dropsUnmatched reports whether a left row without a match leaves no trace, so
// that scans on the left may leave it out.
func dropsUnmatched(k physical.JoinKind) bool {
	switch k {
	case physical.Inner, physical.LeftSemi, physical.RightOuter, physical.RightSemi, physical.RightAnti:
		return true
	}
	return false
}

func (j *hashJoin) Open(ctx context.Context) error {
	if err := j.openTable(ctx); err != nil {
		return err
	}
	if len(j.table.filters) > 0 {
		j.env.Filters.Publish(j.node.ID, j.table.filters)
	}
	j.probe.open(j.table)
	if j.table.rows == 0 && dropsUnmatched(j.node.Kind) {
		j.leftDone = true // nothing can come out; the left input is not even begun
		return nil
	}
	j.leftOpen = true
	return j.left.Open(ctx)
}

func (j *hashJoin) openTable(ctx context.Context) error {
	if !j.node.Shared || j.env.Shared == nil {
		t, err := j.makeTable(ctx)
		j.table = t
		return err
	}
	v, err := j.env.Shared(j.shareKey, func() (any, error) { return j.makeTable(ctx) })
	if err != nil {
		return err
	}
	j.table = v.(*joinTable)
	return nil
}

// makeTable runs the right input. After an error nothing stays reserved.
func (j *hashJoin) makeTable(ctx context.Context) (*joinTable, error) {
	j.build.memory = j.env.Memory.Reserve(fmt.Sprintf("hash join %d", j.node.ID))
	err := j.right.Open(ctx)
	var t *joinTable
	if err == nil {
		t, err = j.build.build(ctx, j.right)
	}
	if cerr := j.right.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		j.build.memory.Free()
		return nil, err
	}
	return t, nil
}

func (j *hashJoin) Next(ctx context.Context) (*batch.Batch, error) {
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
	if j.table != nil && (!j.node.Shared || j.env.Shared == nil) {
		j.table.Close()
	}
	j.table = nil
	return err
}

// Usage is the memory of the table, if this task built it.
func (j *hashJoin) Usage() (peak, spilled int64) {
	if j.build.memory == nil {
		return 0, 0
	}
	return j.build.memory.Peak(), 0
}
