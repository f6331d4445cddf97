package builtin

import (
	"bytes"
	"slices"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/udf"
	"github.com/bixidata/bixi/udf/kernel"
)

// arrayFunctions lists the functions of arrays. Elements are compared by their
// sortable encodings, in which NULL is a value of its own and the least.
func arrayFunctions() []*udf.Function {
	return []*udf.Function{
		{Name: "size", Family: "array", Resolve: resolveSize, Eval: kernel.Rows(func(r *kernel.Row) (int64, error) {
			c, i := r.Column(0)
			return int64(c.Offsets[i+1] - c.Offsets[i]), nil
		}),
			Doc: udf.Doc{Summary: "The number of elements of an array or entries of a map.", Example: "size(array(1, 2, 3))", Result: "3"}},
		{Name: "array", Family: "array", Resolve: resolveArray, Eval: makeArray,
			Doc: udf.Doc{Summary: "An array of the arguments, which need a common type.", Example: "array('a', 'b')", Result: `["a","b"]`}},
		{Name: "array_contains", Family: "array", Resolve: resolveElement("array_contains", types.BooleanType), Eval: kernel.Rows(func(r *kernel.Row) (bool, error) {
			return elementPlace(r) > 0, nil
		}),
			Doc: udf.Doc{Summary: "Whether a value is an element of an array.", Example: "array_contains(array(1, 2), 2)", Result: "true"}},
		{Name: "array_position", Family: "array", Resolve: resolveElement("array_position", types.BigIntType), Eval: kernel.Rows(func(r *kernel.Row) (int64, error) {
			return elementPlace(r), nil
		}),
			Doc: udf.Doc{Summary: "The place of a value in an array, from 1; 0 if it is not there.", Example: "array_position(array('a', 'b'), 'b')", Result: "2"}},
		arrayToArray("array_distinct", "The distinct elements, in the order of their first occurrence.", "array_distinct(array(2, 1, 2))", "[2,1]",
			func(l *listRow) { l.unique(l.from, l.to, nil) }),
		arrayToArray("sort_array", "The elements in ascending order, NULL first, or in descending order if the second argument is false.", "sort_array(array(3, 1, 2))", "[1,2,3]", sortArray, types.BooleanType),
		arrayToArray("slice", "n elements from place start on, which counts from 1, or from the end if negative.", "slice(array(1, 2, 3, 4), 2, 2)", "[2,3]", sliceArray, types.BigIntType, types.BigIntType),
		twoArrays("array_union", "The distinct elements of both arrays.", "array_union(array(1, 2), array(2, 3))", "[1,2,3]",
			func(l *listRow) { l.unique(l.from, l.to, nil); l.unique(l.from2, l.to2, nil) }),
		twoArrays("array_except", "The distinct elements of the first array that the second does not have.", "array_except(array(1, 2, 3), array(2))", "[1,3]",
			func(l *listRow) { l.mark(l.from2, l.to2); l.unique(l.from, l.to, nil) }),
		twoArrays("array_intersect", "The distinct elements that both arrays have.", "array_intersect(array(1, 2, 3), array(3, 2, 9))", "[2,3]",
			func(l *listRow) {
				other := map[string]bool{}
				for k := l.from2; k < l.to2; k++ {
					other[string(l.key(k))] = true
				}
				l.unique(l.from, l.to, other)
			}),
		{Name: "array_remove", Family: "array", Resolve: resolveElement("array_remove", types.NullType), Eval: func(call *udf.Call, args []*batch.Column, n int) (*batch.Column, error) {
			var want []byte
			return pickElements(call, args, args[:1], n, func(l *listRow) {
				want = appendMember(want[:0], args[1], constRow(args[1], l.row))
				for k := l.from; k < l.to; k++ {
					if !bytes.Equal(l.key(k), want) {
						l.keep(k)
					}
				}
			})
		},
			Doc: udf.Doc{Summary: "The array without the elements equal to a value.", Example: "array_remove(array(1, 2, 1), 1)", Result: "[2]"}},
		{Name: "arrays_overlap", Family: "array", Resolve: resolveTwo("arrays_overlap", types.BooleanType), Eval: arraysOverlap,
			Doc: udf.Doc{Summary: "Whether two arrays have an element in common; NULL if only NULLs could be.", Example: "arrays_overlap(array(1, 2), array(2, 3))", Result: "true"}},
		{Name: "array_max", Family: "array", Resolve: resolveElementOf("array_max"), Eval: extremeElement(true),
			Doc: udf.Doc{Summary: "The greatest element that is not NULL.", Example: "array_max(array(1, 3, 2))", Result: "3"}},
		{Name: "array_min", Family: "array", Resolve: resolveElementOf("array_min"), Eval: extremeElement(false),
			Doc: udf.Doc{Summary: "The least element that is not NULL.", Example: "array_min(array('b', 'a'))", Result: "a"}},
		{Name: "array_join", Family: "array", Args: typeList(types.ArrayOf(types.StringType), types.StringType, types.StringType), Optional: 1, Returns: types.StringType, Eval: kernel.RowsText(arrayJoin),
			Doc: udf.Doc{Summary: "The elements joined by a separator; NULLs are left out or replaced by the third argument.", Example: "array_join(array('a', 'b'), '-')", Result: "a-b"}},
		{Name: "array_repeat", Family: "array", Resolve: resolveRepeat, Eval: arrayRepeat,
			Doc: udf.Doc{Summary: "An array of a value n times.", Example: "array_repeat('a', 2)", Result: `["a","a"]`}},
		{Name: "sequence", Family: "array", Args: typeList(types.BigIntType, types.BigIntType, types.BigIntType), Optional: 1, Returns: types.ArrayOf(types.BigIntType), Eval: sequence,
			Doc: udf.Doc{Summary: "The numbers from start to stop, both included, by a step (1 or -1).", Example: "sequence(5, 1, -2)", Result: "[5,3,1]"}},
	}
}

func isArray(t types.Type) bool { return t.Kind == types.Array }

func resolveSize(args []udf.Arg) (udf.Signature, error) {
	t, err := oneArg("size", args)
	if err == nil && !isArray(t) && t.Kind != types.Map {
		err = badArgs("size", "size(array or map)", args)
	}
	return udf.Signature{Args: typeList(t), Returns: types.BigIntType}, err
}

// commonOf is the common type of args.
func commonOf(args []udf.Arg) (types.Type, bool) {
	t := types.NullType
	for _, a := range args {
		var ok bool
		if t, ok = types.Common(t, a.Type); !ok {
			return t, false
		}
	}
	return t, true
}

func resolveArray(args []udf.Arg) (udf.Signature, error) {
	t, ok := commonOf(args)
	if !ok {
		return udf.Signature{}, badArgs("array", "array(x, …) of one common type", args)
	}
	if t.Kind == types.Null {
		t = types.StringType
	}
	return udf.Signature{Args: repeat(t, len(args)), Returns: types.ArrayOf(t)}, nil
}

// resolveElement types (array, element); without result the array's type is returned.
func resolveElement(name string, returns types.Type) func([]udf.Arg) (udf.Signature, error) {
	return func(args []udf.Arg) (udf.Signature, error) {
		if len(args) == 2 && isArray(args[0].Type) {
			if t, ok := types.Common(*args[0].Type.Elem, args[1].Type); ok {
				sig := udf.Signature{Args: typeList(types.ArrayOf(t), t), Returns: returns}
				if returns.Kind == types.Null {
					sig.Returns = types.ArrayOf(t)
				}
				return sig, nil
			}
		}
		return udf.Signature{}, badArgs(name, name+"(array, element)", args)
	}
}

func resolveTwo(name string, returns types.Type) func([]udf.Arg) (udf.Signature, error) {
	return func(args []udf.Arg) (udf.Signature, error) {
		t, ok := commonOf(args)
		if len(args) != 2 || !ok || !isArray(t) {
			return udf.Signature{}, badArgs(name, name+"(array, array)", args)
		}
		if returns.Kind == types.Null {
			return udf.Signature{Args: typeList(t, t), Returns: t}, nil
		}
		return udf.Signature{Args: typeList(t, t), Returns: returns}, nil
	}
}

func resolveElementOf(name string) func([]udf.Arg) (udf.Signature, error) {
	return func(args []udf.Arg) (udf.Signature, error) {
		t, err := oneArg(name, args)
		if err != nil || !isArray(t) {
			return udf.Signature{}, badArgs(name, name+"(array)", args)
		}
		return udf.Signature{Args: typeList(t), Returns: *t.Elem}, nil
	}
}

// arrayToArray makes a function of an array and rest, of which all are optional
// but where there are several.
func arrayToArray(name, summary, example, result string, f func(*listRow), rest ...types.Type) *udf.Function {
	return &udf.Function{Name: name, Family: "array", Doc: udf.Doc{Summary: summary, Example: example, Result: result},
		Resolve: func(args []udf.Arg) (udf.Signature, error) {
			least := 1
			if len(rest) > 1 {
				least += len(rest)
			}
			bad := len(args) < least || len(args) > 1+len(rest) || !isArray(args[0].Type)
			for k := 1; k < len(args) && !bad; k++ {
				bad = !types.CanCoerce(args[k].Type, rest[k-1])
			}
			if bad {
				return udf.Signature{}, badArgs(name, example, args)
			}
			t := args[0].Type
			return udf.Signature{Args: append(typeList(t), rest[:len(args)-1]...), Returns: t}, nil
		},
		Eval: func(call *udf.Call, args []*batch.Column, n int) (*batch.Column, error) {
			return pickElements(call, args, args[:1], n, f)
		}}
}

func twoArrays(name, summary, example, result string, f func(*listRow)) *udf.Function {
	return &udf.Function{Name: name, Family: "array", Doc: udf.Doc{Summary: summary, Example: example, Result: result},
		Resolve: resolveTwo(name, types.NullType),
		Eval: func(call *udf.Call, args []*batch.Column, n int) (*batch.Column, error) {
			return pickElements(call, args, args, n, f)
		}}
}

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

// makeArray interleaves its arguments.
func makeArray(call *udf.Call, args []*batch.Column, n int) (*batch.Column, error) {
	pool := batch.NewBuilder(*call.Returns.Elem)
	for _, a := range args {
		pool.Append(a, nil)
	}
	order, offsets := make([]int32, 0, n*len(args)), make([]int32, n+1)
	for i := range n {
		for k := range args {
			order = append(order, int32(k*n+i))
		}
		offsets[i+1] = int32(len(order))
	}
	child := batch.NewBuilder(*call.Returns.Elem)
	if len(order) > 0 {
		child.Append(pool.Finish(), order)
	}
	return &batch.Column{Type: call.Returns, Phys: batch.PhysList, N: n, Offsets: offsets, Children: []*batch.Column{child.Finish()}}, nil
}

func resolveRepeat(args []udf.Arg) (udf.Signature, error) {
	if len(args) != 2 || !types.CanCoerce(args[1].Type, types.BigIntType) {
		return udf.Signature{}, badArgs("array_repeat", "array_repeat(x, n)", args)
	}
	t := args[0].Type
	return udf.Signature{Args: typeList(t, types.BigIntType), Returns: types.ArrayOf(t)}, nil
}

// maxElements bounds the arrays that functions make from nothing.
const maxElements = 1 << 20

func arrayRepeat(call *udf.Call, args []*batch.Column, n int) (*batch.Column, error) {
	var idx []int32
	offsets := make([]int32, n+1)
	var valid batch.Bitmap
	if args[1].Valid != nil {
		valid = batch.NewBitmap(n)
	}
	for i := range n {
		if !args[1].IsNull(i) {
			times := args[1].Int(i)
			if times > maxElements {
				return nil, invalid("an array of %d elements is too long", times)
			}
			for ; times > 0; times-- {
				idx = append(idx, int32(i))
			}
			if valid != nil {
				valid.Set(i)
			}
		}
		offsets[i+1] = int32(len(idx))
	}
	child := batch.NewBuilder(*call.Returns.Elem)
	if len(idx) > 0 {
		child.Append(args[0], idx)
	}
	return &batch.Column{Type: call.Returns, Phys: batch.PhysList, N: n, Valid: valid, Offsets: offsets, Children: []*batch.Column{child.Finish()}}, nil
}

func sequence(call *udf.Call, args []*batch.Column, n int) (*batch.Column, error) {
	valid, allNull := kernel.Validity(args, n)
	if allNull {
		return batch.NullColumn(call.Returns, n), nil
	}
	var vals []int64
	offsets := make([]int32, n+1)
	for i := range n {
		if valid == nil || valid.Get(i) {
			start, stop, step := args[0].Int(i), args[1].Int(i), int64(1)
			if stop < start {
				step = -1
			}
			if len(args) > 2 {
				step = args[2].Int(i)
			}
			if step == 0 || start != stop && (step > 0) != (stop > start) {
				return nil, invalid("sequence cannot go from %d to %d by %d", start, stop, step)
			}
			steps := uint64(max(start, stop)-min(start, stop)) / uint64(max(step, -step))
			if steps >= maxElements {
				return nil, invalid("a sequence from %d to %d by %d is too long", start, stop, step)
			}
			for k := range int64(steps) + 1 {
				vals = append(vals, start+k*step)
			}
		}
		offsets[i+1] = int32(len(vals))
	}
	child := batch.FromValues(types.BigIntType, batch.PhysI64, vals, nil)
	return &batch.Column{Type: call.Returns, Phys: batch.PhysList, N: n, Valid: valid, Offsets: offsets, Children: []*batch.Column{child}}, nil
}
