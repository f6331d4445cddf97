package bind

import (
	"strings"

	"github.com/bixidata/bixi/planner/scalar"
	"github.com/bixidata/bixi/sql/decimal"
	"github.com/bixidata/bixi/sql/diag"
	"github.com/bixidata/bixi/sql/syntax"
	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/udf"
)

var frameUnits = map[syntax.FrameUnit]scalar.FrameUnit{syntax.FrameRows: scalar.Rows, syntax.FrameRange: scalar.Range, syntax.FrameGroups: scalar.Groups}

var frameExcludes = map[syntax.FrameExclude]scalar.Exclude{
	syntax.ExcludeNone: scalar.ExcludeNone, syntax.ExcludeCurrent: scalar.ExcludeCurrent,
	syntax.ExcludeGroup: scalar.ExcludeGroup, syntax.ExcludeTies: scalar.ExcludeTies,
}

// frame binds the frame of a call, which spec completes.
func (b *Binder) frame(f *udf.Function, e *syntax.Call, spec *syntax.WindowSpec, order []scalar.SortKey, s *exprScope) (scalar.Frame, error) {
	running := scalar.Frame{From: scalar.Bound{Kind: scalar.UnboundedPreceding}, To: scalar.Bound{Kind: scalar.CurrentRow}}
	if f.Window != nil && !f.Window.Framed {
		// Of a window that is shared, such a function takes the rest.
		if own := e.Over.Frame; own != nil && !isRunning(own) {
			return running, window(own.Pos(), "%s takes no frame: it sees the whole partition", f.Name).WithHint("leave the frame out")
		}
		return scalar.WholeFrame, nil
	}
	if spec.Frame == nil {
		switch {
		case len(order) == 0:
			return scalar.WholeFrame, nil
		case b.env.HiveFrames:
			running.Unit = scalar.Range
		}
		return running, nil
	}
	given := spec.Frame
	if err := checkEnds(given, order); err != nil {
		return running, err
	}
	out := scalar.Frame{Unit: frameUnits[given.Unit], Exclude: frameExcludes[given.Exclude]}
	var err error
	if out.From, err = b.bound(given, &given.From, order, s); err != nil {
		return out, err
	}
	if out.To, err = b.bound(given, &given.To, order, s); err != nil {
		return out, err
	}
	if given.Unit != syntax.FrameRange && out.From.Kind == out.To.Kind &&
		(out.From.Kind == scalar.Preceding && out.From.Offset < out.To.Offset || out.From.Kind == scalar.Following && out.From.Offset > out.To.Offset) {
		return out, window(given.Pos(), "the frame ends before it starts").WithHint("the end that lies further back comes first")
	}
	return out, nil
}

// isRunning reports UNBOUNDED PRECEDING AND CURRENT ROW, which some tools write
// after every function.
func isRunning(f *syntax.Frame) bool {
	return f.From.Kind == syntax.UnboundedPreceding && f.To.Kind == syntax.CurrentRow && f.Exclude == syntax.ExcludeNone
}

// checkEnds refuses frames that have no meaning whatever their offsets.
func checkEnds(f *syntax.Frame, order []scalar.SortKey) error {
	offsets := f.From.Offset != nil || f.To.Offset != nil
	switch {
	case f.From.Kind == syntax.UnboundedFollowing:
		return window(f.From.Pos(), "a frame cannot start at UNBOUNDED FOLLOWING")
	case f.To.Kind == syntax.UnboundedPreceding:
		return window(f.To.Pos(), "a frame cannot end at UNBOUNDED PRECEDING")
	case f.From.Kind > f.To.Kind:
		return window(f.Pos(), "the frame ends before it starts").WithHint("write %s BETWEEN … AND … with the end that lies further back first", f.Unit)
	case f.Unit == syntax.FrameGroups && len(order) == 0:
		return window(f.Pos(), "a GROUPS frame needs an ORDER BY")
	case f.Unit == syntax.FrameRange && offsets && len(order) != 1:
		return window(f.Pos(), "a RANGE frame with offsets needs exactly one ORDER BY key, not %d", len(order)).
			WithHint("count rows with ROWS, or groups of equal keys with GROUPS")
	}
	return nil
}

func (b *Binder) bound(f *syntax.Frame, e *syntax.Bound, order []scalar.SortKey, s *exprScope) (scalar.Bound, error) {
	out := scalar.Bound{Kind: scalar.BoundKind(e.Kind)}
	if e.Offset == nil {
		return out, nil
	}
	x, err := b.expr(e.Offset, s)
	if err != nil {
		return out, err
	}
	v, ok := b.constant(x)
	if !ok {
		return out, window(e.Offset.Pos(), "the offset of a frame must be a constant")
	}
	if f.Unit == syntax.FrameRange {
		return b.rangeBound(out, e, &scalar.Literal{Value: v, Typ: x.Type()}, order[0])
	}
	n, isInt := v.(int64)
	if !isInt || !x.Type().IsInteger() || n < 0 {
		return out, window(e.Offset.Pos(), "the offset of a %s frame must be a whole number that is not negative", f.Unit)
	}
	out.Offset = n
	return out, nil
}

// rangeBound expresses the end as the key less or plus the offset. An integer key
// is widened so that this cannot overflow.
func (b *Binder) rangeBound(out scalar.Bound, e *syntax.Bound, offset *scalar.Literal, order scalar.SortKey) (scalar.Bound, error) {
	pos, key := e.Offset.Pos(), order.Expr
	t, by := key.Type(), offset.Typ
	switch {
	case !(t.IsNumeric() && by.IsNumeric()) && !(t.IsTemporal() && isInterval(by)):
		return out, window(pos, "a RANGE frame cannot move a key of %s by %s", t, by).
			WithHint("a number moves a number, and an INTERVAL a date or time")
	case offset.Value == nil || isNegative(offset.Value):
		return out, window(pos, "the offset of a RANGE frame must not be negative or NULL")
	case t.Kind == types.Decimal && by.IsFloating():
		offset = b.asDecimal(offset)
	case t.Kind == types.BigInt:
		key = b.convert(key, types.DecimalOf(19, 0), pos)
	case t.IsInteger():
		key = b.convert(key, types.BigIntType, pos)
	}
	op := "+"
	if (out.Kind == scalar.Preceding) != order.Desc {
		op = "-"
	}
	value, err := b.apply(op, pos, []scalar.Expr{key, offset})
	if err != nil {
		return out, err
	}
	common, ok := types.Comparison(key.Type(), value.Type())
	if !ok {
		return out, window(pos, "a RANGE frame cannot move a key of %s by %s", t, by)
	}
	out.Key, out.Value = b.comparands(key, value, common, diag.Pos{})
	return out, nil
}

// asDecimal is a DOUBLE literal as the DECIMAL that it was written as: 1.1 is not a
// little more.
func (b *Binder) asDecimal(e *scalar.Literal) *scalar.Literal {
	const scale = 18
	v, ok := b.env.Fold(&scalar.Cast{Arg: e, Typ: types.DecimalOf(types.MaxPrecision, scale)})
	d, isDecimal := v.(decimal.Int128)
	if !ok || !isDecimal {
		return e
	}
	out, fraction, ok := parseDecimal(strings.TrimRight(d.Text(scale), "0"))
	if !ok {
		return e
	}
	return &scalar.Literal{Value: out, Typ: types.DecimalOf(max(digits(out), fraction, 1), fraction)}
}

func isNegative(v types.Datum) bool {
	switch v := v.(type) {
	case int64:
		return v < 0
	case float64:
		return v < 0 || v != v
	case decimal.Int128:
		return v.Hi < 0
	}
	return false
}
