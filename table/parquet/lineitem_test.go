package parquet_test

import (
	"math/rand/v2"
	"strings"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/sql/types"
)

// makeLineitem makes n rows with the value distributions of TPC-H's lineitem.
func makeLineitem(n int) []*batch.Batch {
	r := rand.New(rand.NewPCG(3, 4))
	words := strings.Fields("furiously regular deposits among the pending packages sleep carefully bold ideas wake final foxes")
	pick := func(vals ...string) string { return vals[r.IntN(len(vals))] }
	var out []*batch.Batch
	for at := 0; at < n; at += batch.TargetRows {
		k := min(batch.TargetRows, n-at)
		b := &batch.Batch{N: k}
		long := func(t types.Type, f func(i int) int64) {
			vals := make([]int64, k)
			for i := range vals {
				vals[i] = f(at + i)
			}
			b.Columns = append(b.Columns, batch.FromValues(t, batch.PhysI64, vals, nil))
		}
		date := func() {
			vals := make([]int32, k)
			for i := range vals {
				vals[i] = 8036 + int32(r.IntN(2500))
			}
			b.Columns = append(b.Columns, batch.FromValues(types.DateType, batch.PhysI32, vals, nil))
		}
		text := func(f func() string) {
			vals := make([]string, k)
			for i := range vals {
				vals[i] = f()
			}
			b.Columns = append(b.Columns, batch.FromStrings(types.StringType, vals))
		}
		dec := types.DecimalOf(15, 2)
		long(types.BigIntType, func(i int) int64 { return int64(i) })
		long(types.BigIntType, func(int) int64 { return int64(r.IntN(200_000)) })
		long(types.BigIntType, func(int) int64 { return int64(r.IntN(10_000)) })
		lines := make([]int32, k)
		for i := range lines {
			lines[i] = 1 + int32(r.IntN(7))
		}
		b.Columns = append(b.Columns, batch.FromValues(types.IntType, batch.PhysI32, lines, nil))
		long(dec, func(int) int64 { return 100 * int64(1+r.IntN(50)) })
		long(dec, func(int) int64 { return 90_000 + int64(r.IntN(10_000_000)) })
		long(dec, func(int) int64 { return int64(r.IntN(11)) })
		long(dec, func(int) int64 { return int64(r.IntN(9)) })
		text(func() string { return pick("A", "N", "R") })
		text(func() string { return pick("F", "O") })
		date()
		date()
		date()
		text(func() string { return pick("DELIVER IN PERSON", "COLLECT COD", "NONE", "TAKE BACK RETURN") })
		text(func() string { return pick("AIR", "FOB", "MAIL", "RAIL", "REG AIR", "SHIP", "TRUCK") })
		text(func() string {
			s := ""
			for range 2 + r.IntN(4) {
				s += pick(words...) + " "
			}
			return s
		})
		out = append(out, b)
	}
	return out
}
