package kernel

import (
	"fmt"
	"math"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/sql/diag"
	"github.com/bixidata/bixi/udf"
)

// Text1 lifts f from text to text.
func Text1(f func(dst, s []byte) []byte) udf.Eval {
	return func(call *udf.Call, args []*batch.Column, n int) (*batch.Column, error) {
		s := TextsOf(args[0])
		return textRows(call, args, n, func(i int, dst []byte) ([]byte, error) { return f(dst, s.At(i)), nil })
	}
}

// Text1Err lifts f, which may fail or give Null.
func Text1Err(f func(dst, s []byte) ([]byte, error)) udf.Eval {
	return func(call *udf.Call, args []*batch.Column, n int) (*batch.Column, error) {
		s := TextsOf(args[0])
		return textRows(call, args, n, func(i int, dst []byte) ([]byte, error) { return f(dst, s.At(i)) })
	}
}

// Text2 lifts f from two texts to text; it may fail or give Null.
func Text2(f func(dst, s, t []byte) ([]byte, error)) udf.Eval {
	return func(call *udf.Call, args []*batch.Column, n int) (*batch.Column, error) {
		s, t := TextsOf(args[0]), TextsOf(args[1])
		return textRows(call, args, n, func(i int, dst []byte) ([]byte, error) { return f(dst, s.At(i), t.At(i)) })
	}
}

// Text3 lifts f from three texts to text; it may fail or give Null.
func Text3(f func(dst, s, t, u []byte) ([]byte, error)) udf.Eval {
	return func(call *udf.Call, args []*batch.Column, n int) (*batch.Column, error) {
		s, t, u := TextsOf(args[0]), TextsOf(args[1]), TextsOf(args[2])
		return textRows(call, args, n, func(i int, dst []byte) ([]byte, error) { return f(dst, s.At(i), t.At(i), u.At(i)) })
	}
}

// TextArg lifts f from a text and a fixed-size value to text; it may fail or give Null.
func TextArg[A Value](f func(dst, s []byte, a A) ([]byte, error)) udf.Eval {
	return func(call *udf.Call, args []*batch.Column, n int) (*batch.Column, error) {
		s, a := TextsOf(args[0]), lazy(args[1], ViewOf[A])
		return textRows(call, args, n, func(i int, dst []byte) ([]byte, error) { return f(dst, s.At(i), a().At(i)) })
	}
}

// TextArg2 lifts f from a text and two fixed-size values to text; it may fail or give Null.
func TextArg2[A, B Value](f func(dst, s []byte, a A, b B) ([]byte, error)) udf.Eval {
	return func(call *udf.Call, args []*batch.Column, n int) (*batch.Column, error) {
		s, a, b := TextsOf(args[0]), lazy(args[1], ViewOf[A]), lazy(args[2], ViewOf[B])
		return textRows(call, args, n, func(i int, dst []byte) ([]byte, error) { return f(dst, s.At(i), a().At(i), b().At(i)) })
	}
}

// ToText lifts f from a fixed-size value to text.
func ToText[A Value](f func(dst []byte, a A) []byte) udf.Eval {
	return func(call *udf.Call, args []*batch.Column, n int) (*batch.Column, error) {
		a := lazy(args[0], ViewOf[A])
		return textRows(call, args, n, func(i int, dst []byte) ([]byte, error) { return f(dst, a().At(i)), nil })
	}
}

// ToTextErr lifts f, which may fail or give Null.
func ToTextErr[A Value](f func(dst []byte, a A) ([]byte, error)) udf.Eval {
	return func(call *udf.Call, args []*batch.Column, n int) (*batch.Column, error) {
		a := lazy(args[0], ViewOf[A])
		return textRows(call, args, n, func(i int, dst []byte) ([]byte, error) { return f(dst, a().At(i)) })
	}
}

// textRows calls f for the rows whose arguments are not NULL.
func textRows(call *udf.Call, args []*batch.Column, n int, f func(i int, dst []byte) ([]byte, error)) (*batch.Column, error) {
	valid, allNull := Validity(args, n)
	if allNull {
		return batch.NullColumn(call.Returns, n), nil
	}
	return appendRows(call, nulls{valid: valid, n: n}, n, sizeHint(args, n), f)
}

// sizeHint guesses the bytes of a result from those of the first text argument.
func sizeHint(args []*batch.Column, n int) int {
	for _, a := range args {
		if a.Phys == batch.PhysBytes && a.Enc == batch.Flat {
			return int(a.Offsets[a.N]-a.Offsets[0]) + 16
		}
	}
	return 8 * n
}

func appendRows(call *udf.Call, miss nulls, n, hint int, f func(i int, dst []byte) ([]byte, error)) (*batch.Column, error) {
	data, offsets := call.Buffers.Get(hint)[:0], batch.SliceOf[int32](call.Buffers, n+1)
	offsets[0] = 0
	for i := range n {
		if !miss.skip(i) {
			dst, err := f(i, data)
			switch {
			case err == Null:
				miss.set(i)
			case err != nil:
				return nil, err
			default:
				data = dst
			}
		}
		if len(data) > math.MaxInt32 {
			return nil, tooLong(n)
		}
		offsets[i+1] = int32(len(data))
	}
	return batch.FromBytes(call.Returns, data, offsets, miss.valid), nil
}

// tooLong reports texts whose sum no batch can hold.
func tooLong(n int) error {
	return diag.Errorf(diag.CodeMemory, diag.Pos{}, "%s", fmt.Sprintf("the texts of %d rows exceed 2 GB", n)).
		WithHint("lower bixi.batch.rows")
}
