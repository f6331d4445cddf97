package builtin

import (
	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/sql/diag"
	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/udf"
	"github.com/bixidata/bixi/udf/kernel"
)

// lambdaFunctions lists the functions of higher order over arrays. A lambda is
// computed once for all elements of a batch.
func lambdaFunctions() []*udf.Function {
	b := types.BooleanType
	return []*udf.Function{
		higher("transform", "The array of what a lambda gives for each element.", "transform(array(1, 2), x -> x * 10)", "[10,20]",
			elementLambda, func(_, body types.Type) udf.Signature {
				return udf.Signature{Args: typeList(body), Returns: types.ArrayOf(body)}
			}, transform),
		higher("filter", "The elements for which a lambda is true.", "filter(array(1, 2, 3), x -> x > 1)", "[2,3]",
			elementLambda, func(list, _ types.Type) udf.Signature {
				return udf.Signature{Args: typeList(b), Returns: list}
			}, filterArray),
		higher("all_match", "Whether a lambda is true for all elements; NULL if none is false and one NULL.", "all_match(array(4, 5, 6), x -> x > 3)", "true",
			elementLambda, toBoolean, match(false)),
		higher("any_match", "Whether a lambda is true for an element; NULL if none is and one is NULL.", "any_match(array(1, 2, -10), x -> x > 3)", "false",
			elementLambda, toBoolean, match(true)),
		higher("array_sort", "The elements in the order of a lambda of two elements, which gives a negative number, zero or a positive one; equal elements keep their order.", "array_sort(array(2, 3, 1), (l, r) -> r - l)", "[3,2,1]",
			func(elem types.Type) []types.Type { return typeList(elem, elem) },
			func(list, _ types.Type) udf.Signature {
				return udf.Signature{Args: typeList(types.BigIntType), Returns: list}
			}, arraySort),
		{Name: "zip_with", Family: "array", Lambda: zipLambda, Resolve: resolveZipWith, Eval: zipWith,
			Doc: udf.Doc{Summary: "The array of what a lambda gives for the elements of two arrays at the same places; the shorter one is filled up with NULLs.", Example: "zip_with(array(1, 2), array(3, 4), (x, y) -> x + y)", Result: "[4,6]"}},
		{Name: "array_reduce", Aliases: []string{"reduce"}, Family: "array", Lambda: reduceLambda, Resolve: resolveReduce, Eval: arrayReduce,
			Doc: udf.Doc{Summary: "What the last lambda gives for a state that begins with the second argument and to which the first lambda adds each element.", Example: "array_reduce(array(5, 20, 50), 0, (s, x) -> s + x, s -> s)", Result: "75"}},
	}
}

func elementLambda(elem types.Type) []types.Type { return typeList(elem) }

func toBoolean(_, _ types.Type) udf.Signature {
	return udf.Signature{Args: typeList(types.BooleanType), Returns: types.BooleanType}
}

// higher makes a function of an array and a lambda of its elements, whose
// parameters params gives. returns says what the body is converted to (the only
// one of Args) and what the function gives.
func higher(name, summary, example, result string, params func(elem types.Type) []types.Type, returns func(list, body types.Type) udf.Signature, eval udf.Eval) *udf.Function {
	bad := func(args []udf.Arg) error { return badArgs(name, example, args) }
	fits := func(args []udf.Arg) bool {
		return len(args) == 2 && isArray(args[0].Type) && args[1].Lambda > 0
	}
	return &udf.Function{Name: name, Family: "array", Doc: udf.Doc{Summary: summary, Example: example, Result: result}, Eval: eval,
		Lambda: func(args []udf.Arg, _ int) ([]types.Type, error) {
			if !fits(args) {
				return nil, bad(args)
			}
			return params(*args[0].Type.Elem), nil
		},
		Resolve: func(args []udf.Arg) (udf.Signature, error) {
			if !fits(args) {
				return udf.Signature{}, bad(args)
			}
			sig := returns(args[0].Type, someType(args[1].Type))
			if !types.CanCoerce(args[1].Type, sig.Args[0]) {
				return sig, badBody(name, sig.Args[0], args[1].Type)
			}
			sig.Args = typeList(args[0].Type, sig.Args[0])
			return sig, nil
		}}
}

func badBody(name string, want, got types.Type) error {
	return diag.Errorf(diag.CodeArgument, diag.Pos{}, "the lambda of %s gives %s where %s is needed", name, got, want)
}

// someType is t, or STRING for an untyped NULL.
func someType(t types.Type) types.Type {
	if t.Kind == types.Null {
		return types.StringType
	}
	return t
}

// spread is the elements of the rows of a list column that are not NULL, one
// behind the other.
type spread struct {
	n       int
	valid   batch.Bitmap
	offsets []int32 // of the rows' elements
	elems   *batch.Column
	rows    []int32 // the row of each element
}

func spreadOf(list *batch.Column, n int) spread {
	list = batch.Flatten(list)
	s := spread{n: n, valid: list.Valid, offsets: make([]int32, n+1)}
	var idx []int32
	for i := range n {
		if !list.IsNull(i) {
			for k := list.Offsets[i]; k < list.Offsets[i+1]; k++ {
				idx, s.rows = append(idx, k), append(s.rows, int32(i))
			}
		}
		s.offsets[i+1] = int32(len(idx))
	}
	s.elems = list.Children[0]
	if len(idx) != s.elems.N {
		s.elems = batch.Take(s.elems, idx)
	}
	return s
}

// list is an array column whose rows are as long as those of s.
func (s *spread) list(t types.Type, child *batch.Column) *batch.Column {
	return &batch.Column{Type: t, Phys: batch.PhysList, N: s.n, Valid: s.valid, Offsets: s.offsets, Children: []*batch.Column{batch.Flatten(child)}}
}

// where is a list column of type t of the elements whose bit in keep is set.
func (s *spread) where(t types.Type, elems *batch.Column, keep batch.Bitmap) *batch.Column {
	offsets, idx := make([]int32, s.n+1), []int32{}
	for i := range s.n {
		for k := s.offsets[i]; k < s.offsets[i+1]; k++ {
			if keep.Get(int(k)) {
				idx = append(idx, k)
			}
		}
		offsets[i+1] = int32(len(idx))
	}
	child := batch.NewBuilder(elems.Type)
	child.Append(elems, idx)
	return &batch.Column{Type: t, Phys: batch.PhysList, N: s.n, Valid: s.valid, Offsets: offsets, Children: []*batch.Column{child.Finish()}}
}

func transform(call *udf.Call, args []*batch.Column, n int) (*batch.Column, error) {
	s := spreadOf(args[0], n)
	out, err := call.Lambdas[1]([]*batch.Column{s.elems}, s.rows)
	if err != nil {
		return nil, err
	}
	return s.list(call.Returns, out), nil
}

func filterArray(call *udf.Call, args []*batch.Column, n int) (*batch.Column, error) {
	s := spreadOf(args[0], n)
	yes, err := call.Lambdas[1]([]*batch.Column{s.elems}, s.rows)
	if err != nil {
		return nil, err
	}
	return s.where(call.Returns, s.elems, kernel.TruthOf(batch.Flatten(yes), len(s.rows)).True), nil
}

// match is any_match, or all_match if wanted is false: the first element for
// which the lambda is wanted decides.
func match(wanted bool) udf.Eval {
	return func(call *udf.Call, args []*batch.Column, n int) (*batch.Column, error) {
		s := spreadOf(args[0], n)
		c, err := call.Lambdas[1]([]*batch.Column{s.elems}, s.rows)
		if err != nil {
			return nil, err
		}
		t := kernel.TruthOf(batch.Flatten(c), len(s.rows))
		out, valid := batch.NewBitmap(n), batch.NewBitmapSet(n)
		for i := range n {
			found, unknown := false, s.valid != nil && !s.valid.Get(i)
			for k := int(s.offsets[i]); k < int(s.offsets[i+1]) && !found; k++ {
				yes, no := t.True.Get(k), t.False.Get(k)
				found = wanted && yes || !wanted && no
				unknown = unknown || !yes && !no
			}
			out.SetTo(i, found == wanted)
			valid.SetTo(i, found || !unknown)
		}
		return batch.FromBits(out, n, valid), nil
	}
}

func zipLambda(args []udf.Arg, i int) ([]types.Type, error) {
	if len(args) != 3 || i != 2 || !isArray(args[0].Type) || !isArray(args[1].Type) {
		return nil, badArgs("zip_with", "zip_with(array, array, (x, y) -> z)", args)
	}
	return typeList(*args[0].Type.Elem, *args[1].Type.Elem), nil
}

func resolveZipWith(args []udf.Arg) (udf.Signature, error) {
	if _, err := zipLambda(args, 2); err != nil {
		return udf.Signature{}, err
	}
	body := someType(args[2].Type)
	return udf.Signature{Args: typeList(args[0].Type, args[1].Type, body), Returns: types.ArrayOf(body)}, nil
}

func zipWith(call *udf.Call, args []*batch.Column, n int) (*batch.Column, error) {
	a, b := batch.Flatten(args[0]), batch.Flatten(args[1])
	z := newZip(batch.And(a.Valid, b.Valid, n), n)
	for i := range n {
		if z.valid == nil || z.valid.Get(i) {
			x, xEnd := spanOf(a, i)
			y, yEnd := spanOf(b, i)
			for ; x < xEnd || y < yEnd; x, y = x+1, y+1 {
				z.pair(i, within(x, xEnd), within(y, yEnd))
			}
		}
		z.end()
	}
	out, err := call.Lambdas[2]([]*batch.Column{batch.Take(a.Children[0], z.left), batch.Take(b.Children[0], z.right)}, z.rows)
	if err != nil {
		return nil, err
	}
	return &batch.Column{Type: call.Returns, Phys: batch.PhysList, N: n, Valid: z.valid, Offsets: z.offsets, Children: []*batch.Column{batch.Flatten(out)}}, nil
}

// within is k as a place, or -1 for none if it is behind the last.
func within(k, end int) int32 {
	if k < end {
		return int32(k)
	}
	return -1
}

// zip pairs elements of two lists row by row.
type zip struct {
	valid             batch.Bitmap
	offsets           []int32
	left, right, rows []int32
}

func newZip(valid batch.Bitmap, n int) *zip {
	return &zip{valid: valid, offsets: make([]int32, 1, n+1)}
}

func (z *zip) pair(row int, left, right int32) {
	z.left, z.right, z.rows = append(z.left, left), append(z.right, right), append(z.rows, int32(row))
}

func (z *zip) end() { z.offsets = append(z.offsets, int32(len(z.rows))) }
