package builtin

import (
	"bytes"
	"slices"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/udf"
	"github.com/bixidata/bixi/udf/kernel"
)

// listRow is a row of one or two array columns whose elements lie in one pool:
// places from to to, and from2 to to2. What is kept becomes the row's result.
type listRow struct {
	row                  int
	args                 []*batch.Column
	pool                 *batch.Column
	from, to, from2, to2 int
	kept                 []int32
	seen                 map[string]bool
	buf                  []byte
}

// key is the sortable encoding of the element at place k, valid until the next.
func (l *listRow) key(k int) []byte {
	l.buf = appendMember(l.buf[:0], l.pool, k)
	return l.buf
}

func (l *listRow) keep(k int) { l.kept = append(l.kept, int32(k)) }

// mark makes unique skip the elements.
func (l *listRow) mark(from, to int) {
	for k := from; k < to; k++ {
		l.seen[string(l.key(k))] = true
	}
}

// unique keeps the first of equal elements; only those in among, unless it is nil.
func (l *listRow) unique(from, to int, among map[string]bool) {
	for k := from; k < to; k++ {
		if key := l.key(k); !l.seen[string(key)] && (among == nil || among[string(key)]) {
			l.seen[string(key)] = true
			l.keep(k)
		}
	}
}

// constRow is the place of row i in a flat or constant column.
func constRow(c *batch.Column, i int) int {
	_, i = c.Index(i)
	return i
}

// pickElements builds an array column whose rows are elements that f keeps of the
// rows of lists.
func pickElements(call *udf.Call, args, lists []*batch.Column, n int, f func(*listRow)) (*batch.Column, error) {
	valid, allNull := kernel.Validity(args, n)
	if allNull {
		return batch.NullColumn(call.Returns, n), nil
	}
	l := listRow{args: args, pool: lists[0].Children[0], seen: map[string]bool{}}
	if len(lists) > 1 {
		pool := batch.NewBuilder(*call.Returns.Elem)
		pool.Append(lists[0].Children[0], nil)
		pool.Append(lists[1].Children[0], nil)
		l.pool = pool.Finish()
	}
	offsets := make([]int32, n+1)
	for i := range n {
		if valid == nil || valid.Get(i) {
			clear(l.seen)
			l.row = i
			l.from, l.to = spanOf(lists[0], i)
			if len(lists) > 1 {
				l.from2, l.to2 = spanOf(lists[1], i)
				l.from2 += lists[0].Children[0].N
				l.to2 += lists[0].Children[0].N
			}
			f(&l)
		}
		offsets[i+1] = int32(len(l.kept))
	}
	child := batch.NewBuilder(*call.Returns.Elem)
	if len(l.kept) > 0 {
		child.Append(l.pool, l.kept)
	}
	return &batch.Column{Type: call.Returns, Phys: batch.PhysList, N: n, Valid: valid, Offsets: offsets, Children: []*batch.Column{child.Finish()}}, nil
}

// spanOf is the places of the elements of row i.
func spanOf(c *batch.Column, i int) (from, to int) {
	c, i = c.Index(i)
	return int(c.Offsets[i]), int(c.Offsets[i+1])
}

func sortArray(l *listRow) {
	keys := make([][]byte, 0, l.to-l.from)
	order := make([]int32, 0, l.to-l.from)
	for k := l.from; k < l.to; k++ {
		keys = append(keys, bytes.Clone(l.key(k)))
		order = append(order, int32(k))
	}
	down := len(l.args) > 1 && l.args[1].Int(l.row) == 0
	slices.SortStableFunc(order, func(a, b int32) int {
		if down {
			a, b = b, a
		}
		return bytes.Compare(keys[int(a)-l.from], keys[int(b)-l.from])
	})
	l.kept = append(l.kept, order...)
}

func sliceArray(l *listRow) {
	start, count := l.args[1].Int(l.row), l.args[2].Int(l.row)
	size := int64(l.to - l.from)
	if start < 0 {
		start += size + 1
	}
	if start < 1 || start > size {
		return
	}
	for k := start - 1; k < size && count > 0; k++ {
		l.keep(l.from + int(k))
		count--
	}
}

// elementPlace is the place, from 1, of argument 1 in the array argument 0.
func elementPlace(r *kernel.Row) int64 {
	c, i := r.Column(0)
	v, j := r.Column(1)
	want := appendMember(nil, v, j)
	var buf []byte
	for k := c.Offsets[i]; k < c.Offsets[i+1]; k++ {
		if buf = appendMember(buf[:0], c.Children[0], int(k)); bytes.Equal(buf, want) {
			return int64(k-c.Offsets[i]) + 1
		}
	}
	return 0
}

func arraysOverlap(call *udf.Call, args []*batch.Column, n int) (*batch.Column, error) {
	return kernel.Rows(func(r *kernel.Row) (bool, error) {
		a, i := r.Column(0)
		b, j := r.Column(1)
		have, nulls := map[string]bool{}, false
		for k := a.Offsets[i]; k < a.Offsets[i+1]; k++ {
			have[string(appendMember(nil, a.Children[0], int(k)))] = true
			nulls = nulls || a.Children[0].IsNull(int(k))
		}
		for k := b.Offsets[j]; k < b.Offsets[j+1]; k++ {
			if b.Children[0].IsNull(int(k)) {
				nulls = true
			} else if have[string(appendMember(nil, b.Children[0], int(k)))] {
				return true, nil
			}
		}
		if nulls && a.Offsets[i] < a.Offsets[i+1] && b.Offsets[j] < b.Offsets[j+1] {
			return false, kernel.Null
		}
		return false, nil
	})(call, args, n)
}

// elements makes a column whose row i is the element of args[0] at place pick(i),
// or NULL for -1.
func elements(call *udf.Call, list *batch.Column, n int, pick func(i, from, to int) int) *batch.Column {
	idx := make([]int32, n)
	for i := range idx {
		if idx[i] = -1; !list.IsNull(i) {
			from, to := spanOf(list, i)
			idx[i] = int32(pick(i, from, to))
		}
	}
	b := batch.NewBuilder(call.Returns)
	if pool := list.Children[0]; pool.N > 0 {
		b.Append(pool, idx)
	} else {
		b.AppendNull(n)
	}
	return b.Finish()
}

func extremeElement(greatest bool) udf.Eval {
	return func(call *udf.Call, args []*batch.Column, n int) (*batch.Column, error) {
		pool := args[0].Children[0]
		var best, key []byte
		return elements(call, args[0], n, func(_, from, to int) int {
			at := -1
			for k := from; k < to; k++ {
				if pool.IsNull(k) {
					continue
				}
				key = appendMember(key[:0], pool, k)
				if at < 0 || (bytes.Compare(key, best) > 0) == greatest {
					at, best = k, append(best[:0], key...)
				}
			}
			return at
		}), nil
	}
}

func arrayJoin(r *kernel.Row, dst []byte) ([]byte, error) {
	c, i := r.Column(0)
	first := true
	for k := int(c.Offsets[i]); k < int(c.Offsets[i+1]); k++ {
		null := c.Children[0].IsNull(k)
		if null && r.Len() < 3 {
			continue
		}
		if !first {
			dst = append(dst, r.Text(1)...)
		}
		if first = false; null {
			dst = append(dst, r.Text(2)...)
		} else {
			dst = append(dst, c.Children[0].Bytes(k)...)
		}
	}
	return dst, nil
}
