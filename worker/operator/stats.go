package operator

import (
	"context"
	"io"
	"time"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/planner/physical"
)

// StatsOf gives the statistics of an operator that Build made; nil for others.
func StatsOf(op Operator) *physical.Stats {
	if m, ok := op.(*measured); ok {
		return m.stats
	}
	return nil
}

// usage is implemented by operators that reserve memory or spill.
type usage interface {
	// Usage gives the peak of the memory reserved and the bytes spilled so far.
	Usage() (peak, spilled int64)
}

// counting is implemented by operators that run code with counters.
type counting interface {
	Counters() map[string]int64
}

// reporting is implemented by operators that have more to tell than what the
// decorator sees: waits, figures, decisions. It is asked after Close.
type reporting interface {
	report(s *physical.Stats)
}

// counted is implemented by operators that may know, once they are open, how many
// rows they are going to give.
type counted interface {
	rowsLeft() (n int64, known bool)
}

// waited adds up time in which others work.
type waited time.Duration

func (w *waited) since(start time.Time) { *w += waited(time.Since(start)) }

// measured is the decorator around every operator: it counts, keeps time, stops
// at cancellation, and guards the contract (no Next after the end or after an
// error, Close at most once and only after Open).
type measured struct {
	op     Operator
	stats  *physical.Stats
	opened bool
	closed bool
	end    error // io.EOF or the error that ended the output
}

func measure(op Operator, in []Operator) *measured {
	m := &measured{op: op, stats: &physical.Stats{}}
	for _, c := range in {
		if s := StatsOf(c); s != nil {
			m.stats.Children = append(m.stats.Children, s)
		}
	}
	return m
}

func (m *measured) Open(ctx context.Context) error {
	m.opened = true
	if err := context.Cause(ctx); err != nil {
		return err
	}
	start := time.Now()
	err := m.op.Open(ctx)
	m.stats.Nanos += int64(time.Since(start))
	return err
}

func (m *measured) Next(ctx context.Context) (*batch.Batch, error) {
	if m.end != nil {
		return nil, m.end
	}
	if err := context.Cause(ctx); err != nil {
		m.end = err
		return nil, err
	}
	start := time.Now()
	b, err := m.op.Next(ctx)
	m.stats.Nanos += int64(time.Since(start))
	if err != nil {
		m.end = err
		if c, ok := m.op.(counting); ok && err == io.EOF {
			m.stats.Counters = c.Counters()
		}
		return nil, err
	}
	m.stats.Batches++
	m.stats.Rows += int64(b.Rows())
	m.stats.Bytes += rowBytes(b)
	m.encodings(b)
	return b, nil
}

func (m *measured) rowsLeft() (n int64, known bool) {
	if c, ok := m.op.(counted); ok && m.end == nil {
		return c.rowsLeft()
	}
	return 0, false
}

// Close closes the operator if it was opened; operators therefore bear a Close
// after an Open that failed half-way.
func (m *measured) Close() error {
	if !m.opened || m.closed {
		return nil
	}
	m.closed = true
	m.end = io.EOF
	start := time.Now()
	err := m.op.Close()
	m.stats.Nanos += int64(time.Since(start))
	if u, ok := m.op.(usage); ok {
		m.stats.PeakMemory, m.stats.SpilledBytes = u.Usage()
	}
	if r, ok := m.op.(reporting); ok {
		r.report(m.stats)
	}
	return err
}

// encodings counts how the values of a batch are represented.
func (m *measured) encodings(b *batch.Batch) {
	if len(m.stats.Columns) < len(b.Columns) {
		m.stats.Columns = make([]physical.Encodings, len(b.Columns))
	}
	rows := int64(b.Rows())
	for i, c := range b.Columns {
		switch c.Enc {
		case batch.Dict:
			m.stats.Columns[i][1] += rows
		case batch.Const:
			m.stats.Columns[i][2] += rows
		default:
			m.stats.Columns[i][0] += rows
		}
	}
}

// rowBytes estimates the bytes of b's rows without dictionaries.
func rowBytes(b *batch.Batch) int64 {
	var n int64
	for _, c := range b.Columns {
		switch {
		case c.Enc == batch.Const:
		case c.Enc == batch.Dict:
			n += 4 * int64(c.N)
		case c.Phys == batch.PhysBytes && c.N > 0:
			n += int64(c.Offsets[c.N]-c.Offsets[0]) + 4*int64(c.N)
		case c.Phys == batch.PhysList, c.Phys == batch.PhysStruct:
			n += c.Size()
		default:
			n += int64(c.Phys.Width() * c.N)
		}
	}
	if b.Sel != nil && b.N > 0 {
		n = n * int64(len(b.Sel)) / int64(b.N)
	}
	return n
}

// input is the one input of an operator, for embedding: it opens and closes it.
type input struct{ in Operator }

func (u *input) Open(ctx context.Context) error { return u.in.Open(ctx) }
func (u *input) Close() error                   { return u.in.Close() }
