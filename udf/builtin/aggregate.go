package builtin

import (
	"slices"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/sql/diag"
	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/udf"
)

// aggregates lists the aggregate functions.
func aggregates() []*udf.Function {
	return slices.Concat(
		countAggregates(),
		sumAggregates(),
		extremeAggregates(),
		bitAggregates(),
		momentAggregates(),
		collectAggregates(),
		percentileAggregates(),
		byAggregates(),
		sketchAggregates(),
		mapAggregates(),
	)
}

// badArgs reports arguments that no overload takes.
func badArgs(name, usage string, args []udf.Arg) error {
	got := make([]string, len(args))
	for i, a := range args {
		if got[i] = a.Type.String(); a.Lambda > 0 {
			got[i] = "lambda"
		}
	}
	return diag.Errorf(diag.CodeArgument, diag.Pos{}, "%s does not take %v", name, got).WithHint("it is %s", usage)
}

// invalid reports an argument whose value a function refuses.
func invalid(format string, args ...any) *diag.Error {
	return diag.Errorf(diag.CodeInvalidArgument, diag.Pos{}, format, args...)
}

// oneArg checks that there is one argument.
func oneArg(name string, args []udf.Arg) (types.Type, error) {
	if len(args) != 1 {
		return types.Type{}, badArgs(name, name+"(x)", args)
	}
	return args[0].Type, nil
}

// The accumulators see rows of any encoding. The helpers below turn an argument
// into a slice of values a row, gathered into buf unless the column is flat.

// validRows is the validity of c's rows; none means that every row is NULL.
func validRows(c *batch.Column) (valid batch.Bitmap, none bool) {
	if c.Enc == batch.Const {
		return nil, c.IsNull(0)
	}
	return c.Valid, false
}

// fixed is the values of c's rows.
func fixed[T batch.Fixed](c *batch.Column, buf *[]T) []T {
	switch c.Enc {
	case batch.Flat:
		return batch.Values[T](c)[:c.N]
	case batch.Dict:
		out, src := grow(buf, c.N), batch.Values[T](c.Dict)
		for i, j := range c.Codes[:c.N] {
			out[i] = src[j]
		}
		return out
	}
	out, v := grow(buf, c.N), batch.Values[T](c)[0]
	for i := range out {
		out[i] = v
	}
	return out
}

// grow makes *buf n long; its contents are unspecified.
func grow[T any](buf *[]T, n int) []T {
	if cap(*buf) < n {
		*buf = make([]T, max(n, batch.TargetRows))
	}
	return (*buf)[:n]
}

// ints is the values of c's rows as int64: integers, dates, times, BOOLEANs (0
// and 1) and narrow decimals.
func ints(c *batch.Column, buf *[]int64) []int64 {
	if c.Phys == batch.PhysI64 {
		return fixed(c, buf)
	}
	out := grow(buf, c.N)
	switch c.Phys {
	case batch.PhysI8:
		widen[int8](out, c)
	case batch.PhysI16:
		widen[int16](out, c)
	case batch.PhysI32:
		widen[int32](out, c)
	default:
		for i := range out {
			out[i] = c.Int(i)
		}
	}
	return out
}

// floats is the values of c's rows as float64.
func floats(c *batch.Column, buf *[]float64) []float64 {
	if c.Phys == batch.PhysF64 {
		return fixed(c, buf)
	}
	out := grow(buf, c.N)
	widen[float32](out, c)
	return out
}

// widen converts the rows of c to the element type of out.
func widen[A, B int8 | int16 | int32 | int64 | float32 | float64](out []B, c *batch.Column) {
	switch c.Enc {
	case batch.Flat:
		for i, v := range batch.Values[A](c)[:len(out)] {
			out[i] = B(v)
		}
	case batch.Dict:
		src := batch.Values[A](c.Dict)
		for i, j := range c.Codes[:len(out)] {
			out[i] = B(src[j])
		}
	default:
		v := B(batch.Values[A](c)[0])
		for i := range out {
			out[i] = v
		}
	}
}

// present is the validity of a result whose row i holds group from+i: nil if ok
// holds for all.
func present(from, to int, ok func(g int) bool) batch.Bitmap {
	var valid batch.Bitmap
	for g := from; g < to; g++ {
		if ok(g) {
			continue
		}
		if valid == nil {
			valid = batch.NewBitmapSet(to - from)
		}
		valid.Clear(g - from)
	}
	return valid
}

// texts builds a variable-size column row by row.
type texts struct {
	data    []byte
	offsets []int32
	valid   batch.Bitmap
	n       int
}

func newTexts(n int) *texts { return &texts{offsets: make([]int32, 1, n+1), n: n} }

// end closes a row whose bytes have been appended to data.
func (t *texts) end() { t.offsets = append(t.offsets, int32(len(t.data))) }

// null closes a NULL row.
func (t *texts) null() {
	if t.valid == nil {
		t.valid = batch.NewBitmapSet(t.n)
	}
	t.valid.Clear(len(t.offsets) - 1)
	t.end()
}

func (t *texts) column(typ types.Type) *batch.Column {
	return batch.FromBytes(typ, t.data, t.offsets, t.valid)
}
