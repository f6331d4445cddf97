package kernel

import (
	"fmt"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/sql/decimal"
	"github.com/bixidata/bixi/udf"
)

// Row is one row of the arguments of a function that no typed loop fits. It is
// valid for one call.
type Row struct {
	Call *udf.Call
	// Index is the row's number in the batch.
	Index int
	args  []rowArg
}

// rowArg is a column ready to be read; which view is set follows from its Phys.
type rowArg struct {
	col      *batch.Column
	ints     View[int64]
	floats   View[float64]
	bools    View[bool]
	decimals View[decimal.Int128]
	texts    Texts
}

func newRow(call *udf.Call, cols []*batch.Column) *Row {
	r := &Row{Call: call, args: make([]rowArg, len(cols))}
	for k, c := range cols {
		a := &r.args[k]
		a.col = c
		switch c.Phys {
		case batch.PhysBytes:
			a.texts = TextsOf(c)
		case batch.PhysBool:
			a.bools = ViewOf[bool](c)
		case batch.PhysF32, batch.PhysF64:
			a.floats = ViewOf[float64](c)
		case batch.PhysI128:
			a.decimals = ViewOf[decimal.Int128](c)
		case batch.PhysI8, batch.PhysI16, batch.PhysI32, batch.PhysI64:
			a.ints = ViewOf[int64](c)
		}
	}
	return r
}

// Len is the number of arguments.
func (r *Row) Len() int { return len(r.args) }

// IsNull reports whether argument k is NULL.
func (r *Row) IsNull(k int) bool { return r.args[k].col.IsNull(r.Index) }

// Text is argument k, a text or bytes; it aliases the column.
func (r *Row) Text(k int) []byte { return r.args[k].texts.At(r.Index) }

// Int is argument k, an integer, date, time or interval.
func (r *Row) Int(k int) int64 { return r.args[k].ints.At(r.Index) }

// Float is argument k, a FLOAT or DOUBLE.
func (r *Row) Float(k int) float64 { return r.args[k].floats.At(r.Index) }

// Bool is argument k, a BOOLEAN.
func (r *Row) Bool(k int) bool { return r.args[k].bools.At(r.Index) }

// Decimal is the unscaled value of argument k, a DECIMAL; its scale is that of
// r.Call.Args[k].
func (r *Row) Decimal(k int) decimal.Int128 {
	a := &r.args[k]
	if a.col.Phys == batch.PhysI64 {
		return decimal.FromInt64(a.ints.At(r.Index))
	}
	return a.decimals.At(r.Index)
}

// Column is the column of argument k and the place of this row in it, for
// nested values.
func (r *Row) Column(k int) (*batch.Column, int) { return r.args[k].col.Index(r.Index) }

// Rows lifts f, which reads its arguments from a Row; it may fail or give Null.
func Rows[R Value](f func(r *Row) (R, error)) udf.Eval {
	return func(call *udf.Call, args []*batch.Column, n int) (*batch.Column, error) {
		r := newRow(call, args)
		return fixedRows(call, args, n, func(i int) (R, error) {
			r.Index = i
			return f(r)
		})
	}
}

// RowsNullable is Rows for an f that is called for NULL arguments too and asks
// with IsNull.
func RowsNullable[R Value](f func(r *Row) (R, error)) udf.Eval {
	return func(call *udf.Call, args []*batch.Column, n int) (*batch.Column, error) {
		r := newRow(call, args)
		return fixedRows(call, nil, n, func(i int) (R, error) {
			r.Index = i
			return f(r)
		})
	}
}

// RowsText lifts f, which appends a text to dst; it may fail or give Null.
func RowsText(f func(r *Row, dst []byte) ([]byte, error)) udf.Eval {
	return func(call *udf.Call, args []*batch.Column, n int) (*batch.Column, error) {
		r := newRow(call, args)
		return textRows(call, args, n, func(i int, dst []byte) ([]byte, error) {
			r.Index = i
			return f(r, dst)
		})
	}
}

// RowsTextNullable is RowsText for an f that is called for NULL arguments too.
func RowsTextNullable(f func(r *Row, dst []byte) ([]byte, error)) udf.Eval {
	return func(call *udf.Call, args []*batch.Column, n int) (*batch.Column, error) {
		r := newRow(call, args)
		return appendRows(call, nulls{n: n}, n, sizeHint(args, n), func(i int, dst []byte) ([]byte, error) {
			r.Index = i
			return f(r, dst)
		})
	}
}

// String names the arguments, for messages.
func (r *Row) String() string {
	vals := make([]any, len(r.args))
	for k := range vals {
		vals[k] = r.args[k].col.Datum(r.Index)
	}
	return fmt.Sprint(vals...)
}
