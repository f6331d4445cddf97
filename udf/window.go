package udf

import "github.com/bixidata/bixi/batch"

// Window is the side of a function that is called OVER a window and is no
// aggregate. Every aggregate may be called so too.
type Window struct {
	// Framed functions read the frame. The others see the whole partition.
	Framed bool
	// Nulls says that the function takes IGNORE NULLS.
	Nulls bool
	// Backward says that a row's value depends on no row behind its peers, so that
	// rows that are not wanted may be dropped from the end of a partition.
	Backward bool
	// Reach, if not nil, is how many rows before and behind a row the function
	// looks. A framed function looks at the last row of the frame and at the first
	// of it, as many as before says; behind is 0 if these are all.
	Reach func(call *Call) (before, behind int64)
	// New makes the evaluation of one call.
	New func(call *Call, ignoreNulls bool) (WindowEval, error)
}

// WindowEval computes a function for all rows of rows. Args are as Update has them.
type WindowEval func(rows *WindowRows, args []*batch.Column) (*batch.Column, error)

// WindowRows are sorted rows in whole partitions, or a piece of one partition.
type WindowRows struct {
	N int
	// Starts lists the first row of each partition and then N; Peers that of each
	// group of rows with equal order keys.
	Starts, Peers []int32
	// Frames is set for framed functions.
	Frames *Frames
	// Piece is set if the rows are a piece of one large partition. The pieces come
	// in order.
	Piece *Piece
}

// Piece is the place of rows in a partition.
type Piece struct {
	Size   int64 // rows of the partition
	Before int64 // of them before the piece
	Groups int64 // groups of peers that begin before the piece
	Open   int64 // rows before the piece that are peers of its first row
	Behind int64 // rows behind the piece that are peers of its last row
}

// Frames are the rows that each of a list of frames holds.
type Frames struct {
	// From and To bound frame i: it is rows [From[i], To[i]). Neither descends.
	From, To []int32
	// SkipFrom and SkipTo, unless nil, bound the rows taken out of each frame by
	// EXCLUDE; Keep says that row i stays in frame i all the same.
	SkipFrom, SkipTo []int32
	Keep             bool
}

// Span is rows [From, To).
type Span struct{ From, To int32 }

// Spans appends the rows of frame i, at most three spans in ascending order.
func (f *Frames) Spans(i int, out []Span) []Span {
	from, to := f.From[i], f.To[i]
	add := func(a, b int32) {
		if a, b = max(a, from), min(b, to); a < b {
			out = append(out, Span{a, b})
		}
	}
	if f.SkipFrom == nil {
		add(from, to)
		return out
	}
	add(from, f.SkipFrom[i])
	if f.Keep {
		add(int32(i), int32(i)+1)
	}
	add(f.SkipTo[i], to)
	return out
}

// Framer is an Accumulator that has a faster way than merging states to aggregate
// over many frames that overlap.
type Framer interface {
	// Frames gives the result for each frame over the rows of args, or nil if it has
	// no way for these. It is called on an accumulator that is empty.
	Frames(f *Frames, args []*batch.Column) (*batch.Column, error)
}
