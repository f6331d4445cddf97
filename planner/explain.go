package planner

import (
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/bixidata/bixi/planner/physical"
	"github.com/bixidata/bixi/sql/diag"
	"github.com/bixidata/bixi/sql/syntax"
	"github.com/bixidata/bixi/table"
)

// explain plans the statement inside and marks the plan to be shown. Nothing is
// made: CREATE TABLE AS is explained as its query.
func (st *statement) explain(stmt *syntax.Explain) (*Plan, error) {
	inner := stmt.Statement
	if ct, ok := inner.(*syntax.CreateTable); ok && ct.As != nil {
		inner = &syntax.QueryStatement{Source: ct.Source, Query: ct.As}
	}
	switch inner.(type) {
	case *syntax.QueryStatement, *syntax.Insert, *syntax.MultiInsert, *syntax.Update, *syntax.Delete, *syntax.Merge,
		*syntax.Load, *syntax.Unload:
	default:
		return nil, diag.Errorf(diag.CodeSemantic, inner.Pos(), "EXPLAIN takes a query or a statement that writes rows")
	}
	st.describing = !stmt.Analyze
	p, err := st.make(inner)
	if err != nil {
		return nil, err
	}
	switch {
	case p.Root == nil:
		return st.shown([]string{"nothing is to be done"}), nil
	case stmt.Mode == "LOGICAL":
		return st.shown(strings.Split(strings.TrimRight(p.Text, "\n"), "\n")), nil
	case stmt.Mode == "DEPENDENCY":
		return st.shown(st.inputs(p.Root)), nil
	}
	p.Explain, p.Analyze = true, stmt.Analyze
	p.Extended, p.Formatted = stmt.Mode == "EXTENDED", stmt.Mode == "FORMATTED"
	return p, nil
}

// shown is a plan that shows text instead of running anything.
func (st *statement) shown(text []string) *Plan {
	return &Plan{Session: st.udf, Command: rows(func(context.Context, *Session) (*Result, error) { return lines("plan", text), nil })}
}

// inputs lists the tables that a plan reads, and the partitions.
func (st *statement) inputs(root physical.Node) []string {
	known := map[string]*table.Table{}
	for _, t := range st.binder.Tables() {
		known[t.Name.String()] = t
	}
	tables, partitions := map[string]bool{}, map[string]bool{}
	physical.Walk(root, func(n physical.Node) {
		scan, ok := n.(*physical.Scan)
		if !ok {
			return
		}
		tables[scan.Table] = true
		for _, task := range scan.Splits {
			for _, split := range task {
				if t := known[scan.Table]; t != nil && len(split.Partition) > 0 {
					partitions[scan.Table+"@"+PartitionText(t, split.Partition)] = true
				}
			}
		}
	})
	out := []string{"input tables:"}
	for _, t := range slices.Sorted(maps.Keys(tables)) {
		out = append(out, "  "+t)
	}
	out = append(out, "input partitions:")
	for _, p := range slices.Sorted(maps.Keys(partitions)) {
		out = append(out, "  "+p)
	}
	return out
}
