package planner

import (
	"strings"

	"github.com/bixidata/bixi/planner/logical"
	"github.com/bixidata/bixi/planner/lower"
	"github.com/bixidata/bixi/sql/diag"
)

// guard refuses full scans of partitioned tables and products of relations where
// settings say so, and warns of full scans otherwise.
func (st *statement) guard(n logical.Node) error {
	var err error
	switch n := n.(type) {
	case *logical.Scan:
		err = st.guardScan(n)
	case *logical.Join:
		if n.Kind == logical.Inner && !connected(n) && !st.Settings.AllowCartesian && !oneRow(n.L) && !oneRow(n.R) {
			err = diag.Errorf(diag.CodeCartesian, diag.Pos{}, "the join has no condition").
				WithHint("add a join condition, or set odps.sql.allow.cartesian=true")
		}
	}
	for _, in := range n.Inputs() {
		if err == nil {
			err = st.guard(in)
		}
	}
	return err
}

func (st *statement) guardScan(s *logical.Scan) error {
	if len(s.Table.Partition) == 0 || s.Fixed || !st.Settings.Optimizer { // without it, conditions are not in the scan
		return nil
	}
	names := make([]string, len(s.Table.Partition))
	for i, p := range s.Table.Partition {
		for _, c := range lower.Conditions(s) {
			if c.Column == p.ID {
				return nil
			}
		}
		names[i] = p.Name
	}
	name := s.Table.Name
	if !st.Settings.AllowFullScan {
		return diag.Errorf(diag.CodeSemantic, diag.Pos{},
			"physical plan generation failed: Table(%s,%s) is full scan with all partitions, please specify partition predicates", name.Project, name.Table).
			WithHint("filter on %s, or set odps.sql.allow.fullscan=true", strings.Join(names, " or "))
	}
	st.warnings.Add(diag.Warningf(diag.Pos{}, "%s is read in full: no condition selects partitions by %s", name, strings.Join(names, " or ")))
	return nil
}

// connected reports whether some condition of j reads both sides.
func connected(j *logical.Join) bool {
	l, r := logical.IDs(j.L), logical.IDs(j.R)
	for _, e := range j.On {
		if logical.Refs(e, l) && logical.Refs(e, r) {
			return true
		}
	}
	return false
}

// oneRow reports whether n gives one row at most whatever the data, so that
// pairing it with other rows multiplies nothing.
func oneRow(n logical.Node) bool {
	switch n := n.(type) {
	case *logical.SingleRow:
		return true
	case *logical.Aggregate:
		return len(n.Keys) == 0
	case *logical.Project:
		return oneRow(n.Input)
	case *logical.Filter:
		return oneRow(n.Input)
	case *logical.Sort:
		return oneRow(n.Input)
	case *logical.Limit:
		return n.Count == 0 || n.Count == 1 || oneRow(n.Input)
	case *logical.Values:
		return len(n.Rows) <= 1
	}
	return false
}
