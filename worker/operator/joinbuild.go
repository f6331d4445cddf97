package operator

import (
	"math"
	"slices"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/planner/physical"
	"github.com/bixidata/bixi/planner/scalar"
	"github.com/bixidata/bixi/sql/diag"
	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/worker/memory"
)

// joinBuilder reads the right side of a join into a joinTable.
type joinBuilder struct {
	node   *physical.HashJoin
	keys   *joinKeys
	types  []types.Type // of the right columns
	kept   []types.Type // of the stored ones
	stored []int        // positions of the right columns that are kept
	rows   partBuilder  // the stored columns
	keyed  partBuilder  // the key columns, if words are hashes
	words  []uint64
	able   batch.Bitmap // which rows can match; nil: all
	env    *Env
	memory *memory.Reservation
	full   bool // behave as if there was no more memory
	plain  bool // make no filters
}

// newJoinBuilder prepares to keep the columns of needs.
func newJoinBuilder(n *physical.HashJoin, keys *joinKeys, needs []bool, env *Env) *joinBuilder {
	b := &joinBuilder{node: n, keys: keys, types: schemaTypes(n.Right), env: env}
	for i, need := range needs {
		if need {
			b.stored = append(b.stored, i)
			b.kept = append(b.kept, b.types[i])
		}
	}
	b.reset()
	return b
}

// reset drops the rows taken so far.
func (j *joinBuilder) reset() {
	j.words, j.able = nil, nil
	j.rows.init(j.kept)
	if !j.keys.packed {
		j.keyed.init(exprTypes(j.node.RightKeys))
	}
}

func exprTypes(es []scalar.Expr) []types.Type {
	ts := make([]types.Type, len(es))
	for i, e := range es {
		ts[i] = e.Type()
	}
	return ts
}

// add takes the existing rows of a right batch.
func (j *joinBuilder) add(b *batch.Batch) error {
	cols, words, able, err := j.keys.eval(b)
	if err != nil {
		return err
	}
	kept := &batch.Batch{N: b.N, Sel: b.Sel, Columns: make([]*batch.Column, len(j.stored))}
	for i, c := range j.stored {
		kept.Columns[i] = b.Columns[c]
	}
	return j.addRows(kept, cols, words, able)
}

// addRows takes rows whose keys have been evaluated: their stored columns, key
// columns and words, and which of them can match (nil: all).
func (j *joinBuilder) addRows(kept *batch.Batch, keys []*batch.Column, words []uint64, able batch.Bitmap) error {
	at, n := len(j.words), len(words)
	if at+n > math.MaxInt32 {
		return tooLarge("rows")
	}
	if able != nil || j.able != nil {
		if j.able == nil {
			j.able = batch.NewBitmapSet(at)
		}
		for len(j.able) < (at+n+63)/64 {
			j.able = append(j.able, 0)
		}
		j.able.CopyBits(at, able, 0, n)
	}
	if need := at + n; need > cap(j.words) { // doubled: append would copy it four times over
		j.words = slices.Grow(j.words, max(n, at))
	}
	j.words = append(j.words, words...)
	j.rows.add(kept, kept.Sel)
	if !j.keys.packed {
		j.keyed.add(batch.New(n, keys...), nil)
	}
	return j.reserve()
}

// reserve accounts for what is held and for the index to come.
func (j *joinBuilder) reserve() error {
	held := j.rows.size() + j.keyed.size()
	if held > math.MaxInt32 && j.longestText() > math.MaxInt32 {
		return tooLarge("bytes of text")
	}
	if j.full {
		return j.memory.Err(held)
	}
	n := held + 8*int64(len(j.words)) + indexBytes(len(j.words))
	if n > j.memory.Held() {
		n += n / 8
		if need := n - j.memory.Held(); !j.env.reserve(j.memory, n) {
			return j.memory.Err(need)
		}
	}
	return nil
}

func (j *joinBuilder) longestText() int64 {
	var most int64
	for _, p := range []*partBuilder{&j.rows, &j.keyed} {
		for i := range p.cols {
			most = max(most, p.cols[i].flat.Size()-4*int64(p.rows+1))
		}
	}
	return most
}

func tooLarge(of string) error {
	return diag.Errorf(diag.CodeMemory, diag.Pos{}, "the build side of a join has more than %d %s", math.MaxInt32, of).
		WithHint("join the smaller table on the right, or use more partitions")
}

func (j *joinBuilder) finish() (*joinTable, error) {
	t := &joinTable{rows: len(j.words), packed: j.keys.packed, memory: j.memory, cols: make([]*batch.Column, len(j.types))}
	t.anyRow, t.anyNull = t.rows > 0, j.able != nil && j.able.Count(t.rows) < t.rows
	t.index(j.words, j.able)
	built := j.rows.finish()
	for i, c := range j.stored {
		col := *built.Columns[i]
		col.Stays = true
		t.cols[c] = &col
	}
	if !j.keys.packed {
		t.keys = j.keyed.finish().Columns
	}
	if dropsUnmatched(j.node.Kind) && !j.plain {
		t.filters = j.filters(t)
	}
	if j.able != nil {
		for i := range j.words {
			if !j.able.Get(i) {
				t.nullRows = append(t.nullRows, int32(i))
			}
		}
	}
	size := 4*int64(len(t.direct)+len(t.next)+len(t.nullRows)) + 16*int64(len(t.slots))
	for _, c := range append(t.cols, t.keys...) {
		if c != nil {
			size += c.Size()
		}
	}
	for _, f := range t.filters {
		size += f.bytes()
	}
	j.words, j.able = nil, nil
	j.memory.Resize(min(size, j.memory.Held()))
	return t, nil
}

// filters makes the runtime filter of each key that compares with =.
func (j *joinBuilder) filters(t *joinTable) []*KeyFilter {
	out := make([]*KeyFilter, len(j.node.RightKeys))
	shift := uint(0)
	for i := len(out) - 1; i >= 0; i-- {
		if j.keys.packed {
			words := j.words
			if len(out) > 1 {
				words = unpackWords(words, shift, j.keys.widths[i])
				shift += j.keys.widths[i]
			}
			out[i] = newIntFilter(words, j.able)
			continue
		}
		if i < len(j.keys.nullSafe) && j.keys.nullSafe[i] {
			continue
		}
		out[i] = newColumnFilter(t.keys[i], j.able)
	}
	return out
}

// unpackWords takes the key of width bits at shift out of packed words.
func unpackWords(words []uint64, shift, width uint) []uint64 {
	out := make([]uint64, len(words))
	if width == 1 { // BOOLEAN has no sign
		for i, w := range words {
			out[i] = w >> shift & 1
		}
		return out
	}
	for i, w := range words {
		out[i] = uint64(int64(w>>shift<<(64-width)) >> (64 - width))
	}
	return out
}
