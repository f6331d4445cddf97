package planner

import (
	"slices"

	"github.com/bixidata/bixi/planner/bind"
	"github.com/bixidata/bixi/planner/logical"
	"github.com/bixidata/bixi/planner/scalar"
	"github.com/bixidata/bixi/sql/diag"
	"github.com/bixidata/bixi/sql/syntax"
	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/table"
)

// onlyHits leaves, of the files that c replaces and rows reads, those that hold a
// row for which where is true. What a file's statistics cannot tell, as where has
// subqueries, a job of its own finds out, which writes nothing.
func (st *statement) onlyHits(rows *bind.Rows, alias syntax.Ident, where syntax.Expr, c *Commit) error {
	files := rows.Scan.Files
	if where == nil || len(files) < 2 || !asks(where) || st.isVolatile(where) {
		return nil
	}
	if st.describing || st.Values == nil {
		st.warnings.Add(diag.Warningf(where.Pos(), "which files hold rows that change is found by a job of its own, which the plan does not show"))
		return nil
	}
	probe, number := st.binder.NumberedRows(rows.Table, alias)
	for i, f := range files {
		f.Partition = append(slices.Clone(f.Partition), int64(i))
		probe.Scan.Files = append(probe.Scan.Files, f)
	}
	probe.Scan.Fixed = true
	if err := probe.Where(where); err != nil {
		return err
	}
	key := st.binder.NewColumn(number.Name, number.Type, true)
	tree, lo, err := st.optimize(&logical.Aggregate{Input: probe.Node, Keys: []scalar.Expr{number.Ref()}, Cols: []logical.Column{key}})
	if err != nil {
		return err
	}
	root, err := lo.Query(tree)
	if err != nil {
		return err
	}
	hits, err := st.Values(st.ctx, &Plan{Root: st.finish(root), Schema: root.Schema(), Session: st.udf})
	if err != nil {
		return err
	}
	rows.Scan.Files, c.Remove = hitFiles(files, hits)
	return nil
}

// hitFiles are the files whose positions are in hits, and their paths.
func hitFiles(files []table.DataFile, hits []types.Datum) (hit []table.DataFile, paths []string) {
	is := map[types.Datum]bool{}
	for _, v := range hits {
		is[v] = true
	}
	for i, f := range files {
		if is[int64(i)] {
			hit, paths = append(hit, f), append(paths, f.Path)
		}
	}
	return hit, paths
}

// isVolatile reports whether n gives something else each time.
func (st *statement) isVolatile(n syntax.Node) bool {
	found := false
	syntax.Inspect(n, func(n syntax.Node) bool {
		if c, ok := n.(*syntax.Call); ok {
			f := st.Functions.Lookup(c.Name.Name)
			found = found || f == nil || f.Volatile // of one that users made nothing is known
		}
		return !found
	})
	return found
}

// asks reports whether n has a subquery.
func asks(n syntax.Node) bool {
	found := false
	syntax.Inspect(n, func(n syntax.Node) bool {
		switch n.(type) {
		case *syntax.Subquery, *syntax.Exists, *syntax.InQuery:
			found = true
		}
		return !found
	})
	return found
}
