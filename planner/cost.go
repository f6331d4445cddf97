package planner

import (
	"context"
	"fmt"

	"github.com/bixidata/bixi/planner/physical"
	"github.com/bixidata/bixi/sql/syntax"
	"github.com/bixidata/bixi/sql/types"
)

// costOf is COST SQL: what a statement would read, from its plan.
func (st *statement) costOf(stmt *syntax.Cost) (*Plan, error) {
	p, err := st.explain(&syntax.Explain{Source: stmt.Source, Statement: stmt.Statement})
	if err != nil {
		return nil, err
	}
	var input int64
	heavy := 0
	physical.Walk(p.Root, func(n physical.Node) {
		switch n := n.(type) {
		case *physical.Scan:
			for _, task := range n.Splits {
				for _, s := range task {
					input += s.Bytes
				}
			}
		case *physical.Exchange:
			heavy++
		}
	})
	return &Plan{Session: st.udf, Command: rows(func(context.Context, *Session) (*Result, error) {
		// One for the statement, and a part for each time rows are redistributed.
		complexity := min(1+float64(heavy-1)*0.5, 4)
		return &Result{
			Schema: types.Schema{{Name: "input", Type: types.BigIntType}, {Name: "udf", Type: types.BigIntType}, {Name: "complexity", Type: types.DoubleType}},
			Rows:   [][]types.Datum{{input, int64(0), complexity}},
			Text:   fmt.Sprintf("Input:%d Bytes\nUDF:0\nComplexity:%.1f\n", input, complexity),
		}, nil
	})}, nil
}
