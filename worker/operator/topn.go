package operator

import (
	"bytes"
	"math"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/planner/physical"
)

// topN is the first rows of a sort that knows how many are wanted.
type topN struct {
	limit
	sort *sorter
}

func newTopN(n *physical.TopN, in []Operator, env *Env) (*topN, error) {
	s, err := newSorter("TopN", n.Keys, schemaTypes(n), in[0], env)
	if err != nil {
		return nil, err
	}
	if n.Limit < math.MaxInt32-n.Offset { // beyond that nothing is gained
		s.first = &firstRows{want: int(n.Limit + n.Offset)}
	}
	return &topN{limit{input{s}, n.Offset, n.Limit}, s}, nil
}

// Usage tells the decorator what the top-n took.
func (t *topN) Usage() (peak, spilled int64) { return t.sort.Usage() }

func (t *topN) report(s *physical.Stats) { t.sort.report(s) }

// firstRows keeps a sort to the first rows of its order. Rows are collected until
// there are twice as many as wanted, then the surplus is dropped; from then on
// rows whose key comes after the last one kept are not collected at all.
type firstRows struct {
	want   int
	worst  []byte // key of the last row wanted so far; nil: not known
	arena  []byte
	starts []int64
}

// keptRows is the most rows for which a surplus is dropped in memory, which takes
// a copy of those kept. More are only cut when they are spilled.
const keptRows = 1 << 17

func (f *firstRows) surplus(rows int) bool {
	return f.want <= keptRows && rows >= 2*f.want+batch.TargetRows
}

// better keeps the rows of a dense batch whose key does not come after the last
// one wanted; ties stay, as all columns decide them.
func (f *firstRows) better(keys *sortKeys, b *batch.Batch) (*batch.Batch, error) {
	if f.worst == nil {
		return b, nil
	}
	var err error
	if f.arena, f.starts, err = keys.append(f.arena[:0], append(f.starts[:0], 0), b); err != nil {
		return nil, err
	}
	sel := make([]int32, 0, b.N)
	for i := range b.N {
		if bytes.Compare(f.arena[f.starts[i]:f.starts[i+1]], f.worst) <= 0 {
			sel = append(sel, int32(i))
		}
	}
	if len(sel) == b.N {
		return b, nil
	}
	return b.Take(sel), nil
}

// cut gives the number of rows of a sorted buffer that may be wanted, and takes
// note of the last.
func (f *firstRows) cut(buf *sortBuffer) int {
	if len(buf.order) < f.want {
		return len(buf.order)
	}
	if f.want > 0 {
		last := buf.key(buf.order[f.want-1].id)
		if f.worst == nil || bytes.Compare(last, f.worst) < 0 {
			f.worst = append(f.worst[:0], last...)
		}
	}
	return f.want
}

// shrink keeps the first rows of those collected.
func (f *firstRows) shrink(buf *sortBuffer) error {
	buf.sort()
	kept := buf.take(0, f.cut(buf))
	buf.reset()
	return buf.add(kept)
}
