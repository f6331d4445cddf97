package builtin

import (
	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/udf"
)

// A mean has the sum and the number of its rows: SUM and COUNT of its argument read
// them there instead of adding up once more.

// reader takes nothing itself.
type reader struct{}

func (reader) Resize(int)                            {}
func (reader) Update([]int32, []*batch.Column) error { return nil }
func (reader) Merge([]int32, []*batch.Column) error  { return nil }
func (reader) Size() int64                           { return 0 }

// sumReader is a sum; now gives one with the states of the mean.
type sumReader struct {
	reader
	now func() udf.Accumulator
}

func (r sumReader) State(from, to int) ([]*batch.Column, error) { return r.now().State(from, to) }
func (r sumReader) Final(from, to int) (*batch.Column, error)   { return r.now().Final(from, to) }

// countReader is a count; of gives that of a group.
type countReader struct {
	reader
	of func(g int) int64
}

func (r countReader) State(from, to int) ([]*batch.Column, error) {
	c, err := r.Final(from, to)
	return []*batch.Column{c}, err
}

func (r countReader) Final(from, to int) (*batch.Column, error) {
	out := make([]int64, to-from)
	for i := range out {
		out[i] = r.of(from + i)
	}
	return batch.FromValues(types.BigIntType, batch.PhysI64, out, nil), nil
}

func (a *exactSum) View(other udf.Accumulator) udf.Accumulator {
	if !a.mean {
		return nil
	}
	switch b := other.(type) {
	case *exactSum:
		if !b.mean {
			return sumReader{now: func() udf.Accumulator {
				b.totals, b.wraps = a.totals, a.wraps
				return b
			}}
		}
	case *counter:
		if !b.onlyTrue {
			return countReader{of: func(g int) int64 { return a.totals[g].n }}
		}
	}
	return nil
}

func (a *floatSum) View(other udf.Accumulator) udf.Accumulator {
	if !a.mean {
		return nil
	}
	switch b := other.(type) {
	case *floatSum:
		if !b.mean {
			return sumReader{now: func() udf.Accumulator {
				b.sums = a.sums
				return b
			}}
		}
	case *counter:
		if !b.onlyTrue {
			return countReader{of: func(g int) int64 { return a.counts[g] }}
		}
	}
	return nil
}
