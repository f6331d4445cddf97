package builtin

import (
	"fmt"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/udf/builtin/internal/exactsum"
)

// floatSum adds FLOATs or DOUBLEs exactly.
type floatSum struct {
	mean   bool
	sums   exactsum.Sums
	counts []int64 // of a mean
	f32    []float32
	f64    []float64
	buf    []int64
	merger exactsum.Merger
}

func (a *floatSum) Resize(groups int) {
	a.sums.Resize(groups)
	if a.mean {
		a.counts = resize(a.counts, groups)
	}
}

func (a *floatSum) Update(groups []int32, args []*batch.Column) error {
	c := args[0]
	valid, none := validRows(c)
	if none {
		return nil
	}
	if c.Phys == batch.PhysF32 {
		exactsum.Add(&a.sums, groups, fixed(c, &a.f32), valid)
	} else {
		exactsum.Add(&a.sums, groups, fixed(c, &a.f64), valid)
	}
	if a.mean {
		countValid(a.counts, groups, valid)
	}
	return nil
}

// countValid counts the rows that are not NULL.
func countValid(counts []int64, groups []int32, valid batch.Bitmap) {
	switch {
	case valid == nil && len(counts) == 1:
		counts[0] += int64(len(groups))
	case valid == nil:
		for _, g := range groups {
			counts[g]++
		}
	case len(counts) == 1:
		counts[0] += int64(valid.Count(len(groups)))
	default:
		for i, g := range groups {
			counts[g] += int64(valid[uint(i)/64] >> (uint(i) % 64) & 1)
		}
	}
}

func (a *floatSum) Merge(groups []int32, state []*batch.Column) error {
	if err := mergeSums(&a.merger, &a.sums, groups, state[0]); err != nil {
		return err
	}
	if a.mean {
		vals := fixed(state[1], &a.buf)
		for i, g := range groups {
			a.counts[g] += vals[i]
		}
	}
	return nil
}

// mergeSums merges a state column, in which NULL is a sum without terms.
func mergeSums(m *exactsum.Merger, s *exactsum.Sums, groups []int32, c *batch.Column) error {
	c = batch.Flatten(c)
	if err := m.MergeAll(s, groups, c.Data, c.Offsets, c.Valid); err != nil {
		return fmt.Errorf("merging sums of DOUBLE: %w", err)
	}
	return nil
}

func sumsColumn(s *exactsum.Sums, from, to int) *batch.Column {
	out := newTexts(to - from)
	out.data = make([]byte, 0, 16*(to-from))
	for g := from; g < to; g++ {
		if !s.Any(g) {
			out.null()
			continue
		}
		out.data = s.AppendState(out.data, g)
		out.end()
	}
	return out.column(types.BinaryType)
}

func (a *floatSum) State(from, to int) ([]*batch.Column, error) {
	out := []*batch.Column{sumsColumn(&a.sums, from, to)}
	if a.mean {
		counts := append([]int64(nil), a.counts[from:to]...)
		out = append(out, batch.FromValues(types.BigIntType, batch.PhysI64, counts, nil))
	}
	return out, nil
}

func (a *floatSum) Final(from, to int) (*batch.Column, error) {
	out := make([]float64, to-from)
	for i := range out {
		out[i] = a.sums.Float64(from + i)
		if a.mean {
			out[i] /= float64(a.counts[from+i])
		}
	}
	return batch.FromValues(types.DoubleType, batch.PhysF64, out, present(from, to, a.sums.Any)), nil
}

func (a *floatSum) Size() int64 {
	return a.sums.Size() + a.merger.Size() + 8*int64(cap(a.counts)+cap(a.f64)+cap(a.buf)) + 4*int64(cap(a.f32))
}
