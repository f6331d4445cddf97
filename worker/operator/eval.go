package operator

import (
	"fmt"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/planner/scalar"
)

// exprList evaluates a list of expressions over batches. A list of plain
// columns, the usual case of keys, needs no compiled program.
type exprList struct {
	columns []int // the positions, if every expression is a column
	out     []*batch.Column
	taken   map[int]*batch.Column
}

func compileList(exprs []scalar.Expr, env *Env) (*exprList, error) {
	l := &exprList{columns: make([]int, len(exprs)), taken: map[int]*batch.Column{}}
	for i, e := range exprs {
		c, ok := e.(*scalar.Column)
		if !ok {
			return nil, fmt.Errorf("operator: %s is not a column", e)
		}
		l.columns[i] = c.ID
	}
	return l, nil
}

// eval gives the values as dense columns of b.Rows() rows, valid as long as b
// and until the next call.
func (l *exprList) eval(b *batch.Batch) ([]*batch.Column, error) {
	l.out = l.out[:0]
	if b.Sel == nil {
		for _, i := range l.columns {
			l.out = append(l.out, b.Columns[i])
		}
		return l.out, nil
	}
	clear(l.taken)
	for _, i := range l.columns {
		c := l.taken[i]
		if c == nil {
			c = batch.Take(b.Columns[i], b.Sel)
			l.taken[i] = c
		}
		l.out = append(l.out, c)
	}
	return l.out, nil
}
