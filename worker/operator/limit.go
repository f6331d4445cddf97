package operator

import (
	"context"
	"io"
	"math"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/planner/physical"
)

// limit passes rows [skip, skip+left) of its input and asks for no more than
// these.
type limit struct {
	input
	skip, left int64
}

func newLimit(n *physical.Limit, in []Operator, _ *Env) (*limit, error) {
	l := &limit{input: input{in[0]}, skip: n.Offset, left: n.Count}
	if n.Count < 0 {
		l.left = math.MaxInt64 - n.Offset
	}
	return l, nil
}

func (l *limit) Next(ctx context.Context) (*batch.Batch, error) {
	for l.left > 0 {
		b, err := l.in.Next(ctx)
		if err != nil {
			return nil, err
		}
		n := int64(b.Rows())
		if n <= l.skip {
			l.skip -= n
			continue
		}
		from, to := l.skip, min(n, l.skip+l.left)
		l.skip = 0
		l.left -= to - from
		if from > 0 || to < n {
			b = b.Slice(int(from), int(to))
		}
		return b, nil
	}
	return nil, io.EOF
}
