package scalar

import "fmt"

// Window is one call over a window. It is not an Expr: only window nodes hold it.
type Window struct {
	// Aggregate is the call itself, of an aggregate or of a window function.
	Aggregate
	IgnoreNulls bool
	Frame       Frame
}

// FrameUnit is what the ends of a frame count.
type FrameUnit uint8

// The frame units.
const (
	Rows FrameUnit = iota
	Range
	Groups
)

func (u FrameUnit) String() string { return [...]string{"rows", "range", "groups"}[u] }

// Exclude is what is taken out of a frame.
type Exclude uint8

// The exclusions.
const (
	ExcludeNone Exclude = iota
	ExcludeCurrent
	ExcludeGroup
	ExcludeTies
)

func (e Exclude) String() string {
	return [...]string{"no others", "current row", "group", "ties"}[e]
}

// BoundKind is the kind of a frame's end.
type BoundKind uint8

// The ends a frame can have, in the order in which they may follow each other.
const (
	UnboundedPreceding BoundKind = iota
	Preceding
	CurrentRow
	Following
	UnboundedFollowing
)

func (k BoundKind) String() string {
	return [...]string{"unbounded preceding", "preceding", "current row", "following", "unbounded following"}[k]
}

// Bound is an end of a frame. Offset counts rows or groups of peers. In a RANGE
// frame, Value is the order key that the end lies at, to be compared with Key.
type Bound struct {
	Kind   BoundKind
	Offset int64
	Key    Expr
	Value  Expr
}

// Frame is the rows around a row that a function sees.
type Frame struct {
	Unit     FrameUnit
	From, To Bound
	Exclude  Exclude
}

// WholeFrame is all rows of the partition.
var WholeFrame = Frame{From: Bound{Kind: UnboundedPreceding}, To: Bound{Kind: UnboundedFollowing}}

// IsWhole reports whether f is all rows of the partition.
func (f Frame) IsWhole() bool {
	return f.From.Kind == UnboundedPreceding && f.To.Kind == UnboundedFollowing && f.Exclude == ExcludeNone
}

func (f Frame) String() string {
	s := fmt.Sprintf("%s between %s and %s", f.Unit, f.From, f.To)
	if f.Exclude != ExcludeNone {
		s += " exclude " + f.Exclude.String()
	}
	return s
}

func (b Bound) String() string {
	switch {
	case b.Kind != Preceding && b.Kind != Following:
		return b.Kind.String()
	case b.Value != nil:
		return fmt.Sprintf("%s %s", b.Value, b.Kind)
	}
	return fmt.Sprintf("%d %s", b.Offset, b.Kind)
}

// Exprs lists the expressions of the call; MapExprs replaces each by f of it.
func (w Window) Exprs() []Expr {
	out := append([]Expr{}, w.Args...)
	for _, e := range []Expr{w.Filter, w.Frame.From.Key, w.Frame.From.Value, w.Frame.To.Key, w.Frame.To.Value} {
		if e != nil {
			out = append(out, e)
		}
	}
	return out
}

// MapExprs is w with each expression replaced by f of it.
func (w Window) MapExprs(f func(Expr) Expr) Window {
	args := make([]Expr, len(w.Args))
	for i, e := range w.Args {
		args[i] = f(e)
	}
	w.Args = args
	for _, e := range []*Expr{&w.Filter, &w.Frame.From.Key, &w.Frame.From.Value, &w.Frame.To.Key, &w.Frame.To.Value} {
		if *e != nil {
			*e = f(*e)
		}
	}
	return w
}

func (w Window) String() string {
	s := w.Aggregate.String()
	if w.IgnoreNulls {
		s += " ignore nulls"
	}
	if !w.Frame.IsWhole() {
		s += " " + w.Frame.String()
	}
	return s
}
