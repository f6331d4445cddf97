package operator

import (
	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/planner/scalar"
	"github.com/bixidata/bixi/udf"
)

// aggregate computes an aggregate over the frame of each row.
//
// Rows that follow each other often have the same frame, which is computed once.
// Frames that do not overlap are groups, as in an aggregation; for others the
// function may know a way (udf.Framer); and every aggregate can merge the states
// of a tree (see windowtree.go).
func (s *windowRows) aggregate(f *windowFunc, args []*batch.Column) (*batch.Column, error) {
	frames, of := distinctFrames(s.framesOf(f))
	var out *batch.Column
	var err error
	switch {
	case disjoint(frames):
		out, err = s.aggregateGroups(f, frames, args)
	case f.Distinct && !(f.Frame.From.Kind == scalar.UnboundedPreceding && f.Frame.Exclude == scalar.ExcludeNone):
		out, err = s.aggregateDistinct(f, frames, args)
	default:
		if f.Distinct {
			args = s.firstOnly(args)
		}
		if framer, ok := f.fn.Aggregate.New(f.call).(udf.Framer); ok {
			out, err = framer.Frames(frames, args)
		}
		if out == nil && err == nil {
			out, err = s.aggregateTree(f, frames, args)
		}
	}
	if err != nil || of == nil {
		return out, err
	}
	return batch.Take(out, of), nil
}

// distinctFrames drops frames that are the same as the one before; of, unless nil,
// says which frame each row has.
func distinctFrames(f *udf.Frames) (out *udf.Frames, of []int32) {
	if f.SkipFrom != nil {
		return f, nil
	}
	n := 0
	for i := range f.From {
		if i == 0 || f.From[i] != f.From[i-1] || f.To[i] != f.To[i-1] {
			n++
		}
	}
	if n == len(f.From) {
		return f, nil
	}
	out, of = &udf.Frames{}, make([]int32, len(f.From))
	for i := range f.From {
		if i == 0 || f.From[i] != f.From[i-1] || f.To[i] != f.To[i-1] {
			out.From, out.To = append(out.From, f.From[i]), append(out.To, f.To[i])
		}
		of[i] = int32(len(out.From) - 1)
	}
	return out, of
}

func disjoint(f *udf.Frames) bool {
	if f.SkipFrom != nil {
		return false
	}
	for i := 1; i < len(f.From); i++ {
		if f.From[i] < f.To[i-1] {
			return false
		}
	}
	return true
}

// aggregateGroups aggregates frames none of which overlap.
func (s *windowRows) aggregateGroups(f *windowFunc, frames *udf.Frames, args []*batch.Column) (*batch.Column, error) {
	rows, groups := make([]int32, 0, s.N), make([]int32, 0, s.N)
	seen := s.seen(f, args)
	for i := range frames.From {
		for r := frames.From[i]; r < frames.To[i]; r++ {
			if seen == nil || seen.first(r, int32(i)) {
				rows, groups = append(rows, r), append(groups, int32(i))
			}
		}
	}
	if len(rows) < s.N {
		args = takeAll(args, rows)
	}
	acc := f.fn.Aggregate.New(f.call)
	acc.Resize(len(frames.From))
	if err := acc.Update(groups, args); err != nil {
		return nil, err
	}
	return acc.Final(0, len(frames.From))
}

func takeAll(cols []*batch.Column, rows []int32) []*batch.Column {
	out := make([]*batch.Column, len(cols))
	for i, c := range cols {
		out[i] = batch.Take(c, rows)
	}
	return out
}

// together is how many rows are handed to an accumulator at once.
const together = 1 << 16

// aggregateDistinct goes through the rows of every frame: DISTINCT over frames
// that begin anywhere takes time in their lengths.
func (s *windowRows) aggregateDistinct(f *windowFunc, frames *udf.Frames, args []*batch.Column) (*batch.Column, error) {
	acc := f.fn.Aggregate.New(f.call)
	acc.Resize(len(frames.From))
	seen := s.seen(f, args)
	var rows, groups []int32
	var spans []udf.Span
	for i := range frames.From {
		spans = frames.Spans(i, spans[:0])
		for _, span := range spans {
			for r := span.From; r < span.To; r++ {
				if seen.first(r, int32(i)) {
					rows, groups = append(rows, r), append(groups, int32(i))
				}
			}
		}
		if len(rows) >= together || i == len(frames.From)-1 && len(rows) > 0 {
			if err := acc.Update(groups, takeAll(args, rows)); err != nil {
				return nil, err
			}
			rows, groups = rows[:0], groups[:0]
		}
	}
	return acc.Final(0, len(frames.From))
}

// seenValues tells which values came up in a frame already.
type seenValues struct {
	codes []int32 // of the rows: equal for equal values
	in    []int32 // the last frame, plus one, that each code came up in
}

// seen numbers the arguments of a DISTINCT aggregate; nil for another.
func (s *windowRows) seen(f *windowFunc, args []*batch.Column) *seenValues {
	if !f.Distinct {
		return nil
	}
	return numbered(args, s.N)
}

func numbered(args []*batch.Column, n int) *seenValues {
	v := &seenValues{codes: make([]int32, n)}
	table := newGroupTable(typesOf(args))
	var h batch.Hasher
	table.assign(args, h.Hash(args, n, nil), v.codes)
	v.in = make([]int32, len(table.hashes()))
	return v
}

// first reports whether the value of row r comes up for the first time in a frame.
func (v *seenValues) first(r, frame int32) bool {
	code := v.codes[r]
	if v.in[code] == frame+1 {
		return false
	}
	v.in[code] = frame + 1
	return true
}

// firstOnly makes the arguments NULL, which no aggregate counts, but for the first
// row of each value in its partition.
func (s *windowRows) firstOnly(args []*batch.Column) []*batch.Column {
	seen, keep := numbered(args, s.N), batch.NewBitmap(s.N)
	for p := 0; p+1 < len(s.Starts); p++ {
		for r := s.Starts[p]; r < s.Starts[p+1]; r++ {
			if seen.first(r, int32(p)) {
				keep.Set(int(r))
			}
		}
	}
	out := make([]*batch.Column, len(args))
	for i, c := range args {
		if c.Enc == batch.Const {
			c = batch.Flatten(c)
		}
		masked := *c
		masked.Valid = batch.And(c.Valid, keep, s.N)
		out[i] = &masked
	}
	return out
}
