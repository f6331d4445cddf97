package planner

import (
	"github.com/bixidata/bixi/planner/logical"
	"github.com/bixidata/bixi/sql/diag"
	"github.com/bixidata/bixi/sql/syntax"
	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/table"
)

// Commit says how the files a statement wrote become part of a table.
type Commit struct {
	Table  *table.Table
	Mode   table.CommitMode
	Static []types.Datum
	// Remove are the paths of the files that those written replace (table.Replace).
	Remove []string
	// Alone makes every other commit since the snapshot read a conflict.
	Alone bool
	// Properties become the table's in the same step.
	Properties map[string]string
	// MaxPartitions, if positive, bounds the partitions that files are written to.
	MaxPartitions int
}

// writing collects what a statement writes: a node and a commit for each target.
type writing struct {
	nodes   []*logical.Write
	commits []*Commit
}

// add adds a target. Several nodes may write to the last one: see also.
func (w *writing) add(n *logical.Write, c *Commit) {
	w.commits = append(w.commits, c)
	w.also(n)
}

// also adds rows to the last target.
func (w *writing) also(n *logical.Write) {
	n.Target = len(w.commits) - 1
	w.nodes = append(w.nodes, n)
}

// write plans what w has collected.
func (st *statement) write(w *writing) (*Plan, error) {
	for _, n := range w.nodes {
		if err := st.route(n); err != nil {
			return nil, err
		}
		layout(n)
		n.Cols = logical.WriteColumns(st.binder.NewColumn)
	}
	var root logical.Node = w.nodes[0]
	if len(w.nodes) > 1 {
		u := &logical.Union{Cols: logical.WriteColumns(st.binder.NewColumn)}
		for _, n := range w.nodes {
			u.All = append(u.All, n)
		}
		root = u
	}
	tree, lo, err := st.optimize(root)
	if err != nil {
		return nil, err
	}
	plan, err := lo.Insert(tree)
	if err != nil {
		return nil, err
	}
	return &Plan{Root: st.finish(plan), Schema: plan.Schema(), Session: st.udf, Text: logical.Format(tree), Commits: w.commits}, nil
}

// target resolves a table that rows are written to.
func (st *statement) target(n syntax.Name) (*table.Table, error) {
	t, err := st.binder.Resolve(n)
	if err != nil {
		return nil, err
	}
	switch {
	case t.View != "":
		return nil, diag.Errorf(diag.CodeSemantic, n.Pos(), "%s is a view; its rows cannot be changed", t.Name)
	case t.Kind() == table.KindMaterialized:
		return nil, diag.Errorf(diag.CodeSemantic, n.Pos(), "%s is a materialized view; its rows cannot be changed", t.Name).
			WithHint("ALTER MATERIALIZED VIEW … REBUILD computes them anew")
	case t.Properties[table.PropertyExternal] != "":
		return nil, diag.Errorf(diag.CodeSemantic, n.Pos(), "%s is an external table; its files are only read", t.Name).
			WithHint("UNLOAD writes files to a directory")
	}
	return t, nil
}
