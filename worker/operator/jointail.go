package operator

import (
	"io"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/planner/physical"
	"github.com/bixidata/bixi/sql/types"
)

// joinTail gives the right rows that follow when the left input has ended: in
// their order, those with a match (RightSemi) or those without (the others).
type joinTail struct {
	probe *joinProbe
	left  []types.Type
	at    int
	rows  []int32
}

func (t *joinTail) next() (*batch.Batch, error) {
	kind := t.probe.join.node.Kind
	t.rows = t.rows[:0]
	for ; t.at < t.probe.table.rows && len(t.rows) < t.probe.limit; t.at++ {
		if t.probe.seen.Get(t.at) == (kind == physical.RightSemi) {
			t.rows = append(t.rows, int32(t.at))
		}
	}
	if len(t.rows) == 0 {
		return nil, io.EOF
	}
	out := &batch.Batch{N: len(t.rows)}
	if kind == physical.RightOuter || kind == physical.FullOuter {
		for _, typ := range t.left {
			out.Columns = append(out.Columns, batch.NullColumn(typ, out.N))
		}
	}
	return t.probe.appendRight(out, t.rows), nil
}
