package types_test

import (
	"testing"

	. "github.com/bixidata/bixi/sql/types"
)

// all holds a type of every kind.
var all = []Type{
	NullType, BooleanType, TinyIntType, SmallIntType, IntType, BigIntType, FloatType, DoubleType, DecimalOf(10, 2), DecimalOf(38, 18),
	StringType, VarcharOf(5), CharOf(5), BinaryType, DateType, DatetimeType, TimestampType, TimestampNTZType, MonthsType, DaysType,
	ArrayOf(BigIntType), MapOf(StringType, IntType), StructOf(Field{Name: "a", Type: IntType}), JSONType,
}

// TestCoercionTable is the whole table for the types without parameters: a row
// is the type converted from, x where it converts implicitly.
func TestCoercionTable(t *testing.T) {
	columns := []Type{BooleanType, TinyIntType, IntType, BigIntType, FloatType, DoubleType, DecimalOf(10, 2), StringType, BinaryType, DateType, DatetimeType, TimestampType, TimestampNTZType}
	for _, row := range []struct {
		from Type
		to   string // one letter a column
	}{
		{NullType, "xxxxxxxxxxxxx"},
		{BooleanType, "x............"},
		{TinyIntType, ".xxxxxxx....."},
		{IntType, "..xxxxxx....."},
		{BigIntType, "...xxxxx....."},
		{FloatType, "....xxxx....."},
		{DoubleType, ".....xxx....."},
		{DecimalOf(10, 2), ".....xxx....."},
		{DecimalOf(12, 1), ".....xxx....."},
		{StringType, ".....xxx....."},
		{BinaryType, "........x...."},
		{DateType, ".......x.xxxx"},
		{DatetimeType, ".......x..xx."},
		{TimestampType, ".......x...x."},
		{TimestampNTZType, ".......x....x"},
		{JSONType, "............."},
		{DaysType, "............."},
	} {
		for i, to := range columns {
			if got, want := CanCoerce(row.from, to), row.to[i] == 'x'; got != want {
				t.Errorf("%s converts to %s: %v", row.from, to, got)
			}
		}
	}
}

func TestCoercionOfNested(t *testing.T) {
	ints, longs, texts := ArrayOf(IntType), ArrayOf(BigIntType), ArrayOf(StringType)
	pair := func(a, b Type) Type { return StructOf(Field{Name: "a", Type: a}, Field{Name: "b", Type: b}) }
	for _, c := range []struct {
		from, to Type
		want     bool
	}{
		{ints, longs, true}, {longs, ints, false}, {ints, texts, true}, {ints, IntType, false},
		{MapOf(IntType, IntType), MapOf(BigIntType, StringType), true}, {MapOf(BigIntType, IntType), MapOf(IntType, IntType), false},
		{pair(IntType, IntType), pair(BigIntType, DoubleType), true}, {pair(IntType, BigIntType), pair(IntType, IntType), false},
		{pair(IntType, IntType), StructOf(Field{Name: "a", Type: IntType}), false},
	} {
		if got := CanCoerce(c.from, c.to); got != c.want {
			t.Errorf("%s converts to %s: %v", c.from, c.to, got)
		}
	}
}

// TestCommonLaws: the common type does not depend on the order, and a type has
// itself in common with itself and with NULL.
func TestCommonLaws(t *testing.T) {
	for _, a := range all {
		for _, b := range []Type{a, NullType} {
			if got, ok := Common(a, b); !ok || !got.Equal(a) {
				t.Errorf("%s and %s have %s in common", a, b, got)
			}
		}
		for _, b := range all {
			ab, ok := Common(a, b)
			ba, ok2 := Common(b, a)
			if ok != ok2 || ok && !ab.Equal(ba) {
				t.Errorf("%s and %s: %s one way, %s the other", a, b, ab, ba)
			}
			if ok && ab.IsNumeric() && ab.Kind != Decimal && (!CanCoerce(a, ab) || !CanCoerce(b, ab)) {
				t.Errorf("%s and %s do not both convert to %s", a, b, ab)
			}
		}
	}
}

func TestCommonAndComparison(t *testing.T) {
	none := Type{Kind: 255}
	for _, c := range []struct{ a, b, common, comparison Type }{
		{IntType, BigIntType, BigIntType, BigIntType},
		{BigIntType, FloatType, FloatType, FloatType},
		{DecimalOf(10, 2), FloatType, DoubleType, DoubleType},
		{DecimalOf(10, 2), IntType, DecimalOf(12, 2), DecimalOf(12, 2)},
		{DecimalOf(38, 0), DecimalOf(38, 10), DecimalOf(38, 6), DecimalOf(38, 6)},
		{StringType, BigIntType, StringType, DoubleType},
		{StringType, DecimalOf(10, 2), StringType, DecimalOf(10, 2)},
		{StringType, DateType, StringType, DateType},
		{VarcharOf(3), CharOf(4), StringType, StringType},
		{DateType, DatetimeType, DatetimeType, DatetimeType},
		{DatetimeType, TimestampType, TimestampType, TimestampType},
		{BooleanType, IntType, none, none},
		{DateType, IntType, none, none},
		{ArrayOf(IntType), ArrayOf(BigIntType), ArrayOf(BigIntType), ArrayOf(BigIntType)},
		{MapOf(IntType, IntType), MapOf(IntType, IntType), MapOf(IntType, IntType), none},
		{JSONType, JSONType, JSONType, none},
	} {
		check := func(what string, got Type, ok bool, want Type) {
			if ok != (want.Kind != none.Kind) || ok && !got.Equal(want) {
				t.Errorf("%s of %s and %s is %s, %v; want %s", what, c.a, c.b, got, ok, want)
			}
		}
		got, ok := Common(c.a, c.b)
		check("the common type", got, ok, c.common)
		got, ok = Comparison(c.a, c.b)
		check("the comparison", got, ok, c.comparison)
		got, ok = Comparison(c.b, c.a)
		check("the comparison, turned,", got, ok, c.comparison)
	}
}

// TestArithmetic has the published examples of Hive's rule, and the others.
func TestArithmetic(t *testing.T) {
	dec := DecimalOf
	for _, c := range []struct {
		op         string
		a, b, want Type
	}{
		{"+", IntType, TinyIntType, IntType}, {"*", BigIntType, IntType, BigIntType}, {"/", IntType, IntType, DoubleType}, {"%", SmallIntType, TinyIntType, SmallIntType},
		{"DIV", IntType, IntType, IntType}, {"DIV", DoubleType, IntType, BigIntType}, {"DIV", dec(10, 2), IntType, BigIntType},
		{"+", FloatType, FloatType, FloatType}, {"/", FloatType, FloatType, DoubleType}, {"+", FloatType, IntType, DoubleType},
		{"+", StringType, IntType, DoubleType}, {"+", NullType, IntType, IntType}, {"+", NullType, NullType, DoubleType},
		{"+", dec(10, 2), dec(10, 2), dec(11, 2)}, {"-", dec(10, 2), dec(8, 4), dec(13, 4)}, {"*", dec(10, 2), dec(10, 2), dec(21, 4)},
		{"/", dec(10, 2), dec(10, 2), dec(23, 13)}, {"%", dec(10, 2), dec(8, 4), dec(8, 4)},
		{"+", dec(38, 18), dec(38, 18), dec(38, 17)}, {"*", dec(38, 10), dec(38, 10), dec(38, 6)}, {"/", dec(38, 10), dec(38, 10), dec(38, 6)},
		{"*", dec(38, 0), dec(38, 0), dec(38, 0)}, {"+", dec(10, 2), IntType, dec(13, 2)}, {"+", dec(10, 2), DoubleType, DoubleType},
	} {
		if got, ok := Arithmetic(c.op, c.a, c.b); !ok || !got.Equal(c.want) {
			t.Errorf("%s %s %s is %s, want %s", c.a, c.op, c.b, got, c.want)
		}
	}
	for _, bad := range []Type{BooleanType, DateType, ArrayOf(IntType), JSONType} {
		if got, ok := Arithmetic("+", bad, IntType); ok {
			t.Errorf("%s + INT is %s", bad, got)
		}
	}
}

// TestDecimalBounds: whatever takes part, 38 digits suffice and the scale fits in them.
func TestDecimalBounds(t *testing.T) {
	for p1 := 1; p1 <= 38; p1 += 3 {
		for s1 := 0; s1 <= p1; s1 += 2 {
			for p2 := 2; p2 <= 38; p2 += 4 {
				for s2 := 0; s2 <= p2; s2 += 3 {
					for _, op := range []string{"+", "-", "*", "/", "%"} {
						got, ok := Arithmetic(op, DecimalOf(p1, s1), DecimalOf(p2, s2))
						if !ok || got.Precision < 1 || got.Precision > 38 || got.Scale < 0 || got.Scale > got.Precision {
							t.Fatalf("DECIMAL(%d,%d) %s DECIMAL(%d,%d) is %s", p1, s1, op, p2, s2, got)
						}
					}
				}
			}
		}
	}
}

func TestAggregateTypes(t *testing.T) {
	for _, c := range []struct{ in, sum, avg Type }{
		{IntType, BigIntType, DoubleType}, {DoubleType, DoubleType, DoubleType}, {StringType, DoubleType, DoubleType},
		{DecimalOf(10, 2), DecimalOf(20, 2), DecimalOf(14, 6)}, {DecimalOf(38, 4), DecimalOf(38, 4), DecimalOf(38, 6)},
	} {
		if got := SumType(c.in); !got.Equal(c.sum) {
			t.Errorf("SUM of %s is %s", c.in, got)
		}
		if got := AvgType(c.in); !got.Equal(c.avg) {
			t.Errorf("AVG of %s is %s", c.in, got)
		}
	}
}

// TestEqual: types are equal exactly if they print alike.
func TestEqual(t *testing.T) {
	for _, a := range all {
		for _, b := range all {
			if a.Equal(b) != (a.String() == b.String()) {
				t.Errorf("%s equals %s: %v", a, b, a.Equal(b))
			}
		}
	}
	s := Schema{{Name: "Price", Type: IntType}, {Name: "ds", Type: StringType}}
	if s.Index("price") != 0 || s.Index("DS") != 1 || s.Index("x") >= 0 {
		t.Error("columns are found without regard to case")
	}
}
