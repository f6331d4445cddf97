package kernel

import (
	"math"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/sql/decimal"
	"github.com/bixidata/bixi/sql/diag"
	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/udf"
)

// Cast converts n rows of a flat or constant column, into memory of buf.
type Cast func(buf *batch.Buffers, c *batch.Column, n int) (*batch.Column, error)

// caster is one conversion.
type caster struct {
	from, to types.Type
	clock    *clock
	// lenient casts give NULL where a value has no counterpart.
	lenient bool
	// longDates reads a DATE from a text with a time of day.
	longDates bool
}

// NewCast makes the conversion of from to to. A value without counterpart (a
// text that is no number, an integer that does not fit) is an error if strict
// and NULL otherwise. The error is of code CodeCast if the types never convert.
func NewCast(from, to types.Type, s *udf.Session, strict bool) (Cast, error) {
	k := &caster{from: from, to: to, clock: newClock(s.Zone), lenient: !strict, longDates: s.Dialect.LongDates}
	if cast := k.choose(); cast != nil {
		return cast, nil
	}
	return nil, diag.Errorf(diag.CodeCast, diag.Pos{}, "%s cannot be cast to %s", from, to)
}

// CanCast reports whether CAST(from AS to) exists.
func CanCast(from, to types.Type) bool {
	_, err := NewCast(from, to, &udf.Session{}, true)
	return err == nil
}

func (k *caster) choose() Cast {
	from, to := k.from, k.to
	switch {
	case from.Equal(to):
		return func(_ *batch.Buffers, c *batch.Column, _ int) (*batch.Column, error) { return c, nil }
	case from.Kind == types.Null:
		return func(_ *batch.Buffers, _ *batch.Column, n int) (*batch.Column, error) {
			return batch.NullColumn(to, n), nil
		}
	case to.Kind == types.JSON:
		return k.toJSON()
	case from.Kind == types.JSON:
		return k.fromJSON()
	case to.IsText():
		return k.toText
	case to.Kind == types.Binary && from.IsText():
		return k.relabel
	case from.IsText() || from.Kind == types.Binary && to.Kind != types.Binary:
		return k.fromText()
	case from.IsNested():
		return k.nested()
	case to.Kind == types.Boolean && from.IsNumeric():
		return k.toBoolean
	case to.IsInteger() && (from.IsNumeric() || from.Kind == types.Boolean):
		return k.toInteger()
	case to.IsFloating() && (from.IsNumeric() || from.Kind == types.Boolean):
		return k.toFloat
	case to.Kind == types.Decimal && (from.IsNumeric() || from.Kind == types.Boolean):
		return k.toDecimal
	case from.IsTemporal() && to.IsTemporal():
		return k.temporal()
	}
	return nil
}

// rowsN is the number of values to convert: one of a constant.
func rowsN(c *batch.Column, n int) int {
	if c.Enc == batch.Const {
		return 1
	}
	return n
}

// fixed converts value by value; f gives false for a value without counterpart.
func castFixed[R Value](k *caster, buf *batch.Buffers, c *batch.Column, n int, f func(i int) (R, bool)) (*batch.Column, error) {
	if c.AllNull() {
		return batch.NullColumn(k.to, n), nil
	}
	rows := rowsN(c, n)
	out, miss := results[R](buf, rows), nulls{valid: c.Valid, n: rows}
	for i := range out {
		if miss.skip(i) {
			continue
		}
		v, ok := f(i)
		if !ok {
			if !k.lenient {
				return nil, k.bad(c, i)
			}
			miss.set(i)
		}
		out[i] = v
	}
	return k.finish(Column(k.to, out, miss.valid), c, n), nil
}

// finish gives the result the encoding of the argument.
func (k *caster) finish(r, c *batch.Column, n int) *batch.Column {
	r.Enc, r.N = c.Enc, n
	return r
}

// bad is the error of a value without counterpart.
func (k *caster) bad(c *batch.Column, i int) error {
	text := string(batch.AppendText(nil, c, i, k.clock.zone))
	if len(text) > 60 {
		text = text[:60] + "…"
	}
	code := diag.CodeCast
	if k.from.IsText() {
		text = "'" + text + "'"
	}
	return diag.Errorf(code, diag.Pos{}, "cannot cast %s to %s", text, k.to).
		WithHint("set odps.function.strictmode=false to get NULL instead")
}

// relabel gives the column another type of the same representation.
func (k *caster) relabel(_ *batch.Buffers, c *batch.Column, _ int) (*batch.Column, error) {
	out := *c
	out.Type = k.to
	return &out, nil
}

func (k *caster) toBoolean(buf *batch.Buffers, c *batch.Column, n int) (*batch.Column, error) {
	switch {
	case k.from.IsFloating():
		x := Floats(c)
		return castFixed(k, buf, c, n, func(i int) (bool, bool) { return x[i] != 0, true })
	case k.from.Kind == types.Decimal:
		x := Wides(c)
		return castFixed(k, buf, c, n, func(i int) (bool, bool) { return !x[i].IsZero(), true })
	}
	x := Ints(c)
	return castFixed(k, buf, c, n, func(i int) (bool, bool) { return x[i] != 0, true })
}

// truths is a BOOLEAN column as 0 and 1.
func truths(c *batch.Column) []int64 {
	b := bools(c)
	out := make([]int64, len(b))
	for i, v := range b {
		out[i] = int64(b2i(v))
	}
	return out
}

// ints reads integers and BOOLEANs.
func ints(c *batch.Column) []int64 {
	if c.Phys == batch.PhysBool {
		return truths(c)
	}
	return Ints(c)
}

func (k *caster) toInteger() Cast {
	switch batch.PhysOf(k.to) {
	case batch.PhysI8:
		return func(buf *batch.Buffers, c *batch.Column, n int) (*batch.Column, error) {
			return castInteger[int8](k, buf, c, n)
		}
	case batch.PhysI16:
		return func(buf *batch.Buffers, c *batch.Column, n int) (*batch.Column, error) {
			return castInteger[int16](k, buf, c, n)
		}
	case batch.PhysI32:
		return func(buf *batch.Buffers, c *batch.Column, n int) (*batch.Column, error) {
			return castInteger[int32](k, buf, c, n)
		}
	}
	return func(buf *batch.Buffers, c *batch.Column, n int) (*batch.Column, error) {
		return castInteger[int64](k, buf, c, n)
	}
}

func castInteger[T integer](k *caster, buf *batch.Buffers, c *batch.Column, n int) (*batch.Column, error) {
	switch {
	case k.from.IsFloating():
		x := Floats(c)
		return castFixed(k, buf, c, n, func(i int) (T, bool) {
			// NaN fails both comparisons; 2^63 is the first float that is too large.
			f := math.Trunc(x[i])
			if !(f >= math.MinInt64 && f < -math.MinInt64) {
				return 0, false
			}
			return T(int64(f)), int64(T(int64(f))) == int64(f)
		})
	case k.from.Kind == types.Decimal:
		x, scale := Wides(c), k.from.Scale
		return castFixed(k, buf, c, n, func(i int) (T, bool) {
			v := x[i].Trunc(scale)
			return T(v.Int64()), v.FitsInt64() && int64(T(v.Int64())) == v.Int64()
		})
	}
	x := ints(c)
	if k.from.Kind < k.to.Kind { // widening
		out := batch.SliceOf[T](buf, len(x))
		for i, v := range x {
			out[i] = T(v)
		}
		return k.finish(Column(k.to, out, c.Valid), c, n), nil
	}
	return castFixed(k, buf, c, n, func(i int) (T, bool) { return T(x[i]), int64(T(x[i])) == x[i] })
}

func (k *caster) toFloat(buf *batch.Buffers, c *batch.Column, n int) (*batch.Column, error) {
	out := batch.SliceOf[float64](buf, rowsN(c, n))
	switch {
	case k.from.IsFloating():
		copy(out, Floats(c))
	case k.from.Kind == types.Decimal && c.Phys == batch.PhysI64:
		decimalFloats(batch.Values[int64](c), k.from.Scale, out)
	case k.from.Kind == types.Decimal:
		x := Wides(c)
		for i := range out {
			out[i] = x[i].Float64(k.from.Scale)
		}
	default:
		x := ints(c)
		for i := range out {
			out[i] = float64(x[i])
		}
	}
	if k.to.Kind == types.Double {
		return k.finish(Column(k.to, out, c.Valid), c, n), nil
	}
	small := batch.SliceOf[float32](buf, len(out))
	for i, v := range out {
		small[i] = float32(v)
	}
	return k.finish(Column(k.to, small, c.Valid), c, n), nil
}

// decimalFloats divides by the power of ten while that is exact for all values.
func decimalFloats(x []int64, scale int, out []float64) {
	if scale > 18 || magnitude(x) > 53 {
		for i := range out {
			out[i] = decimal.Float64Of(x[i], scale)
		}
		return
	}
	f := float64(decimal.Pow10(scale).Int64())
	for i := range out {
		out[i] = float64(x[i]) / f
	}
}

func (k *caster) toDecimal(buf *batch.Buffers, c *batch.Column, n int) (*batch.Column, error) {
	p, s := k.to.Precision, k.to.Scale
	switch {
	case k.from.IsFloating():
		x := Floats(c)
		return castFixed(k, buf, c, n, func(i int) (decimal.Int128, bool) {
			v, verdict := decimal.FromFloat64(x[i], p, s)
			return v, verdict == decimal.OK
		})
	case k.from.Kind == types.Decimal && s == k.from.Scale && p >= k.from.Precision:
		return k.relabel(buf, c, n)
	case k.from.Kind == types.Decimal && c.Phys == batch.PhysI128:
		x, from := Wides(c), k.from.Scale
		return castFixed(k, buf, c, n, func(i int) (decimal.Int128, bool) {
			v, ok := x[i].Rescale(from, s)
			return v, ok && v.Fits(p)
		})
	}
	from := k.from.AsDecimal()
	if k.from.Kind == types.Boolean {
		from = types.DecimalOf(1, 0)
	}
	x := ints(c)
	if p-s >= from.Precision-from.Scale && s >= from.Scale {
		if out := scaleUp(buf, x, s-from.Scale); out != nil { // every value fits
			return k.finish(batch.FromValues(k.to, batch.PhysI64, out, c.Valid), c, n), nil
		}
	}
	return castFixed(k, buf, c, n, func(i int) (decimal.Int128, bool) {
		v, ok := decimal.FromInt64(x[i]).Rescale(from.Scale, s)
		return v, ok && v.Fits(p)
	})
}

// nested converts lists and structs part by part.
func (k *caster) nested() Cast {
	from, to := k.from, k.to
	if from.Kind != to.Kind || len(from.Fields) != len(to.Fields) {
		return nil
	}
	ft, tt := partTypes(from), partTypes(to)
	parts := make([]Cast, len(ft))
	for i := range ft {
		part := &caster{from: ft[i], to: tt[i], clock: k.clock, lenient: k.lenient, longDates: k.longDates}
		if parts[i] = part.choose(); parts[i] == nil {
			return nil
		}
	}
	if from.Kind == types.Struct {
		return func(buf *batch.Buffers, c *batch.Column, n int) (*batch.Column, error) {
			return k.castStruct(buf, c, parts, n)
		}
	}
	return func(buf *batch.Buffers, c *batch.Column, n int) (*batch.Column, error) {
		out := *referenced(c)
		out.Type = to
		elems := out.Children[0]
		if from.Kind == types.Map {
			entry, err := k.castStruct(buf, elems, parts, elems.N)
			if err != nil {
				return nil, err
			}
			out.Children = []*batch.Column{entry}
			return &out, nil
		}
		elem, err := parts[0](buf, batch.Flatten(elems), elems.N)
		if err != nil {
			return nil, err
		}
		out.Children = []*batch.Column{batch.Flatten(elem)}
		return &out, nil
	}
}

// referenced is the flat or constant list column c with just the elements that
// rows hold which are not NULL: others must not fail.
func referenced(c *batch.Column) *batch.Column {
	n := len(c.Offsets) - 1
	if c.Valid == nil && c.Offsets[0] == 0 && int(c.Offsets[n]) == c.Children[0].N {
		return c
	}
	out, idx := *c, []int32(nil)
	out.Offsets = make([]int32, n+1)
	for i := range n {
		for k := c.Offsets[i]; k < c.Offsets[i+1] && !c.IsNull(i); k++ {
			idx = append(idx, k)
		}
		out.Offsets[i+1] = int32(len(idx))
	}
	out.Children = []*batch.Column{batch.Flatten(batch.Take(c.Children[0], idx))}
	return &out
}

// partTypes are the types of a nested value's children: the fields, the element,
// or key and value.
func partTypes(t types.Type) []types.Type {
	switch t.Kind {
	case types.Array:
		return []types.Type{*t.Elem}
	case types.Map:
		return []types.Type{*t.Key, *t.Elem}
	}
	ts := make([]types.Type, len(t.Fields))
	for i, f := range t.Fields {
		ts[i] = f.Type
	}
	return ts
}

func (k *caster) castStruct(buf *batch.Buffers, c *batch.Column, parts []Cast, n int) (*batch.Column, error) {
	c = batch.Flatten(c)
	out := *c
	out.Type = k.to
	if k.to.Kind == types.Map {
		out.Type = types.StructOf(types.Field{Name: "key", Type: *k.to.Key}, types.Field{Name: "value", Type: *k.to.Elem})
	}
	out.Children = make([]*batch.Column, len(parts))
	for i, cast := range parts {
		child := *batch.Flatten(c.Children[i])
		child.Valid = batch.And(child.Valid, c.Valid, n) // a NULL row has no fields that could fail
		f, err := cast(buf, &child, n)
		if err != nil {
			return nil, err
		}
		out.Children[i] = batch.Flatten(f)
	}
	return &out, nil
}
