package operator

import (
	"context"
	"fmt"
	"io"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/planner/physical"
	"github.com/bixidata/bixi/planner/scalar"
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
	j.build = newJoinBuilder(n, side(rightExprs), neededRight(n, residual), nil)
	j.probe = joinProbe{join: j, residual: residual, limit: env.batchRows()}
	return j, nil
}

// neededRight tells which right columns the output or the residual needs.
func neededRight(n *physical.HashJoin, residual *pairFilter) []bool {
	needs := make([]bool, len(n.Right.Schema()))
	for i := range needs {
		needs[i] = givesRight(n.Kind)
	}
	if residual != nil {
		for _, c := range residual.right {
			needs[c] = true
		}
	}
	return needs
}

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

// pairFilter decides which pairs of a left and a right row a condition is true for.
type pairFilter struct {
	cond  pairCond
	width int   // left columns
	left  []int // the columns the condition uses
	right []int
	cols  []*batch.Column
}

// pairCond selects the rows for which a condition over left then right columns
// is true. Columns that the condition does not use may be nil.
type pairCond interface {
	Select(b *batch.Batch) ([]int32, error)
}

// newPairFilter compiles cond; nil gives nil.
func newPairFilter(cond scalar.Expr, width int, env *Env) (*pairFilter, error) {
	if cond == nil {
		return nil, nil
	}
	c, err := compileCond(cond, env)
	if err != nil {
		return nil, err
	}
	f := &pairFilter{cond: c, width: width}
	used := map[int]bool{}
	scalar.Columns(cond, used)
	for id := range used {
		for len(f.cols) <= id {
			f.cols = append(f.cols, nil)
		}
		if id < width {
			f.left = append(f.left, id)
		} else {
			f.right = append(f.right, id-width)
		}
	}
	return f, nil
}

// sel gives the positions p of the pairs (li[p], ri[p]) for which the condition
// is true, ascending.
func (f *pairFilter) sel(left *batch.Batch, right []*batch.Column, li, ri []int32) ([]int32, error) {
	for _, c := range f.left {
		f.cols[c] = batch.Take(left.Columns[c], li)
	}
	for _, c := range f.right {
		f.cols[f.width+c] = batch.Take(right[c], ri)
	}
	return f.cond.Select(batch.New(len(li), f.cols...))
}
