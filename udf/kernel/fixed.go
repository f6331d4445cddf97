package kernel

import (
	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/udf"
)

// Unary lifts f to columns.
func Unary[A, R Value](f func(A) R) udf.Eval {
	return func(call *udf.Call, args []*batch.Column, n int) (*batch.Column, error) {
		valid, allNull := Validity(args, n)
		if allNull {
			return batch.NullColumn(call.Returns, n), nil
		}
		a, out := ViewOf[A](args[0]), results[R](call.Buffers, n)
		for i := range out {
			if valid == nil || valid.Get(i) {
				out[i] = f(a.At(i))
			}
		}
		return Column(call.Returns, out, valid), nil
	}
}

// Binary lifts f to columns.
func Binary[A, B, R Value](f func(A, B) R) udf.Eval {
	return func(call *udf.Call, args []*batch.Column, n int) (*batch.Column, error) {
		valid, allNull := Validity(args, n)
		if allNull {
			return batch.NullColumn(call.Returns, n), nil
		}
		a, b, out := ViewOf[A](args[0]), ViewOf[B](args[1]), results[R](call.Buffers, n)
		for i := range out {
			if valid == nil || valid.Get(i) {
				out[i] = f(a.At(i), b.At(i))
			}
		}
		return Column(call.Returns, out, valid), nil
	}
}

// UnaryErr lifts f, which may fail or give Null.
func UnaryErr[A, R Value](f func(A) (R, error)) udf.Eval {
	return func(call *udf.Call, args []*batch.Column, n int) (*batch.Column, error) {
		a := lazy(args[0], ViewOf[A])
		return fixedRows(call, args, n, func(i int) (R, error) { return f(a().At(i)) })
	}
}

// BinaryErr lifts f, which may fail or give Null.
func BinaryErr[A, B, R Value](f func(A, B) (R, error)) udf.Eval {
	return func(call *udf.Call, args []*batch.Column, n int) (*batch.Column, error) {
		a, b := lazy(args[0], ViewOf[A]), lazy(args[1], ViewOf[B])
		return fixedRows(call, args, n, func(i int) (R, error) { return f(a().At(i), b().At(i)) })
	}
}

// TernaryErr lifts f, which may fail or give Null.
func TernaryErr[A, B, C, R Value](f func(A, B, C) (R, error)) udf.Eval {
	return func(call *udf.Call, args []*batch.Column, n int) (*batch.Column, error) {
		a, b, c := lazy(args[0], ViewOf[A]), lazy(args[1], ViewOf[B]), lazy(args[2], ViewOf[C])
		return fixedRows(call, args, n, func(i int) (R, error) { return f(a().At(i), b().At(i), c().At(i)) })
	}
}

// TextTo lifts f from texts or bytes to fixed-size values.
func TextTo[R Value](f func(s []byte) R) udf.Eval {
	return func(call *udf.Call, args []*batch.Column, n int) (*batch.Column, error) {
		s := TextsOf(args[0])
		return fixedRows(call, args, n, func(i int) (R, error) { return f(s.At(i)), nil })
	}
}

// TextToErr lifts f, which may fail or give Null.
func TextToErr[R Value](f func(s []byte) (R, error)) udf.Eval {
	return func(call *udf.Call, args []*batch.Column, n int) (*batch.Column, error) {
		s := TextsOf(args[0])
		return fixedRows(call, args, n, func(i int) (R, error) { return f(s.At(i)) })
	}
}

// Text2To lifts f from two texts; it may fail or give Null.
func Text2To[R Value](f func(s, t []byte) (R, error)) udf.Eval {
	return func(call *udf.Call, args []*batch.Column, n int) (*batch.Column, error) {
		s, t := TextsOf(args[0]), TextsOf(args[1])
		return fixedRows(call, args, n, func(i int) (R, error) { return f(s.At(i), t.At(i)) })
	}
}

// TextArgTo lifts f from a text and a fixed-size value; it may fail or give Null.
func TextArgTo[A, R Value](f func(s []byte, a A) (R, error)) udf.Eval {
	return func(call *udf.Call, args []*batch.Column, n int) (*batch.Column, error) {
		s, a := TextsOf(args[0]), lazy(args[1], ViewOf[A])
		return fixedRows(call, args, n, func(i int) (R, error) { return f(s.At(i), a().At(i)) })
	}
}

// lazy delays a view that may have to convert until a row needs it.
func lazy[T Value](c *batch.Column, view func(*batch.Column) View[T]) func() *View[T] {
	var v View[T]
	ready := false
	return func() *View[T] {
		if !ready {
			v, ready = view(c), true
		}
		return &v
	}
}

// fixedRows calls f for the rows whose arguments are not NULL.
func fixedRows[R Value](call *udf.Call, args []*batch.Column, n int, f func(i int) (R, error)) (*batch.Column, error) {
	valid, allNull := Validity(args, n)
	if allNull {
		return batch.NullColumn(call.Returns, n), nil
	}
	miss, out := nulls{valid: valid, n: n}, results[R](call.Buffers, n)
	for i := range out {
		if valid != nil && !valid.Get(i) {
			continue
		}
		v, err := f(i)
		if err == Null {
			miss.set(i)
			continue
		}
		if err != nil {
			return nil, err
		}
		out[i] = v
	}
	return Column(call.Returns, out, miss.valid), nil
}
