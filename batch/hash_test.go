package batch

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/bixidata/bixi/sql/decimal"
	"github.com/bixidata/bixi/sql/types"
)

// encodings gives the same rows of the flat column c in every encoding.
func encodings(c *Column) []*Column {
	codes := make([]int32, c.N)
	dict := NewBuilder(c.Type)
	for i := range codes {
		codes[i] = int32(c.N - 1 - i)
	}
	dict.Append(c, codes)
	d := dict.Finish()
	d.Valid = nil
	padded := NewBuilder(c.Type)
	padded.AppendNull(3)
	padded.Append(c, nil)
	padded.AppendNull(2)
	return []*Column{c, FromCodes(d, codes, c.Valid), Slice(padded.Finish(), 3, 3+c.N)}
}

func TestHashIgnoresEncoding(t *testing.T) {
	cols := []*Column{}
	for _, tc := range []struct {
		t    types.Type
		vals []types.Datum
	}{
		{types.BigIntType, []types.Datum{int64(1), nil, int64(-5), int64(0)}},
		{types.IntType, []types.Datum{int64(1), nil, int64(-5), int64(0)}},
		{types.StringType, []types.Datum{"", "abc", nil, "abc"}},
		{types.DoubleType, []types.Datum{0.0, math.Copysign(0, -1), math.NaN(), nil}},
		{types.BooleanType, []types.Datum{true, false, nil, true}},
		{types.DecimalOf(30, 2), []types.Datum{decimal.FromInt64(7), nil, decimal.MulInt64(math.MaxInt64, 10), decimal.FromInt64(-7)}},
		{types.ArrayOf(types.BigIntType), []types.Datum{[]types.Datum{int64(1), nil}, nil, []types.Datum{}, []types.Datum{int64(2)}}},
		{types.StructOf(types.Field{Name: "a", Type: types.StringType}), []types.Datum{[]types.Datum{"x"}, nil, []types.Datum{nil}, []types.Datum{"y"}}},
	} {
		b := NewBuilder(tc.t)
		for _, v := range tc.vals {
			b.AppendDatum(v)
		}
		c := b.Finish()
		want := HashColumns([]*Column{c}, c.N, nil)
		for e, alt := range encodings(c) {
			if got := HashColumns([]*Column{alt}, alt.N, nil); !slices.Equal(got, want) {
				t.Errorf("%s encoding %d: %x, want %x", tc.t, e, got, want)
			}
		}
		for i, v := range tc.vals {
			if got := HashColumns([]*Column{DatumColumn(tc.t, v, 3)}, 3, nil)[2]; got != want[i] {
				t.Errorf("%s constant %v: %x, want %x", tc.t, v, got, want[i])
			}
		}
		cols = append(cols, c)
	}
	all := HashColumns(cols, 4, nil)
	if all[0] == all[1] || all[1] == all[2] {
		t.Errorf("rows collide: %x", all)
	}
}

func TestHashEqualValues(t *testing.T) {
	one := func(t types.Type, v types.Datum) uint64 {
		return HashColumns([]*Column{DatumColumn(t, v, 1)}, 1, nil)[0]
	}
	wide := FromValues(types.DecimalOf(30, 0), PhysI128, []decimal.Int128{decimal.FromInt64(-9)}, nil)
	for _, tc := range [][2]uint64{
		{one(types.TinyIntType, int64(-9)), one(types.BigIntType, int64(-9))},
		{one(types.DoubleType, 0.0), one(types.DoubleType, math.Copysign(0, -1))},
		{one(types.DoubleType, math.NaN()), one(types.DoubleType, math.Float64frombits(0xfff8000000000001))},
		{one(types.FloatType, 1.5), one(types.DoubleType, 1.5)},
		{one(types.DecimalOf(30, 0), decimal.FromInt64(-9)), HashColumns([]*Column{wide}, 1, nil)[0]},
		{one(types.CharOf(5), "ab   "), one(types.CharOf(5), "ab")},
	} {
		if tc[0] != tc[1] {
			t.Errorf("%x != %x", tc[0], tc[1])
		}
	}
	// The hash is part of what processes of different versions agree on.
	if got := one(types.BigIntType, int64(42)); got != 0xc0f183d716d96b1b {
		t.Errorf("hash of 42 is now %#x", got)
	}
	if got := one(types.StringType, "bixi"); got != 0x92a983913c033e46 {
		t.Errorf("hash of 'bixi' is now %#x", got)
	}
}

func TestPartitionOfSpreads(t *testing.T) {
	const n, parts = 100000, 16
	vals := make([]int64, n)
	for i := range vals {
		vals[i] = int64(i) * 4
	}
	var counts [parts]int
	for _, h := range HashColumns([]*Column{FromValues(types.BigIntType, PhysI64, vals, nil)}, n, nil) {
		counts[PartitionOf(h, parts)]++
	}
	for p, c := range counts {
		if c < n/parts*9/10 || c > n/parts*11/10 {
			t.Errorf("partition %d has %d of %d rows", p, c, n)
		}
	}
	if PartitionOf(0, parts) != 0 || PartitionOf(math.MaxUint64, parts) != parts-1 {
		t.Error("partitions are not ranges of the hash")
	}
}

func TestHasherKeepsDictionaries(t *testing.T) {
	dict := FromStrings(types.StringType, []string{"a", "b", "c", "d", "e", "f", "g", "h", "i"})
	var h Hasher
	want := HashColumns([]*Column{dict}, dict.N, nil)
	taken := Take(dict, []int32{8, 3})
	for range 2 { // the same borrowed dictionary with other values
		got := h.Hash([]*Column{taken}, 2, nil)
		if w := HashColumns([]*Column{Flatten(taken)}, 2, nil); !slices.Equal(got, w) {
			t.Fatalf("%x, want %x", got, w)
		}
		copy(dict.Data, "ABC")
		copy(dict.Data[6:], "XYZ")
	}
	copy(dict.Data, "abcdefghi")
	for range 3 { // unseen and too large, seen again, known
		got := h.Hash([]*Column{FromCodes(dict, []int32{8, 3}, nil)}, 2, nil)
		if got[0] != want[8] || got[1] != want[3] {
			t.Fatalf("%x", got)
		}
	}
}

func BenchmarkHashInt64(b *testing.B) {
	vals := make([]int64, TargetRows)
	for i := range vals {
		vals[i] = rand.Int64()
	}
	c := []*Column{FromValues(types.BigIntType, PhysI64, vals, nil)}
	var out []uint64
	for b.Loop() {
		out = HashColumns(c, TargetRows, out)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/TargetRows, "ns/row")
}
