package operator

import (
	"bytes"
	"testing"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/planner/scalar"
	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/udf"
)

// A text has the same key in a batch of plain texts, in a part of it, and in one that
// is not plain because of a zero byte, a NULL or its encoding.
func TestTextKeys(t *testing.T) {
	texts := []string{"", "a", "ab", "\xff", "longer than eight bytes"}
	for _, desc := range []bool{false, true} {
		keys, err := newSortKeys([]scalar.SortKey{{Expr: &scalar.Column{Typ: types.StringType}, Desc: desc}}, &Env{Functions: udf.NewRegistry(), Session: &udf.Session{}})
		if err != nil {
			t.Fatal(err)
		}
		encode := func(c *batch.Column) [][]byte {
			arena := bytes.Repeat([]byte{7}, 3) // what is there already stays
			arena, offsets, err := keys.append(arena, []int64{0}, batch.New(c.N, c))
			if err != nil {
				t.Fatal(err)
			}
			var out [][]byte
			for i := range texts {
				out = append(out, arena[offsets[i]:offsets[i+1]])
			}
			out[0] = out[0][3:]
			return out
		}
		plain := batch.FromStrings(types.StringType, texts)
		want := encode(plain)
		codes := []int32{0, 1, 2, 3, 4}
		null := batch.NewBitmapSet(6)
		null.Clear(5)
		withNull := batch.FromStrings(types.StringType, append(texts[:5:5], "null"))
		withNull.Valid = null
		for name, c := range map[string]*batch.Column{
			"part":    batch.Slice(batch.FromStrings(types.StringType, append([]string{"\x00"}, texts...)), 1, 6),
			"zero":    batch.FromStrings(types.StringType, append(texts[:5:5], "\x00")),
			"null":    withNull,
			"encoded": batch.FromCodes(plain, codes, nil),
		} {
			for i, k := range encode(c) {
				if !bytes.Equal(k, want[i]) {
					t.Errorf("desc=%v, %s: the key of %q is % x, not % x", desc, name, texts[i], k, want[i])
				}
			}
		}
	}
}
