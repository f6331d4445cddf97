package bind

import (
	"slices"
	"strings"

	"github.com/bixidata/bixi/planner/logical"
	"github.com/bixidata/bixi/planner/scalar"
	"github.com/bixidata/bixi/sql/diag"
	"github.com/bixidata/bixi/sql/syntax"
	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/table"
)

// Rows are the rows of a table that a statement changes.
type Rows struct {
	b     *Binder
	Table *table.Table
	// Scan reads all columns: those of data, then those of partitions.
	Scan *logical.Scan
	// Node is the scan and what conditions and values have joined to it.
	Node  logical.Node
	names *scope
}

// Rows reads t, in scope under alias or its own name.
func (b *Binder) Rows(t *table.Table, alias syntax.Ident) *Rows {
	r := &Rows{b: b, Table: t, Scan: b.Scan(t)}
	name := t.Name.Table
	if !alias.IsZero() {
		name = strings.ToLower(alias.Name)
	}
	r.Node = r.Scan
	r.names = &scope{rels: []relation{{alias: name, cols: r.Scan.Cols, project: t.Name.Project}}}
	return r
}

// NumberedRows is Rows with one more column, which no name means: what files have
// behind the values of their partition.
func (b *Binder) NumberedRows(t *table.Table, alias syntax.Ident) (*Rows, logical.Column) {
	own := *t
	number := table.Column{Field: types.Field{Name: "_file", Type: types.BigIntType, Required: true}, ID: -1}
	own.Partition = append(slices.Clone(t.Partition), number)
	r := b.Rows(&own, alias)
	last := len(r.Scan.Cols) - 1
	r.names.rels[0].cols = r.Scan.Cols[:last]
	return r, r.Scan.Cols[last]
}

// Condition binds a condition on a row. Its subqueries are joined to Node.
func (r *Rows) Condition(e syntax.Expr) (scalar.Expr, error) {
	return r.b.condition(e, &exprScope{names: r.names, rel: &r.Node, clause: "WHERE"})
}

// Where leaves the rows that satisfy e.
func (r *Rows) Where(e syntax.Expr) (err error) {
	r.Node, err = r.b.where(r.Node, e, r.names)
	return err
}

// Mark adds a column with the value of e.
func (r *Rows) Mark(name string, e scalar.Expr) scalar.Expr {
	col := r.b.NewColumn(name, e.Type(), false)
	r.Node = withColumn(r.Node, e, col)
	return col.Ref()
}

func withColumn(n logical.Node, e scalar.Expr, col logical.Column) *logical.Project {
	p := &logical.Project{Input: n}
	for _, c := range n.Columns() {
		p.Items, p.Cols = append(p.Items, c.Ref()), append(p.Cols, c)
	}
	p.Items, p.Cols = append(p.Items, e), append(p.Cols, col)
	return p
}

// Set binds assignments: the new value of each data column, nil where it stays.
// Subqueries are joined to Node.
func (r *Rows) Set(list []*syntax.Assignment) ([]scalar.Expr, error) {
	return r.set(list, &exprScope{names: r.names, rel: &r.Node, clause: "SET"})
}

func (r *Rows) set(list []*syntax.Assignment, s *exprScope) ([]scalar.Expr, error) {
	out := make([]scalar.Expr, len(r.Table.Columns))
	for _, a := range list {
		values, err := r.b.assigned(a, s)
		if err != nil {
			return nil, err
		}
		for i, name := range a.Columns {
			at, err := r.column(name)
			if err != nil {
				return nil, err
			}
			c := r.Table.Columns[at]
			if out[at] != nil {
				return nil, semantic(name.Pos(), "column %s is set twice", c.Name)
			}
			if out[at], err = r.b.assign(values[i], c.Type, "column "+c.Name, a.Value.Pos()); err != nil {
				return nil, err
			}
		}
	}
	return out, nil
}

// assigned binds the values of an assignment, one a column.
func (b *Binder) assigned(a *syntax.Assignment, s *exprScope) ([]scalar.Expr, error) {
	switch v := a.Value.(type) {
	case *syntax.Row:
		return b.exprs(v.Items, s)
	case *syntax.Subquery:
		if len(a.Columns) > 1 {
			return b.rowSubquery(v, len(a.Columns), s)
		}
	}
	if len(a.Columns) > 1 {
		return nil, semantic(a.Value.Pos(), "one value is given for %d columns", len(a.Columns)).WithHint("write (a, b) = (x, y), or a subquery with as many columns")
	}
	e, err := b.expr(a.Value, s)
	return []scalar.Expr{e}, err
}

// rowSubquery binds a subquery that gives n values.
func (b *Binder) rowSubquery(e *syntax.Subquery, n int, s *exprScope) ([]scalar.Expr, error) {
	if s.rel == nil {
		return nil, diag.Errorf(diag.CodeSubquery, e.Pos(), "a subquery cannot stand in %s", s.clause)
	}
	sub, err := b.query(e.Query, s.names, nil)
	if err != nil {
		return nil, err
	}
	cols := sub.Columns()
	if len(cols) != n {
		return nil, diag.Errorf(diag.CodeSubquery, e.Pos(), "the subquery has %d columns for %d values", len(cols), n)
	}
	*s.rel = &logical.Join{Kind: logical.Single, L: *s.rel, R: sub, Apply: true}
	out := make([]scalar.Expr, n)
	for i, c := range cols {
		out[i] = c.Ref()
	}
	return out, nil
}

// column finds a data column that is set, possibly qualified by the table.
func (r *Rows) column(n syntax.Name) (int, error) {
	last := n.Last()
	if len(n.Parts) > 1 && !strings.EqualFold(n.Parts[len(n.Parts)-2].Name, r.names.rels[0].alias) {
		return 0, semantic(n.Pos(), "only columns of %s can be set, not %s", r.names.rels[0].alias, n)
	}
	named := func(c table.Column) bool { return strings.EqualFold(c.Name, last.Name) }
	if slices.ContainsFunc(r.Table.Partition, named) {
		return 0, semantic(last.Pos(), "%s is a partition column and cannot be set", last.Name).
			WithHint("insert the row into the other partition and delete it here")
	}
	at := slices.IndexFunc(r.Table.Columns, named)
	if at < 0 {
		e := semantic(last.Pos(), "%s has no column %s", r.Table.Name, last.Name)
		if near := diag.Near(last.Name, r.Table.Schema().Names()); near != "" {
			e.WithHint("did you mean %s?", near)
		}
		return 0, e
	}
	return at, nil
}
