package planner

import (
	"context"

	"github.com/bixidata/bixi/planner/bind"
	"github.com/bixidata/bixi/planner/logical"
	"github.com/bixidata/bixi/sql/diag"
	"github.com/bixidata/bixi/table"
)

// iterationLimit is the most that odps.sql.rcte.max.iterate.num can be.
const iterationLimit = 100

// iterate computes the rows of the recursive names that the statement uses, by
// jobs that run before its own.
func (st *statement) iterate() error {
	if st.iterating { // these jobs read only what is there already
		return nil
	}
	st.iterating = true
	defer func() { st.iterating = false }()
	for _, r := range st.binder.Recursions() {
		if st.iterated[r] {
			continue
		}
		st.iterated[r] = true
		if st.describing || st.Materialize == nil {
			st.warnings.Add(diag.Warningf(r.Pos, "the rows of the recursive %s are computed by jobs of their own, which the plan does not show", r.Name))
			continue
		}
		if err := st.recurse(r); err != nil {
			return err
		}
	}
	return nil
}

// recurse runs the seed, then the step until it gives no more rows.
func (st *statement) recurse(r *bind.Recursion) error {
	limit := st.Settings.MaxIterations
	if limit < 1 || limit > iterationLimit {
		return diag.Errorf(diag.CodeInvalidParameter, r.Pos, "odps.sql.rcte.max.iterate.num is between 1 and %d, not %d", iterationLimit, limit)
	}
	files, err := st.materialize(r.Seed, r.Working)
	for round := 0; err == nil && rowsOf(files) > 0; round++ {
		if round == limit {
			return diag.Errorf(diag.CodeSemantic, r.Pos, "the recursive %s still gives rows after %d iterations", r.Name, limit).
				WithHint("raise odps.sql.rcte.max.iterate.num (%d at most), or see that the recursion ends", iterationLimit)
		}
		st.temporary[r.Working] = files
		st.temporary[r.All] = append(st.temporary[r.All], files...)
		files, err = st.materialize(r.Step, r.Working)
	}
	return err
}

// materialize runs a query of its own and keeps the rows in files of a temporary
// table.
func (st *statement) materialize(n logical.Node, t *table.Table) ([]table.DataFile, error) {
	stored := *t
	stored.Location = st.Temporary
	node := &logical.Write{Input: logical.Detach(n), Table: &stored}
	for _, c := range n.Columns() {
		node.Items = append(node.Items, c.Ref())
		node.Row = append(node.Row, st.binder.NewColumn(c.Name, c.Type, false))
	}
	w := &writing{}
	w.add(node, &Commit{Table: &stored})
	p, err := st.write(w)
	if err != nil {
		return nil, err
	}
	return st.Materialize(st.ctx, p)
}

func rowsOf(files []table.DataFile) int64 {
	n := int64(0)
	for _, f := range files {
		n += f.Rows
	}
	return n
}

// overlay is a catalog with the statement's temporary tables.
type overlay struct {
	table.Catalog
	temporary map[*table.Table][]table.DataFile
}

func (o *overlay) isTemporary(t *table.Table) bool { return t.Name.Project == bind.TemporaryProject }

// Files gives all files of a temporary table, whatever the conditions.
func (o *overlay) Files(ctx context.Context, t *table.Table, conds []table.Condition) ([]table.DataFile, error) {
	if o.isTemporary(t) {
		return o.temporary[t], nil
	}
	return o.Catalog.Files(ctx, t, conds)
}

// Statistics of a temporary table count its rows and bytes.
func (o *overlay) Statistics(ctx context.Context, t *table.Table, conds []table.Condition) (table.Statistics, error) {
	if !o.isTemporary(t) {
		return o.Catalog.Statistics(ctx, t, conds)
	}
	s := table.Statistics{Rows: rowsOf(o.temporary[t])}
	for _, f := range o.temporary[t] {
		s.Bytes += f.Bytes
	}
	return s, nil
}
