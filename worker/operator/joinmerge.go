package operator

import (
	"context"
	"io"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/sql/types"
)

// numberMerge merges runs whose first column is an ascending number that no two
// runs share, and gives the other columns.
type numberMerge struct {
	heap  []*numberCursor // least number first
	out   *batch.BatchBuilder
	limit int
	bytes int64 // what the readers hold at most
}

// numberCursor is a place in a run.
type numberCursor struct {
	in      *runReader
	b       *batch.Batch
	numbers []int64
	at      int
}

func newNumberMerge(ctx context.Context, runs []*run, ts []types.Type, limit int) (*numberMerge, error) {
	m := &numberMerge{out: batch.NewBatchBuilder(ts), limit: limit}
	for _, r := range runs {
		in, err := r.open(ctx)
		if err != nil {
			m.close()
			return nil, err
		}
		c := &numberCursor{in: in}
		m.heap = append(m.heap, c)
		m.bytes += r.largest()
		if err := c.load(ctx); err != nil { // a run has rows
			m.close()
			return nil, err
		}
	}
	for i := len(m.heap)/2 - 1; i >= 0; i-- {
		m.sink(i)
	}
	return m, nil
}

// load reads the cursor's next batch.
func (c *numberCursor) load(ctx context.Context) error {
	b, err := c.in.next(ctx)
	if err != nil {
		return err
	}
	c.b, c.numbers, c.at = b, batch.Values[int64](batch.Flatten(b.Columns[0])), 0
	return nil
}

func (m *numberMerge) least(i int) int64 { return m.heap[i].numbers[m.heap[i].at] }

func (m *numberMerge) sink(i int) {
	for {
		k := 2*i + 1
		if k >= len(m.heap) {
			return
		}
		if k+1 < len(m.heap) && m.least(k+1) < m.least(k) {
			k++
		}
		if m.least(i) <= m.least(k) {
			return
		}
		m.heap[i], m.heap[k] = m.heap[k], m.heap[i]
		i = k
	}
}

func (m *numberMerge) next(ctx context.Context) (*batch.Batch, error) {
	for len(m.heap) > 0 && m.out.Rows() < m.limit {
		if err := m.step(ctx); err != nil {
			return nil, err
		}
	}
	if m.out.Rows() == 0 {
		return nil, io.EOF
	}
	return m.out.Finish(), nil
}

// step takes the rows of the first cursor that come before those of the others.
func (m *numberMerge) step(ctx context.Context) error {
	c := m.heap[0]
	end := min(len(c.numbers), c.at+m.limit-m.out.Rows())
	if len(m.heap) > 1 {
		bound := m.least(1)
		if len(m.heap) > 2 {
			bound = min(bound, m.least(2))
		}
		k := c.at
		for k < end && c.numbers[k] < bound {
			k++
		}
		end = k
	}
	rows := batch.New(c.b.N, c.b.Columns[1:]...).Slice(c.at, end)
	m.out.Append(rows)
	c.at = end
	if c.at == len(c.numbers) {
		err := c.load(ctx)
		if err == io.EOF {
			m.heap[0] = m.heap[len(m.heap)-1]
			m.heap = m.heap[:len(m.heap)-1]
			err = c.in.close()
		}
		if err != nil {
			return err
		}
	}
	m.sink(0)
	return nil
}

func (m *numberMerge) close() error {
	var err error
	for _, c := range m.heap {
		if cerr := c.in.close(); err == nil {
			err = cerr
		}
	}
	m.heap = nil
	return err
}
