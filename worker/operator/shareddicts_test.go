package operator

import (
	"testing"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/sql/types"
)

// TestSharedDicts gives batches with dictionaries of their own: equal ones get the
// address of the first, others stay.
func TestSharedDicts(t *testing.T) {
	coded := func(texts ...string) *batch.Column {
		return batch.FromCodes(batch.FromStrings(types.StringType, texts), []int32{1, 0, 1}, nil)
	}
	numbers := func(v ...int64) *batch.Column {
		return batch.FromCodes(batch.FromValues(types.BigIntType, batch.PhysI64, v, nil), []int32{0, 1, 1}, nil)
	}
	var dicts sharedDicts
	first := dicts.share(batch.New(3, coded("a", "bc"), numbers(1, 2)))
	for _, c := range []struct {
		b            *batch.Batch
		texts, ints  bool // shared with the first
		name, answer string
	}{
		{batch.New(3, coded("a", "bc"), numbers(1, 2)), true, true, "equal", "bc"},
		{batch.New(3, coded("ab", "c"), numbers(1, 3)), false, false, "other values", "c"},
		{batch.New(3, coded("a", "bc"), numbers(1, 2)), false, false, "after others", "bc"},
	} {
		out := dicts.share(c.b)
		if got := out.Columns[0].Dict == first.Columns[0].Dict; got != c.texts {
			t.Errorf("%s: the texts' dictionary is shared: %v", c.name, got)
		}
		if got := out.Columns[1].Dict == first.Columns[1].Dict; got != c.ints {
			t.Errorf("%s: the numbers' dictionary is shared: %v", c.name, got)
		}
		if got := string(out.Columns[0].Bytes(0)); got != c.answer {
			t.Errorf("%s: row 0 is %q", c.name, got)
		}
		if out != c.b && &out.Columns[0] == &c.b.Columns[0] {
			t.Errorf("%s: the batch itself was changed", c.name)
		}
	}
}
