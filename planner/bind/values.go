package bind

import (
	"fmt"

	"github.com/bixidata/bixi/planner/logical"
	"github.com/bixidata/bixi/planner/scalar"
	"github.com/bixidata/bixi/sql/syntax"
	"github.com/bixidata/bixi/sql/types"
)

// values binds VALUES as a relation; columns are named col1, col2, ….
func (b *Binder) values(v *syntax.Values, s *scope) (logical.Node, error) {
	width := len(v.Rows[0])
	rows := make([][]scalar.Expr, len(v.Rows))
	ts := make([]types.Type, width)
	for r, row := range v.Rows {
		if len(row) != width {
			return nil, semantic(row[0].Pos(), "this row has %d values, the first one %d", len(row), width)
		}
		bound, err := b.exprs(row, &exprScope{names: &scope{parent: s}, clause: "VALUES"})
		if err != nil {
			return nil, err
		}
		rows[r] = bound
		for i, e := range bound {
			t, ok := types.Common(ts[i], e.Type())
			if !ok {
				return nil, semantic(row[i].Pos(), "column %d holds %s and %s", i+1, ts[i], e.Type())
			}
			ts[i] = t
		}
	}
	n := &logical.Values{}
	for i, t := range ts {
		n.Cols = append(n.Cols, b.NewColumn(fmt.Sprintf("col%d", i+1), t, false))
	}
	for r, row := range rows {
		vals := make([]types.Datum, width)
		for i, e := range row {
			val, ok := b.constant(b.convert(e, ts[i], v.Rows[r][i].Pos()))
			if !ok {
				return nil, semantic(v.Rows[r][i].Pos(), "VALUES takes constants only, and this is none or cannot be evaluated")
			}
			vals[i] = val
		}
		n.Rows = append(n.Rows, vals)
	}
	return n, nil
}
