package batch

import (
	"testing"

	"github.com/bixidata/bixi/sql/types"
)

// TestBuilderReuse builds columns in the memory of others, longer and shorter ones.
func TestBuilderReuse(t *testing.T) {
	for _, typ := range []types.Type{types.StringType, types.BigIntType, types.BooleanType} {
		value := func(i int) types.Datum {
			switch typ.Kind {
			case types.String:
				return "0123456789abcdefghij"[:i%20]
			case types.Boolean:
				return i%3 == 0
			}
			return int64(i)
		}
		b := NewBuilder(typ)
		for round, n := range []int{100, 7, 300} {
			for i := range n {
				b.AppendDatum(value(i * (round + 1)))
			}
			c := b.Finish()
			if c.N != n {
				t.Fatalf("%s, round %d: %d rows of %d", typ, round, c.N, n)
			}
			for i := range n {
				if got, want := c.Datum(i), value(i*(round+1)); got != want {
					t.Errorf("%s, round %d: row %d is %v, not %v", typ, round, i, got, want)
				}
			}
			b.Reuse(c)
		}
	}
}
