package operator

import (
	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/planner/scalar"
	"github.com/bixidata/bixi/udf"
)

// framesOf gives the frame of each row.
func (s *windowRows) framesOf(f *windowFunc) *udf.Frames {
	key := f.Frame.String()
	if known := s.frames[key]; known != nil {
		return known
	}
	out := &udf.Frames{From: make([]int32, s.N), To: make([]int32, s.N)}
	group := 0
	for p := 0; p+1 < len(s.Starts); p++ {
		part := &framePart{windowRows: s, from: s.Starts[p], to: s.Starts[p+1]}
		first := group
		for s.Peers[group] < part.to {
			group++
		}
		part.peers = s.Peers[first : group+1]
		part.bound(f.Frame.Unit, f.Frame.From, f.from, false, out.From)
		part.bound(f.Frame.Unit, f.Frame.To, f.to, true, out.To)
	}
	for i, from := range out.From {
		out.To[i] = max(out.To[i], from)
	}
	s.exclude(f.Frame.Exclude, out)
	s.frames[key] = out
	return out
}

// exclude notes the rows that EXCLUDE takes out.
func (s *windowRows) exclude(e scalar.Exclude, f *udf.Frames) {
	if e == scalar.ExcludeNone {
		return
	}
	f.Keep = e == scalar.ExcludeTies
	f.SkipFrom, f.SkipTo = make([]int32, s.N), make([]int32, s.N)
	for g := 0; g+1 < len(s.Peers); g++ {
		for i := s.Peers[g]; i < s.Peers[g+1]; i++ {
			f.SkipFrom[i], f.SkipTo[i] = s.Peers[g], s.Peers[g+1]
			if e == scalar.ExcludeCurrent {
				f.SkipFrom[i], f.SkipTo[i] = i, i+1
			}
		}
	}
}

// framePart is a partition, rows [from, to), while the frames of its rows are found.
type framePart struct {
	*windowRows
	from, to int32
	peers    []int32 // where its groups of peers begin, and its end
}

// bound writes one end of the frame of each row: the frame's first row, or with
// end the row behind its last.
func (p *framePart) bound(unit scalar.FrameUnit, b scalar.Bound, cols ends, end bool, out []int32) {
	switch {
	case b.Kind == scalar.UnboundedPreceding:
		fillInt32(out[p.from:p.to], p.from)
	case b.Kind == scalar.UnboundedFollowing:
		fillInt32(out[p.from:p.to], p.to)
	case unit == scalar.Rows:
		p.rowBound(b, end, out)
	case unit == scalar.Range && b.Kind != scalar.CurrentRow:
		p.rangeBound(b, cols, end, out)
	default:
		p.groupBound(b, end, out)
	}
}

func fillInt32(s []int32, v int32) {
	for i := range s {
		s[i] = v
	}
}

// offset is the signed distance of an end from the current row.
func offset(b scalar.Bound) int64 {
	switch b.Kind {
	case scalar.Preceding:
		return -b.Offset
	case scalar.Following:
		return b.Offset
	}
	return 0
}

func (p *framePart) rowBound(b scalar.Bound, end bool, out []int32) {
	by := offset(b)
	if end {
		by++
	}
	by = min(max(by, -int64(p.to)-1), int64(p.to)+1)
	for i := p.from; i < p.to; i++ {
		out[i] = min(max(i+int32(by), p.from), p.to)
	}
}

// groupBound is a bound at the edge of a group of peers, some groups away.
func (p *framePart) groupBound(b scalar.Bound, end bool, out []int32) {
	by, groups := offset(b), int64(len(p.peers)-1)
	if end {
		by++
	}
	for g := range groups {
		// Groups before the first end where it begins, those behind the last begin
		// where that ends.
		at := p.peers[min(max(g+min(max(by, -groups-1), groups+1), 0), groups)]
		fillInt32(out[p.peers[g]:p.peers[g+1]], at)
	}
}

// rangeBound looks for the first row whose key does not come before the value of
// the current row's end, or with end for the first behind it. Rows whose key is
// NULL have only each other in their frames.
func (p *framePart) rangeBound(b scalar.Bound, cols ends, end bool, out []int32) {
	key, value := cols.key.of(p.rows), cols.value.of(p.rows)
	from, to := p.from, p.to
	for from < to && key.IsNull(int(from)) {
		from++
	}
	for from < to && key.IsNull(int(to-1)) {
		to--
	}
	nulls := func(a, b int32) {
		if end {
			fillInt32(out[a:b], b)
		} else {
			fillInt32(out[a:b], a)
		}
	}
	nulls(p.from, from)
	nulls(to, p.to)
	sign := 1
	if len(p.desc) > 0 && p.desc[0] {
		sign = -1
	}
	at := from
	for i := from; i < to; i++ {
		for at < to {
			c := sign * compareKeys(key, int(at), value, int(i))
			if c > 0 || c == 0 && !end {
				break
			}
			at++
		}
		out[i] = at
	}
}

// compareKeys is compareValues for which zeros of either sign are one.
func compareKeys(a *batch.Column, i int, b *batch.Column, j int) int {
	if a.Enc == batch.Flat && b.Enc == batch.Flat && a.Phys == batch.PhysI64 && b.Phys == batch.PhysI64 {
		x, y := batch.Values[int64](a)[i], batch.Values[int64](b)[j]
		return b2i(x > y) - b2i(x < y)
	}
	if a.Type.IsFloating() && sameFloat(a, i, b, j) {
		return 0
	}
	return compareValues(a, i, b, j)
}
