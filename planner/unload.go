package planner

import (
	"path/filepath"
	"strings"

	"github.com/bixidata/bixi/planner/logical"
	"github.com/bixidata/bixi/sql/diag"
	"github.com/bixidata/bixi/sql/syntax"
	"github.com/bixidata/bixi/table"
)

// Unload says where a statement writes files to.
type Unload struct {
	Location string // a directory
	// Overwrite removes the files that stand in it.
	Overwrite bool
}

func (st *statement) unload(stmt *syntax.Unload) (*Plan, error) {
	format, _, err := fileFormat(stmt.Format, stmt.Properties)
	if err != nil {
		return nil, err
	}
	q := stmt.Query
	if q == nil {
		if q, err = st.selectAll(stmt.Table, nil, stmt.Partition); err != nil {
			return nil, err
		}
	}
	return st.toFiles(q, Unload{Location: stmt.Location}, format)
}

func (st *statement) insertDirectory(stmt *syntax.Insert) (*Plan, error) {
	format, known, err := fileFormat(stmt.Directory.Format, nil)
	if err != nil {
		return nil, err
	}
	if !known {
		format = &table.TextFormat{Kind: table.Delimited}
	}
	if stmt.ZOrder != nil {
		return nil, diag.Errorf(diag.CodeSemantic, stmt.ZOrder[0].Pos(), "ZORDER BY is for tables")
	}
	return st.toFiles(stmt.Query, Unload{Location: stmt.Directory.Path, Overwrite: true}, format)
}

// toFiles plans a query whose rows become files.
func (st *statement) toFiles(q *syntax.Query, u Unload, format *table.TextFormat) (*Plan, error) {
	var err error
	if u.Location, err = directory(u.Location); err != nil {
		return nil, err
	}
	n, err := st.binder.Query(q)
	if err != nil {
		return nil, err
	}
	node := &logical.Unload{Input: n, Location: u.Location, Format: format, Cols: logical.WriteColumns(st.binder.NewColumn)}
	seen := map[string]bool{}
	for _, c := range n.Columns() {
		name := strings.ToLower(c.Name)
		if seen[name] {
			return nil, diag.Errorf(diag.CodeSemantic, q.Pos(), "the files would have two columns %s", name).WithHint("give one of them an alias")
		}
		seen[name] = true
		node.Items = append(node.Items, c.Ref())
		node.Row = append(node.Row, st.binder.NewColumn(c.Name, c.Type, c.Required))
	}
	tree, lo, err := st.optimize(node)
	if err != nil {
		return nil, err
	}
	root, err := lo.Insert(tree)
	if err != nil {
		return nil, err
	}
	return &Plan{Root: st.finish(root), Schema: root.Schema(), Session: st.udf, Text: logical.Format(tree), Unload: &u}, nil
}

// directory is a location as a path.
func directory(location string) (string, error) {
	path := strings.TrimPrefix(location, "file://")
	if scheme, _, found := strings.Cut(path, "://"); found {
		return "", diag.Errorf(diag.CodeUnsupported, diag.Pos{}, "locations of %s:// are not supported", scheme).WithHint("give the path of a directory")
	}
	if path == "" {
		return "", diag.Errorf(diag.CodeSemantic, diag.Pos{}, "the location is empty")
	}
	return filepath.Abs(path)
}

// selectAll is the query for rows of a table, in one partition if spec names it.
func (st *statement) selectAll(n syntax.Name, columns []syntax.Ident, spec *syntax.PartitionSpec) (*syntax.Query, error) {
	at := syntax.Start{At: n.Pos()}
	sel := &syntax.Select{From: &syntax.Table{Name: n}}
	sel.At = n.Pos()
	for _, id := range columns {
		ref := &syntax.ColumnRef{Parts: []syntax.Ident{id}}
		ref.At = id.Pos()
		sel.Items = append(sel.Items, &syntax.SelectItem{Start: at, Expr: ref})
	}
	if columns == nil {
		star := &syntax.Star{}
		star.At = n.Pos()
		sel.Items = []*syntax.SelectItem{{Start: at, Expr: star}}
	}
	if spec != nil {
		t, err := st.binder.Resolve(n)
		if err != nil {
			return nil, err
		}
		if _, err := st.prefix(t, spec); err != nil {
			return nil, err
		}
		sel.Where = partitionCondition(spec)
	}
	q := &syntax.Query{Body: sel}
	q.At = n.Pos()
	return q, nil
}

// partitionCondition is the condition that PARTITION (a=…, b=…) stands for.
func partitionCondition(spec *syntax.PartitionSpec) syntax.Expr {
	var terms []syntax.Expr
	for _, item := range spec.Items {
		ref := &syntax.ColumnRef{Parts: []syntax.Ident{item.Name}}
		ref.At = item.Pos()
		eq := &syntax.Binary{Op: syntax.OpEq, OpPos: item.Pos(), L: ref, R: item.Value}
		eq.At = item.Pos()
		terms = append(terms, eq)
	}
	if len(terms) == 1 {
		return terms[0]
	}
	all := &syntax.Logical{Op: syntax.OpAnd, OpPos: spec.Pos(), Terms: terms}
	all.At = spec.Pos()
	return all
}

// readRows is how many rows READ shows unless it is told otherwise.
const readRows = "10000"

// read plans READ as the query it stands for.
func (st *statement) read(stmt *syntax.Read) (*Plan, error) {
	q, err := st.selectAll(stmt.Table, stmt.Columns, stmt.Partition)
	if err != nil {
		return nil, err
	}
	limit := &syntax.NumberLit{Text: readRows}
	if stmt.Limit != "" {
		limit.Text = stmt.Limit
	}
	limit.At = stmt.Pos()
	q.Limit = limit
	return st.query(&syntax.QueryStatement{Source: stmt.Source, Query: q})
}
