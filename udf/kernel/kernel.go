// Package kernel holds the generic loops with which functions are written. A
// function family hands over a Go function of single values and gets a
// udf.Eval: kernel.Unary(math.Sqrt), kernel.Text1(appendUpper).
//
// The loops take care of NULLs (a NULL argument makes the row NULL and f is not
// called), of constant arguments, of the narrow and wide form of DECIMAL and of
// allocation. An f that may fail gives an error; the evaluator adds the place in
// the statement. The error Null is not a failure: it makes the row NULL.
//
// Which loop to take:
//
//	numbers in, number out       Unary Binary Ternary, …Err if f may fail or give NULL
//	text in, text out            Text1 Text2 Text3, TextArg, TextArg2 (text plus numbers)
//	text in, number out          TextTo, Text2To, TextArgTo
//	number in, text out          ToText
//	anything else, any number    Rows, RowsText; RowsNullable, RowsTextNullable see NULLs
//
// Texts handed to f alias the column: f must neither keep nor change them. An f
// that gives text appends it to dst and returns the extended slice.
package kernel

import (
	"errors"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/sql/decimal"
	"github.com/bixidata/bixi/sql/types"
)

// Null is the error by which a function says that its result is NULL.
var Null = errors.New("null")

// Value are the Go types of fixed-size values: BOOLEAN is bool, DATE and INT
// int32, times and BIGINT int64, DECIMAL decimal.Int128 (unscaled).
type Value interface {
	bool | int8 | int16 | int32 | int64 | float32 | float64 | decimal.Int128
}

// Validity is the validity of a result that is NULL wherever an argument is: nil
// for no NULLs. If allNull, a constant argument is NULL and so is every row.
func Validity(args []*batch.Column, n int) (valid batch.Bitmap, allNull bool) {
	for _, a := range args {
		if a.Valid == nil {
			continue
		}
		if a.Enc == batch.Const {
			if a.IsNull(0) {
				return nil, true
			}
			continue
		}
		valid = batch.And(valid, a.Valid, n)
	}
	return valid, false
}

// nulls collects the NULLs of a result: those of its arguments and those that
// come up on the way. The bitmap of an argument is copied before it is changed.
type nulls struct {
	valid batch.Bitmap
	n     int
	owned bool
}

// skip reports whether row i is NULL by its arguments.
func (v *nulls) skip(i int) bool { return v.valid != nil && !v.valid.Get(i) }

// set makes row i NULL.
func (v *nulls) set(i int) {
	if !v.owned {
		if v.valid == nil {
			v.valid = batch.NewBitmapSet(v.n)
		} else {
			v.valid = v.valid.Clone(v.n)
		}
		v.owned = true
	}
	v.valid.Clear(i)
}

// Column makes a flat column of type t over vals, which it keeps. BOOLEANs are
// packed; DECIMALs become narrow if they fit.
func Column[T Value](t types.Type, vals []T, valid batch.Bitmap) *batch.Column {
	switch v := any(vals).(type) {
	case []bool:
		return &batch.Column{Type: t, Phys: batch.PhysBool, N: len(v), Data: batch.BytesOf(pack(v)), Valid: valid}
	case []int8:
		return batch.FromValues(t, batch.PhysI8, v, valid)
	case []int16:
		return batch.FromValues(t, batch.PhysI16, v, valid)
	case []int32:
		return batch.FromValues(t, batch.PhysI32, v, valid)
	case []int64:
		return batch.FromValues(t, batch.PhysI64, v, valid)
	case []float32:
		return batch.FromValues(t, batch.PhysF32, v, valid)
	case []float64:
		return batch.FromValues(t, batch.PhysF64, v, valid)
	case []decimal.Int128:
		return Decimals(t, v, valid)
	}
	panic("kernel: not a value type")
}

// pack turns bools into a bitmap without branches.
func pack(v []bool) batch.Bitmap {
	bits := batch.NewBitmap(len(v))
	for i, b := range v {
		bits[uint(i)/64] |= uint64(b2i(b)) << (uint(i) % 64)
	}
	return bits
}

// b2i compiles to a plain move.
func b2i(b bool) uint8 {
	var x uint8
	if b {
		x = 1
	}
	return x
}

// Decimals makes a DECIMAL column over vals, which it may keep: narrow (PhysI64)
// if every value fits.
func Decimals(t types.Type, vals []decimal.Int128, valid batch.Bitmap) *batch.Column {
	return decimals(nil, t, vals, valid)
}

func decimals(b *batch.Buffers, t types.Type, vals []decimal.Int128, valid batch.Bitmap) *batch.Column {
	for i := range vals {
		if !vals[i].FitsInt64() && (valid == nil || valid.Get(i)) {
			return batch.FromValues(t, batch.PhysI128, vals, valid)
		}
	}
	narrow := batch.SliceOf[int64](b, len(vals))
	for i := range vals {
		narrow[i] = vals[i].Int64()
	}
	return batch.FromValues(t, batch.PhysI64, narrow, valid)
}

// results gives room for the n values of a result. Its content is unspecified.
func results[R Value](b *batch.Buffers, n int) []R {
	var out []R
	switch p := any(&out).(type) {
	case *[]bool:
		*p = make([]bool, n)
	case *[]int8:
		*p = batch.SliceOf[int8](b, n)
	case *[]int16:
		*p = batch.SliceOf[int16](b, n)
	case *[]int32:
		*p = batch.SliceOf[int32](b, n)
	case *[]int64:
		*p = batch.SliceOf[int64](b, n)
	case *[]float32:
		*p = batch.SliceOf[float32](b, n)
	case *[]float64:
		*p = batch.SliceOf[float64](b, n)
	case *[]decimal.Int128:
		*p = batch.SliceOf[decimal.Int128](b, n)
	}
	return out
}
