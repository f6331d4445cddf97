package kernel

import (
	"bytes"
	"errors"
	"fmt"
	"testing"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/sql/decimal"
	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/udf"
)

func column(t types.Type, vals ...types.Datum) *batch.Column {
	b := batch.NewBuilder(t)
	for _, v := range vals {
		b.AppendDatum(v)
	}
	return b.Finish()
}

func call(returns types.Type) *udf.Call {
	return &udf.Call{Signature: udf.Signature{Returns: returns}}
}

// check compares the rows of eval's result with want.
func check(t *testing.T, eval udf.Eval, returns types.Type, args []*batch.Column, want ...types.Datum) {
	t.Helper()
	c, err := eval(call(returns), args, len(want))
	if err != nil {
		t.Fatal(err)
	}
	if c.N != len(want) || !c.Type.Equal(returns) {
		t.Fatalf("%d rows of %s", c.N, c.Type)
	}
	for i, w := range want {
		if got := c.Datum(i); fmt.Sprint(got) != fmt.Sprint(w) {
			t.Errorf("row %d: %v, want %v", i, got, w)
		}
	}
}

func TestFixedLoops(t *testing.T) {
	a := column(types.BigIntType, int64(1), nil, int64(3))
	two := batch.DatumColumn(types.BigIntType, int64(2), 3)
	null := batch.NullColumn(types.BigIntType, 3)
	noNull := func(v int64) int64 {
		if v == 0 {
			t.Error("called for a NULL")
		}
		return -v
	}
	check(t, Unary(noNull), types.BigIntType, []*batch.Column{a}, int64(-1), nil, int64(-3))
	check(t, Unary(noNull), types.BigIntType, []*batch.Column{null}, nil, nil, nil)
	add := Binary(func(x, y int64) bool { return x > y })
	check(t, add, types.BooleanType, []*batch.Column{a, two}, false, nil, true)
	check(t, add, types.BooleanType, []*batch.Column{two, a}, true, nil, false)
	odd := UnaryErr(func(v int64) (decimal.Int128, error) {
		if v == 3 {
			return decimal.Int128{}, Null
		}
		return decimal.MulInt64(v, v), nil
	})
	check(t, odd, types.DecimalOf(20, 0), []*batch.Column{a}, decimal.FromInt64(1), nil, nil)
	if a.Valid.Get(2) != true {
		t.Error("the argument's bitmap was changed")
	}
	fail := BinaryErr(func(int64, int64) (int64, error) { return 0, errors.New("boom") })
	if _, err := fail(call(types.BigIntType), []*batch.Column{a, two}, 3); err == nil {
		t.Error("no error")
	}
	check(t, fail, types.BigIntType, []*batch.Column{null, two}, nil, nil, nil)
}

func TestWideningViews(t *testing.T) {
	id := Unary(func(v int64) int64 { return v })
	check(t, id, types.BigIntType, []*batch.Column{column(types.TinyIntType, int64(-7), nil)}, int64(-7), nil)
	check(t, id, types.BigIntType, []*batch.Column{column(types.DateType, int64(19000), int64(-1))}, int64(19000), int64(-1))
	fl := Unary(func(v float64) float64 { return v * 2 })
	check(t, fl, types.DoubleType, []*batch.Column{column(types.FloatType, 1.5, nil)}, 3.0, nil)
	dec := Unary(func(v decimal.Int128) decimal.Int128 { return v.Neg() })
	check(t, dec, types.DecimalOf(5, 2), []*batch.Column{column(types.DecimalOf(5, 2), decimal.FromInt64(125), nil)}, decimal.FromInt64(-125), nil)
}

func TestTextLoops(t *testing.T) {
	s := column(types.StringType, "ab", nil, "")
	x := batch.DatumColumn(types.StringType, "x", 3)
	n := column(types.BigIntType, int64(2), int64(2), int64(3))
	upper := Text1(func(dst, s []byte) []byte { return append(dst, bytes.ToUpper(s)...) })
	check(t, upper, types.StringType, []*batch.Column{s}, "AB", nil, "")
	check(t, upper, types.StringType, []*batch.Column{batch.Slice(column(types.StringType, "q", "ab", "c"), 1, 3)}, "AB", "C")
	join := Text2(func(dst, s, t []byte) ([]byte, error) {
		if len(s) == 0 {
			return append(dst, "lost"...), Null
		}
		return append(append(dst, s...), t...), nil
	})
	check(t, join, types.StringType, []*batch.Column{s, x}, "abx", nil, nil)
	repeat := TextArg(func(dst, s []byte, n int64) ([]byte, error) { return append(dst, bytes.Repeat(s, int(n))...), nil })
	check(t, repeat, types.StringType, []*batch.Column{x, n}, "xx", "xx", "xxx")
	length := TextTo(func(s []byte) int64 { return int64(len(s)) })
	check(t, length, types.BigIntType, []*batch.Column{s}, int64(2), nil, int64(0))
	show := ToText(func(dst []byte, v int64) []byte { return fmt.Append(dst, v) })
	check(t, show, types.StringType, []*batch.Column{n}, "2", "2", "3")
}

func TestRows(t *testing.T) {
	s := column(types.StringType, "ab", nil, "c")
	n := column(types.IntType, int64(1), int64(2), nil)
	f := func(r *Row, dst []byte) ([]byte, error) {
		for k := range r.Len() {
			switch {
			case r.IsNull(k):
				dst = append(dst, '-')
			case k == 0:
				dst = append(dst, r.Text(k)...)
			default:
				dst = fmt.Append(dst, r.Int(k))
			}
		}
		return dst, nil
	}
	check(t, RowsText(f), types.StringType, []*batch.Column{s, n}, "ab1", nil, nil)
	check(t, RowsTextNullable(f), types.StringType, []*batch.Column{s, n}, "ab1", "-2", "c-")
	count := RowsNullable(func(r *Row) (int64, error) {
		if r.IsNull(0) && r.IsNull(1) {
			return 0, Null
		}
		return int64(r.Index), nil
	})
	check(t, count, types.BigIntType, []*batch.Column{s, batch.NullColumn(types.IntType, 3)}, int64(0), nil, int64(2))
	sum := Rows(func(r *Row) (decimal.Int128, error) { return r.Decimal(0).Add(decimal.FromInt64(r.Int(1))), nil })
	d := batch.DatumColumn(types.DecimalOf(38, 0), decimal.FromInt64(40), 3)
	check(t, sum, types.DecimalOf(38, 0), []*batch.Column{d, n}, decimal.FromInt64(41), decimal.FromInt64(42), nil)
}
