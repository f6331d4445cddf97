package bind

import (
	"fmt"

	"github.com/bixidata/bixi/planner/logical"
	"github.com/bixidata/bixi/planner/scalar"
	"github.com/bixidata/bixi/sql/diag"
	"github.com/bixidata/bixi/sql/syntax"
	"github.com/bixidata/bixi/sql/types"
)

// values binds VALUES as a relation; columns are named col1, col2, ….
func (b *Binder) values(v *syntax.Values, s *scope) (logical.Node, error) {
	width := len(v.Rows[0])
	rows := make([][]scalar.Expr, len(v.Rows))
	ts := make([]types.Type, width)
	err := diag.Each(v.Rows, func(r int, row []syntax.Expr) error {
		if len(row) != width {
			return semantic(row[0].Pos(), "this row has %d values, the first one %d", len(row), width)
		}
		bound, err := b.exprs(row, &exprScope{names: &scope{parent: s}, clause: "VALUES"})
		if err != nil {
			return err
		}
		rows[r] = bound
		for i, e := range bound {
			t, ok := types.Common(ts[i], e.Type())
			if !ok {
				return semantic(row[i].Pos(), "column %d holds %s and %s", i+1, ts[i], e.Type())
			}
			ts[i] = t
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	n := &logical.Values{}
	for i, t := range ts {
		n.Cols = append(n.Cols, b.NewColumn(fmt.Sprintf("col%d", i+1), t, false))
	}
	for r, row := range rows {
		for i, e := range row {
			row[i] = b.convert(e, ts[i], v.Rows[r][i].Pos())
		}
	}
	if b.anyVolatile(rows) {
		return b.computedRows(n.Cols, rows), nil
	}
	for r, row := range rows {
		vals := make([]types.Datum, width)
		for i, e := range row {
			val, ok := b.constant(e)
			if !ok {
				return nil, semantic(v.Rows[r][i].Pos(), "VALUES takes constants only, and this is none or cannot be evaluated")
			}
			vals[i] = val
		}
		n.Rows = append(n.Rows, vals)
	}
	return n, nil
}

// anyVolatile reports whether some value can only be computed at run time.
func (b *Binder) anyVolatile(rows [][]scalar.Expr) bool {
	found := false
	for _, row := range rows {
		for _, e := range row {
			scalar.Walk(e, func(e scalar.Expr) bool {
				if c, ok := e.(*scalar.Call); ok {
					f := b.env.Functions.Lookup(c.Name)
					found = found || f != nil && f.Volatile
				}
				return !found
			})
		}
	}
	return found
}

// computedRows gives rows that are computed when the statement runs.
func (b *Binder) computedRows(cols []logical.Column, rows [][]scalar.Expr) logical.Node {
	u := &logical.Union{Cols: cols}
	for _, row := range rows {
		p := &logical.Project{Input: &logical.Values{Rows: [][]types.Datum{{}}}, Items: row}
		for _, c := range cols {
			p.Cols = append(p.Cols, b.NewColumn(c.Name, c.Type, false))
		}
		u.All = append(u.All, p)
	}
	return u
}
