package operator

import (
	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/udf"
)

// pieceRows are the rows that a piece is computed with: the partition's first rows
// (unless they are part of the rest), the blocks in the queue, and its last row.
type pieceRows struct {
	*windowRows
	place    *blockPlace
	head     int // rows before the queue's
	from, to int // the piece
}

// compute gives the rows of a block with the values of the functions.
func (l *largePartition) compute(place *blockPlace) (*batch.Batch, error) {
	p := l.gather(place)
	out := batch.New(place.rows)
	for _, c := range p.rows.Columns[:l.given] {
		out.Columns = append(out.Columns, batch.Slice(c, p.from, p.to))
	}
	for i, f := range l.funcs {
		var c *batch.Column
		var err error
		switch f.plan.kind {
		case byPlace:
			c, err = p.byPlace(f)
		case byContext:
			if c, err = p.value(f); err == nil {
				c = batch.Slice(c, p.from, p.to)
			}
		case byTotal:
			c = batch.ConstOf(l.totals[i], 0, place.rows)
		default:
			c, err = p.byPrefix(f, l.carry[i], place.last.values[i])
		}
		if err != nil {
			return nil, f.place(err)
		}
		out.Columns = append(out.Columns, c)
	}
	return out, nil
}

// gather puts the rows together.
func (l *largePartition) gather(place *blockPlace) *pieceRows {
	p := &pieceRows{place: place}
	build := batch.NewBatchBuilder(l.types)
	first, last := l.queue[0], l.queue[len(l.queue)-1]
	if l.head != nil && first.at > 0 {
		build.Append(l.head.Slice(0, int(min(int64(l.head.N), first.at))))
	}
	p.head = build.Rows()
	for _, q := range l.queue {
		build.Append(q.rows)
	}
	if l.tail != nil && last.at+int64(last.rows.N) < l.rows {
		build.Append(l.tail)
	}
	p.from = p.head + int(place.Before-first.at)
	p.to = p.from + place.rows
	rows := build.Finish()
	p.windowRows = &windowRows{windowCalc: l.windowCalc, rows: rows, frames: map[string]*udf.Frames{}}
	p.WindowRows = udf.WindowRows{N: rows.N, Starts: []int32{0, int32(rows.N)}}
	p.findPeers()
	return p
}

// byPlace computes a function over the piece alone.
func (p *pieceRows) byPlace(f *windowFunc) (*batch.Column, error) {
	n := p.to - p.from
	r := &udf.WindowRows{N: n, Starts: []int32{0, int32(n)}, Piece: &p.place.Piece, Peers: []int32{0}}
	for _, g := range p.Peers {
		if at := int(g) - p.from; at > 0 && at < n {
			r.Peers = append(r.Peers, int32(at))
		}
	}
	r.Peers = append(r.Peers, int32(n))
	return f.eval(r, f.columns(p.rows.Slice(p.from, p.to)))
}

// byPrefix merges what went before the queue with the rows of it that each frame
// holds. The last rows have peers behind the piece if atEnd is their value.
func (p *pieceRows) byPrefix(f *windowFunc, carry udf.Accumulator, atEnd *batch.Column) (*batch.Column, error) {
	n := p.to - p.from
	whole := p.framesOf(f)
	frames := &udf.Frames{From: make([]int32, n), To: make([]int32, n)}
	for i := range n {
		frames.From[i] = int32(p.head)
		frames.To[i] = max(whole.To[p.from+i], int32(p.head))
	}
	acc := f.accumulator(n)
	if int64(p.from-p.head) < p.place.Before {
		state, err := carry.State(0, 1)
		if err != nil {
			return nil, err
		}
		for i, c := range state {
			state[i] = batch.ConstOf(c, 0, n)
		}
		if err := acc.Merge(ascending(n), state); err != nil {
			return nil, err
		}
	}
	if err := p.mergeTree(f, frames, f.columns(p.rows), acc); err != nil {
		return nil, err
	}
	out, err := acc.Final(0, n)
	if err != nil || atEnd == nil || p.place.Behind == 0 {
		return out, err
	}
	return p.withEnd(out, atEnd), nil
}

// withEnd gives the last peers of the piece the value atEnd.
func (p *pieceRows) withEnd(out, atEnd *batch.Column) *batch.Column {
	open := p.from
	for _, g := range p.Peers {
		if int(g) < p.to {
			open = max(open, int(g))
		}
	}
	b := batch.NewBuilder(out.Type)
	b.Append(batch.Slice(out, 0, open-p.from), nil)
	b.Append(batch.ConstOf(atEnd, 0, p.to-open), nil)
	return b.Finish()
}

// ascending is 0, 1, …, n-1.
func ascending(n int) []int32 {
	out := make([]int32, n)
	for i := range out {
		out[i] = int32(i)
	}
	return out
}
