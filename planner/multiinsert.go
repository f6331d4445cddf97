package planner

import (
	"github.com/bixidata/bixi/sql/diag"
	"github.com/bixidata/bixi/sql/syntax"
	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/table"
)

// maxTargets is how many INSERTs one FROM may feed.
const maxTargets = 256

// multiInsert plans FROM source INSERT … INSERT …. All targets are committed in
// one step.
func (st *statement) multiInsert(stmt *syntax.MultiInsert) (*Plan, error) {
	if len(stmt.Inserts) > maxTargets {
		return nil, diag.Errorf(diag.CodeSemantic, stmt.Inserts[maxTargets].Pos(), "a statement has at most %d INSERTs, this one %d", maxTargets, len(stmt.Inserts))
	}
	source, err := st.binder.Source(stmt)
	if err != nil {
		return nil, err
	}
	w := &writing{}
	for _, ins := range stmt.Inserts {
		if err := st.insertInto(w, ins, source); err != nil {
			return nil, err
		}
		if err := checkTargets(stmt.Inserts, w.commits); err != nil {
			return nil, err
		}
	}
	return st.write(w)
}

// checkTargets refuses a last target that may meet an earlier one.
func checkTargets(inserts []*syntax.Insert, commits []*Commit) error {
	last := len(commits) - 1
	c := commits[last]
	for i, other := range commits[:last] {
		if other.Table.UUID != c.Table.UUID {
			continue
		}
		pos := inserts[last].Table.Pos()
		switch {
		case samePrefix(c.Static, other.Static):
			what := "table"
			if len(c.Table.Partition) > 0 {
				what = "partition of"
			}
			return diag.Errorf(diag.CodeSemantic, pos, "two INSERTs write to the same %s %s", what, c.Table.Name)
		case inserts[i].Overwrite != inserts[last].Overwrite:
			return diag.Errorf(diag.CodeSemantic, pos, "INSERT INTO and INSERT OVERWRITE of %s stand in one statement", c.Table.Name)
		}
	}
	return nil
}

// samePrefix reports whether a row can belong to the partitions of both.
func samePrefix(a, b []types.Datum) bool {
	for i := range min(len(a), len(b)) {
		if table.Compare(a[i], b[i]) != 0 {
			return false
		}
	}
	return true
}
