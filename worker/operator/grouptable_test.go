package operator

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/sql/types"
)

// keyDatum draws a value of type t from few.
func keyDatum(r *rand.Rand, t types.Type) types.Datum {
	n := r.IntN(40)
	if n == 0 {
		return nil
	}
	switch t.Kind {
	case types.BigInt, types.Int:
		return int64(n - 20)
	case types.Array:
		return []types.Datum{int64(n), nil}
	case types.Char:
		return strings.Repeat("c", n%5) + strings.Repeat(" ", n%3)
	}
	return strings.Repeat("x", n-1) + string(rune('a'+r.IntN(3)))
}

// encoded is rows of vals as a column in one of the encodings, in a shared
// dictionary the second.
func encoded(r *rand.Rand, vals *batch.Column, shared bool) *batch.Column {
	codes := make([]int32, vals.N)
	for i := range codes {
		codes[i] = int32(r.IntN(vals.N))
	}
	if shared {
		valid := batch.NewBitmapSet(vals.N)
		for i, k := range codes {
			valid.SetTo(i, !vals.IsNull(int(k)))
		}
		dict := *vals
		dict.Valid = nil
		return batch.FromCodes(&dict, codes, valid)
	}
	taken := batch.Take(vals, codes)
	switch r.IntN(3) {
	case 0:
		return batch.Flatten(taken)
	case 1:
		return batch.Slice(batch.Flatten(taken), 0, vals.N)
	}
	return taken
}

// Groups are those of the serialised keys, whatever the encodings, and what a
// table says it holds and may come to hold is true.
func TestGroupTables(t *testing.T) {
	text, long := types.StringType, types.ArrayOf(types.BigIntType)
	for _, ts := range [][]types.Type{
		{text},
		{types.CharOf(8)},
		{long},
		{text, text},
		{types.BigIntType, text},
		{types.IntType, text, text, types.BigIntType},
		{text, types.CharOf(8), long, text},
		{types.BigIntType, types.BigIntType, types.BigIntType, types.BigIntType},
	} {
		t.Run(fmt.Sprint(ts), func(t *testing.T) {
			const rows = 500
			r := rand.New(rand.NewPCG(3, uint64(len(ts))))
			table := newGroupTable(ts)
			want := map[string]int32{}
			var order []string
			var h batch.Hasher
			dicts := make([]*batch.Column, len(ts))
			for round := range 20 {
				cols := make([]*batch.Column, len(ts))
				for k, typ := range ts {
					if round%5 == 0 {
						b := batch.NewBuilder(typ)
						for range rows {
							b.AppendDatum(keyDatum(r, typ))
						}
						dicts[k] = b.Finish()
					}
					cols[k] = encoded(r, dicts[k], round%2 == 1)
					if r.IntN(8) == 0 {
						cols[k] = batch.DatumColumn(typ, keyDatum(r, typ), rows)
					}
				}
				ids, hashes := make([]int32, rows), h.Hash(cols, rows, nil)
				limit := table.size() + table.growth(cols, rows)
				table.assign(cols, hashes, ids)
				if size := table.size(); size > limit+8<<10 { // the allocator rounds up
					t.Fatalf("round %d: %d bytes, more than %d", round, size, limit)
				}
				for i, id := range ids {
					key := serialised(cols, i)
					g, known := want[key]
					if !known {
						g = int32(len(want))
						want[key] = g
						order = append(order, key)
					}
					if id != g || table.hashes()[id] != hashes[i] {
						t.Fatalf("round %d, row %d: group %d, want %d", round, i, id, g)
					}
				}
			}
			var got []string
			for from := 0; from < len(order); from += 100 {
				to := min(from+100, len(order))
				keys := table.keys(from, to)
				for i := range to - from {
					got = append(got, serialised(keys, i))
				}
			}
			if !slices.Equal(got, order) {
				t.Errorf("keys are not those given")
			}
		})
	}
}

func serialised(cols []*batch.Column, i int) string {
	var key []byte
	for _, c := range cols {
		key = appendValue(key, c, i)
	}
	return string(key)
}

// Texts of all lengths at every place of their buffer keep their identity.
func TestPackTexts(t *testing.T) {
	var p textPool
	data := []byte(strings.Repeat("\x00ab\x11\xff", 16))
	seen := map[packedText]string{}
	for lo := range data {
		for hi := lo; hi <= len(data); hi++ {
			w, s := p.pack(data, lo, hi), string(data[lo:hi])
			if old, ok := seen[w]; ok && old != s || w.len() != hi-lo {
				t.Fatalf("%q of %d bytes has the words of %q, %x", s, w.len(), old, w)
			}
			seen[w] = s
			if again := p.pack([]byte(s), 0, len(s)); again != w {
				t.Fatalf("%q: %x, then %x", s, w, again)
			}
		}
	}
}
