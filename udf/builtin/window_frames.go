package builtin

import (
	"bytes"
	"math/bits"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/udf"
	"github.com/bixidata/bixi/udf/builtin/internal/exactsum"
)

// The aggregates below are Framers: they aggregate over frames that overlap in
// time that does not depend on the frames' lengths.

// eachFrame calls f with the spans of each frame.
func eachFrame(f *udf.Frames, do func(i int, s udf.Span)) {
	if f.SkipFrom == nil {
		for i, from := range f.From {
			do(i, udf.Span{From: from, To: max(from, f.To[i])})
		}
		return
	}
	var spans []udf.Span
	for i := range f.From {
		spans = f.Spans(i, spans[:0])
		for _, s := range spans {
			do(i, s)
		}
	}
}

// counted gives for each place how many rows before it are set in valid (nil: all).
func counted(valid batch.Bitmap, n int) []int32 {
	out := make([]int32, n+1)
	for i := range n {
		out[i+1] = out[i]
		if valid == nil || valid.Get(i) {
			out[i+1]++
		}
	}
	return out
}

// Frames takes the difference of the counts before the ends of each frame.
func (a *counter) Frames(f *udf.Frames, args []*batch.Column) (*batch.Column, error) {
	n := 0
	var valid batch.Bitmap
	for _, c := range args {
		v, none := validRows(c)
		n = c.N
		if none {
			v = batch.NewBitmap(n)
		}
		valid = batch.And(valid, v, n)
	}
	if a.onlyTrue {
		valid = batch.And(valid, trueRows(args[0]), n)
	}
	a.Resize(len(f.From))
	if valid == nil {
		eachFrame(f, func(i int, s udf.Span) { a.counts[i] += int64(s.To - s.From) })
	} else {
		before := counted(valid, n)
		eachFrame(f, func(i int, s udf.Span) { a.counts[i] += int64(before[s.To] - before[s.From]) })
	}
	return a.Final(0, len(f.From))
}

// Frames takes the difference of the sums before the ends of each frame. Terms of
// 64 bits are too few to leave the 128 bits of a sum.
func (a *exactSum) Frames(f *udf.Frames, args []*batch.Column) (*batch.Column, error) {
	c := args[0]
	valid, none := validRows(c)
	if c.Phys == batch.PhysI128 && !none {
		return nil, nil
	}
	a.Resize(len(f.From))
	if !none {
		before := make([]total, c.N+1)
		t := total{}
		for i, v := range ints(c, &a.narrow) {
			if valid == nil || valid.Get(i) {
				lo, carry := bits.Add64(t.lo, uint64(v), 0)
				t = total{lo, t.hi + v>>63 + int64(carry), t.n + 1}
			}
			before[i+1] = t
		}
		eachFrame(f, func(i int, s udf.Span) {
			from, to, t := &before[s.From], &before[s.To], &a.totals[i]
			lo, borrow := bits.Sub64(to.lo, from.lo, 0)
			hi := to.hi - from.hi - int64(borrow)
			lo, carry := bits.Add64(t.lo, lo, 0)
			*t = total{lo, t.hi + hi + int64(carry), t.n + to.n - from.n}
		})
	}
	return a.Final(0, len(f.From))
}

// Frames moves one exact sum along the frames: rows that leave are taken away.
func (a *floatSum) Frames(f *udf.Frames, args []*batch.Column) (*batch.Column, error) {
	c := args[0]
	valid, none := validRows(c)
	if none || f.SkipFrom != nil {
		return nil, nil
	}
	vals := floats(c, &a.f64)
	for i, x := range vals {
		if x-x != 0 && (valid == nil || valid.Get(i)) {
			return nil, nil // an infinity or NaN cannot be taken away again
		}
	}
	before := counted(valid, c.N)
	out := make([]float64, len(f.From))
	present := batch.NewBitmap(len(out))
	var sum exactsum.Sums
	sum.Resize(1)
	from, to := int32(0), int32(0)
	for i := range out {
		if f.From[i] >= f.To[i] || before[f.From[i]] == before[f.To[i]] {
			continue
		}
		if f.From[i] >= to || before[from] == before[to] {
			sum = exactsum.Sums{}
			sum.Resize(1)
			from, to = f.From[i], f.From[i]
		}
		for ; to < f.To[i]; to++ {
			if valid == nil || valid.Get(int(to)) {
				sum.AddOne(0, vals[to])
			}
		}
		for ; from < f.From[i]; from++ {
			if valid == nil || valid.Get(int(from)) {
				sum.AddOne(0, -vals[from])
			}
		}
		out[i] = sum.Float64(0)
		if a.mean {
			out[i] /= float64(before[to] - before[from])
		}
		present.Set(i)
	}
	return batch.FromValues(types.DoubleType, batch.PhysF64, out, present), nil
}

// slide gives for each frame the row that wins over all others of it that are set
// in valid, or -1: candidates wait in a queue in which each wins over those behind.
func slide(f *udf.Frames, valid batch.Bitmap, wins func(i, j int32) bool) []int32 {
	out := make([]int32, len(f.From))
	var queue []int32
	head, to := 0, int32(0)
	for i := range out {
		if to < f.From[i] {
			to, queue, head = f.From[i], queue[:0], 0
		}
		for ; to < f.To[i]; to++ {
			if valid != nil && !valid.Get(int(to)) {
				continue
			}
			for len(queue) > head && !wins(queue[len(queue)-1], to) {
				queue = queue[:len(queue)-1]
			}
			queue = append(queue, to)
		}
		for head < len(queue) && queue[head] < f.From[i] {
			head++
		}
		out[i] = -1
		if head < len(queue) && f.From[i] < f.To[i] {
			out[i] = queue[head]
		}
	}
	return out
}

// Frames keeps the candidates of a sliding frame in a queue.
func (a *extremeFixed) Frames(f *udf.Frames, args []*batch.Column) (*batch.Column, error) {
	c := args[0]
	valid, none := validRows(c)
	if none || f.SkipFrom != nil {
		return nil, nil
	}
	var vals []int64
	if a.typ.IsFloating() {
		vals = make([]int64, c.N)
		for i, x := range floats(c, &a.floats) {
			vals[i] = floatKey(x)
		}
	} else {
		vals = ints(c, &a.ints)
	}
	wins := func(i, j int32) bool { return vals[i] < vals[j] }
	if a.greatest {
		wins = func(i, j int32) bool { return vals[i] > vals[j] }
	}
	a.best, a.seen = make([]int64, len(f.From)), make([]uint8, len(f.From))
	for i, row := range slide(f, valid, wins) {
		if row >= 0 {
			a.best[i], a.seen[i] = vals[row], 1
		}
	}
	return a.Final(0, len(f.From))
}

// Frames keeps the candidates of a sliding frame in a queue.
func (a *extremeText) Frames(f *udf.Frames, args []*batch.Column) (*batch.Column, error) {
	c := args[0]
	valid, none := validRows(c)
	if none || f.SkipFrom != nil || !a.typ.IsText() || a.typ.Kind == types.Char {
		return nil, nil
	}
	sign := -1
	if a.greatest {
		sign = 1
	}
	rows := slide(f, valid, func(i, j int32) bool { return bytes.Compare(c.Bytes(int(i)), c.Bytes(int(j))) == sign })
	return batch.Take(c, rows), nil
}
