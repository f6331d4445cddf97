package operator

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/bixidata/bixi/batch"
)

// Stats is what one operator did, for EXPLAIN ANALYZE. It is plain data; it is
// read when its operator has been closed.
type Stats struct {
	Name     string
	Describe string
	Rows     int64 // given out
	Batches  int64
	Bytes    int64 // of the columns given out, without shared dictionaries
	// Nanos is the time spent inside the operator and all below it.
	Nanos        int64
	PeakMemory   int64 // bytes reserved at most
	SpilledBytes int64
	// Counters are those of MapReduce code, by the program's keys.
	Counters map[string]int64 `json:",omitempty"`
	Children []*Stats
}

// Self is the time spent in the operator without its inputs.
func (s *Stats) Self() time.Duration {
	n := s.Nanos
	for _, c := range s.Children {
		n -= c.Nanos
	}
	return time.Duration(max(n, 0))
}

// Add adds the figures of another task's tree of the same plan; peaks take the
// larger.
func (s *Stats) Add(o *Stats) {
	s.Rows += o.Rows
	s.Batches += o.Batches
	s.Bytes += o.Bytes
	s.Nanos += o.Nanos
	s.PeakMemory = max(s.PeakMemory, o.PeakMemory)
	s.SpilledBytes += o.SpilledBytes
	for i := range min(len(s.Children), len(o.Children)) {
		s.Children[i].Add(o.Children[i])
	}
}

// Format draws the tree, one operator a line, inputs indented.
func (s *Stats) Format() string {
	var b strings.Builder
	s.format(&b, 0)
	return b.String()
}

func (s *Stats) format(b *strings.Builder, depth int) {
	fmt.Fprintf(b, "%s%s  rows=%d batches=%d bytes=%s time=%s", strings.Repeat("  ", depth), s.Describe,
		s.Rows, s.Batches, sizeText(s.Bytes), s.Self().Round(time.Microsecond))
	if s.PeakMemory > 0 {
		fmt.Fprintf(b, " memory=%s", sizeText(s.PeakMemory))
	}
	if s.SpilledBytes > 0 {
		fmt.Fprintf(b, " spilled=%s", sizeText(s.SpilledBytes))
	}
	b.WriteByte('\n')
	for _, c := range s.Children {
		c.format(b, depth+1)
	}
}

// sizeText writes a number of bytes with a binary unit.
func sizeText(n int64) string {
	switch {
	case n >= 1<<30:
		return fmt.Sprintf("%.1fGiB", float64(n)/(1<<30))
	case n >= 1<<20:
		return fmt.Sprintf("%.1fMiB", float64(n)/(1<<20))
	case n >= 1<<10:
		return fmt.Sprintf("%.1fKiB", float64(n)/(1<<10))
	}
	return fmt.Sprintf("%dB", n)
}

// StatsOf gives the statistics of an operator that Build made; nil for others.
func StatsOf(op Operator) *Stats {
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

// measured is the decorator around every operator: it counts, keeps time, stops
// at cancellation, and guards the contract (no Next after the end or after an
// error, Close at most once and only after Open).
type measured struct {
	op     Operator
	stats  *Stats
	opened bool
	closed bool
	end    error // io.EOF or the error that ended the output
}

func measure(op Operator, name, describe string, in []Operator) *measured {
	m := &measured{op: op, stats: &Stats{Name: name, Describe: describe}}
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
	return b, nil
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
	return err
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
