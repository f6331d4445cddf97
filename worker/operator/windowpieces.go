package operator

import (
	"github.com/bixidata/bixi/planner/scalar"
)

// pieceKind is how a function is computed over a partition that is not in memory.
type pieceKind uint8

const (
	// byPlace functions follow from the places of rows and their peers.
	byPlace pieceKind = iota
	// byContext functions look at rows near by, and the first and last of all.
	byContext
	// byTotal aggregates see all rows: their values are known after the first pass.
	byTotal
	// byPrefix aggregates see all rows up to one near by: what went before is a state.
	byPrefix
	// byPeers aggregates see all rows up to the last peer.
	byPeers
	// notByPieces functions need the partition in memory.
	notByPieces
)

// piecePlan is what a function needs of the rows around a piece of a partition.
type piecePlan struct {
	kind          pieceKind
	before, after int64 // rows around it
	head          int64 // rows at the beginning of the partition
	tail          bool  // the last row of the partition
}

// maxContext bounds the rows of context that a piece is read with.
const maxContext = 1 << 14

// planOf finds how f is computed piece by piece.
func planOf(f *windowFunc) piecePlan {
	p := piecePlan{kind: notByPieces}
	switch {
	case f.fn.Aggregate != nil:
		p = aggregatePlan(f)
	case f.IgnoreNulls:
	case f.fn.Window.Framed:
		p = framedPlan(f)
	case f.fn.Window.Reach != nil:
		p.kind = byContext
		p.before, p.after = f.fn.Window.Reach(f.call)
	default:
		p.kind = byPlace
	}
	if max(p.before, p.after, p.head) > maxContext {
		p.kind = notByPieces
	}
	return p
}

// isNear reports an end that is some rows away.
func isNear(b scalar.Bound) bool {
	return b.Kind != scalar.UnboundedPreceding && b.Kind != scalar.UnboundedFollowing
}

// nearPlan is for a frame of rows near by.
func nearPlan(f scalar.Frame) piecePlan {
	return piecePlan{
		kind:   byContext,
		before: max(0, -offset(f.From), -offset(f.To)),
		after:  max(0, offset(f.From), offset(f.To)),
	}
}

func aggregatePlan(f *windowFunc) piecePlan {
	frame := f.Frame
	switch {
	case frame.Unit == scalar.Rows && isNear(frame.From) && isNear(frame.To):
		return nearPlan(frame)
	case f.Distinct || frame.Exclude != scalar.ExcludeNone || frame.From.Kind != scalar.UnboundedPreceding:
		return piecePlan{kind: notByPieces}
	case frame.To.Kind == scalar.UnboundedFollowing:
		return piecePlan{kind: byTotal}
	case frame.Unit == scalar.Rows:
		p := nearPlan(frame)
		p.kind = byPrefix
		return p
	case frame.To.Kind == scalar.CurrentRow:
		return piecePlan{kind: byPeers}
	}
	return piecePlan{kind: notByPieces}
}

// framedPlan is for functions that take a value out of the frame, counted from
// one of its ends.
func framedPlan(f *windowFunc) piecePlan {
	frame, reach := f.Frame, f.fn.Window.Reach
	whole := frame.From.Kind == scalar.UnboundedPreceding && frame.To.Kind == scalar.UnboundedFollowing
	if reach == nil || frame.Unit != scalar.Rows && !whole || frame.Exclude > scalar.ExcludeCurrent {
		return piecePlan{kind: notByPieces}
	}
	head, behind := reach(f.call)
	if behind > 0 || frame.Exclude == scalar.ExcludeCurrent && !(isNear(frame.From) && isNear(frame.To)) {
		return piecePlan{kind: notByPieces}
	}
	p := nearPlan(frame)
	p.after += head
	if frame.From.Kind == scalar.UnboundedPreceding {
		p.head = head
	}
	p.tail = frame.To.Kind == scalar.UnboundedFollowing
	return p
}

// piecewise plans all functions, and reports whether each can be computed by pieces.
func (c *windowCalc) piecewise() bool {
	for _, f := range c.funcs {
		if f.plan = planOf(f); f.plan.kind == notByPieces {
			return false
		}
		c.context.before = max(c.context.before, f.plan.before)
		c.context.after = max(c.context.after, f.plan.after)
		c.context.head = max(c.context.head, f.plan.head)
		c.context.tail = c.context.tail || f.plan.tail
	}
	return true
}
