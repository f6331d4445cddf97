package builtin

import (
	"fmt"
	"math"
	"slices"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/udf"
	"github.com/bixidata/bixi/udf/kernel"
)

// groupingArrayFunctions lists the functions that put elements together anew.
func groupingArrayFunctions() []*udf.Function {
	doubles := types.ArrayOf(types.DoubleType)
	return []*udf.Function{
		{Name: "array_normalize", Family: "array", Args: typeList(doubles, types.DoubleType), Returns: doubles, Eval: arrayNormalize,
			Doc: udf.Doc{Summary: "The elements divided by their p-norm; NULL if an element is NULL, and the elements as they are if the norm is 0 or p is 0.", Example: "array_normalize(array(10.0, 20.0, 50.0), 1)", Result: "[0.125,0.25,0.625]"}},
		{Name: "arrays_zip", Family: "array", Resolve: resolveZip, Eval: arraysZip,
			Doc: udf.Doc{Summary: "An array of structs of the elements at the same places, with fields 0, 1, …; shorter arrays are filled up with NULLs.", Example: "arrays_zip(array(1, 2), array('a'))", Result: `[{"0":1,"1":"a"},{"0":2,"1":null}]`}},
		{Name: "combinations", Family: "array", Resolve: resolveGroups("combinations"), Eval: groupsOf(combinations),
			Doc: udf.Doc{Summary: "The combinations of n elements, in the order of their places; at most 100000.", Example: "combinations(array('a', 'b', 'c'), 2)", Result: `[["a","b"],["a","c"],["b","c"]]`}},
		{Name: "ngrams", Family: "array", Resolve: resolveGroups("ngrams"), Eval: groupsOf(ngrams),
			Doc: udf.Doc{Summary: "The runs of n elements that follow each other; the whole array if it is shorter.", Example: "ngrams(array('a', 'b', 'c'), 2)", Result: `[["a","b"],["b","c"]]`}},
		{Name: "shuffle", Family: "array", Resolve: resolveAsArray("shuffle"), Eval: shuffle, Volatile: true,
			Doc: udf.Doc{Summary: "The elements in a random order.", Example: "size(shuffle(array(1, 2, 3)))", Result: "3"}},
	}
}

func resolveAsArray(name string) func([]udf.Arg) (udf.Signature, error) {
	return func(args []udf.Arg) (udf.Signature, error) {
		t, err := oneArg(name, args)
		if err != nil || !isArray(t) {
			return udf.Signature{}, badArgs(name, name+"(array)", args)
		}
		return udf.Signature{Args: typeList(t), Returns: t}, nil
	}
}

func arrayNormalize(call *udf.Call, args []*batch.Column, n int) (*batch.Column, error) {
	valid, allNull := kernel.Validity(args, n)
	if allNull {
		return batch.NullColumn(call.Returns, n), nil
	}
	list := batch.Flatten(args[0])
	elems := batch.Flatten(list.Children[0])
	in := batch.Values[float64](elems)
	out, nulls := slices.Clone(in), batch.NewBitmapSet(n)
	for i := range n {
		if valid != nil && !valid.Get(i) {
			nulls.Clear(i)
			continue
		}
		_, row := args[1].Index(i)
		p := batch.Values[float64](args[1])[row]
		if !(p >= 0) {
			return nil, invalid("array_normalize has no norm of %v", p)
		}
		from, to := spanOf(list, i)
		sum := 0.0
		for k := from; k < to; k++ {
			if elems.IsNull(k) {
				nulls.Clear(i)
			}
			sum += math.Pow(math.Abs(in[k]), p)
		}
		norm := math.Pow(sum, 1/p)
		for k := from; k < to && norm != 0 && p != 0; k++ {
			out[k] = in[k] / norm
		}
	}
	child := batch.FromValues(types.DoubleType, batch.PhysF64, out, elems.Valid)
	return &batch.Column{Type: call.Returns, Phys: batch.PhysList, N: n, Valid: nulls, Offsets: list.Offsets, Children: []*batch.Column{child}}, nil
}

func resolveZip(args []udf.Arg) (udf.Signature, error) {
	var sig udf.Signature
	var fields []types.Field
	for i, a := range args {
		if !isArray(a.Type) {
			return sig, badArgs("arrays_zip", "arrays_zip(array, …)", args)
		}
		sig.Args = append(sig.Args, a.Type)
		fields = append(fields, types.Field{Name: fmt.Sprint(i), Type: *a.Type.Elem})
	}
	if len(args) == 0 {
		return sig, badArgs("arrays_zip", "arrays_zip(array, …)", args)
	}
	sig.Returns = types.ArrayOf(types.StructOf(fields...))
	return sig, nil
}

func arraysZip(call *udf.Call, args []*batch.Column, n int) (*batch.Column, error) {
	valid, allNull := kernel.Validity(args, n)
	if allNull {
		return batch.NullColumn(call.Returns, n), nil
	}
	picked, offsets := make([][]int32, len(args)), make([]int32, n+1)
	for i := range n {
		longest := 0
		for _, a := range args {
			if valid == nil || valid.Get(i) {
				from, to := spanOf(a, i)
				longest = max(longest, to-from)
			}
		}
		for k, a := range args {
			from, to := spanOf(a, i)
			for e := from; e < from+longest; e++ {
				picked[k] = append(picked[k], within(e, to))
			}
		}
		offsets[i+1] = offsets[i] + int32(longest)
	}
	entry := &batch.Column{Type: *call.Returns.Elem, Phys: batch.PhysStruct, N: int(offsets[n])}
	for k, a := range args {
		child := batch.NewBuilder(entry.Type.Fields[k].Type)
		child.Append(batch.Take(a.Children[0], picked[k]), nil)
		entry.Children = append(entry.Children, child.Finish())
	}
	return &batch.Column{Type: call.Returns, Phys: batch.PhysList, N: n, Valid: valid, Offsets: offsets, Children: []*batch.Column{entry}}, nil
}

func resolveGroups(name string) func([]udf.Arg) (udf.Signature, error) {
	return func(args []udf.Arg) (udf.Signature, error) {
		if len(args) != 2 || !isArray(args[0].Type) || !types.CanCoerce(args[1].Type, types.BigIntType) {
			return udf.Signature{}, badArgs(name, name+"(array, n)", args)
		}
		return udf.Signature{Args: typeList(args[0].Type, types.BigIntType), Returns: types.ArrayOf(args[0].Type)}, nil
	}
}

// groups collects arrays of elements.
type groups struct {
	places  []int32
	offsets []int32
}

func (g *groups) add(places ...int32) {
	g.places = append(g.places, places...)
	g.offsets = append(g.offsets, int32(len(g.places)))
}

// groupsOf makes a function that gives arrays of elements; f adds those of the
// elements at places from to to.
func groupsOf(f func(g *groups, from, to int32, n int64) error) udf.Eval {
	return func(call *udf.Call, args []*batch.Column, n int) (*batch.Column, error) {
		valid, allNull := kernel.Validity(args, n)
		if allNull {
			return batch.NullColumn(call.Returns, n), nil
		}
		g, offsets := groups{offsets: []int32{0}}, make([]int32, n+1)
		for i := range n {
			if valid == nil || valid.Get(i) {
				from, to := spanOf(args[0], i)
				if err := f(&g, int32(from), int32(to), args[1].Int(i)); err != nil {
					return nil, err
				}
			}
			offsets[i+1] = int32(len(g.offsets) - 1)
		}
		elems := batch.NewBuilder(*call.Returns.Elem.Elem)
		elems.Append(args[0].Children[0], append([]int32{}, g.places...))
		inner := &batch.Column{Type: *call.Returns.Elem, Phys: batch.PhysList, N: len(g.offsets) - 1, Offsets: g.offsets, Children: []*batch.Column{elems.Finish()}}
		return &batch.Column{Type: call.Returns, Phys: batch.PhysList, N: n, Valid: valid, Offsets: offsets, Children: []*batch.Column{inner}}, nil
	}
}

const maxCombinations = 100000

func combinations(g *groups, from, to int32, n int64) error {
	if n < 0 {
		return invalid("there are no combinations of %d elements", n)
	}
	if n > int64(to-from) {
		return nil
	}
	at := make([]int32, n) // the places of the combination, ascending
	for k := range at {
		at[k] = from + int32(k)
	}
	for count := 0; ; count++ {
		if count == maxCombinations {
			return invalid("there are more than %d combinations of %d of %d elements", maxCombinations, n, to-from)
		}
		g.add(at...)
		k := len(at) - 1
		for k >= 0 && at[k] == to-int32(len(at)-k) {
			k--
		}
		if k < 0 {
			return nil
		}
		for at[k]++; k+1 < len(at); k++ {
			at[k+1] = at[k] + 1
		}
	}
}

func ngrams(g *groups, from, to int32, n int64) error {
	if n <= 0 {
		return invalid("an n-gram has at least one element, not %d", n)
	}
	width := int32(min(n, int64(to-from)))
	for k := from; k+width <= to && width > 0; k++ {
		run := make([]int32, width)
		for j := range run {
			run[j] = k + int32(j)
		}
		g.add(run...)
	}
	return nil
}

func shuffle(call *udf.Call, args []*batch.Column, n int) (*batch.Column, error) {
	return pickElements(call, args, args, n, func(l *listRow) {
		seed := mix(call.Seed, uint64(call.Row)+uint64(l.row))
		at := len(l.kept)
		for k := l.from; k < l.to; k++ {
			l.keep(k)
		}
		for k := len(l.kept) - 1; k > at; k-- {
			other := at + int(mix(seed, uint64(k))%uint64(k-at+1))
			l.kept[k], l.kept[other] = l.kept[other], l.kept[k]
		}
	})
}

// resolveConcatenation takes texts, or arrays of a common type.
func resolveConcatenation(args []udf.Arg) (udf.Signature, error) {
	if len(args) > 0 && isArray(args[0].Type) {
		if t, ok := commonOf(args); ok {
			return udf.Signature{Args: repeat(t, len(args)), Returns: t}, nil
		}
	}
	s := types.StringType
	for _, a := range args {
		if !types.CanCoerce(a.Type, s) {
			return udf.Signature{}, badArgs("concat", "concat(text, …) or concat(array, …)", args)
		}
	}
	if len(args) == 0 {
		return udf.Signature{}, badArgs("concat", "concat(text, …) or concat(array, …)", args)
	}
	return udf.Signature{Args: repeat(s, len(args)), Returns: s}, nil
}

func newConcatenation(call *udf.Call) (udf.Eval, error) {
	if !isArray(call.Returns) {
		return joinTexts, nil
	}
	return func(call *udf.Call, args []*batch.Column, n int) (*batch.Column, error) {
		valid, allNull := kernel.Validity(args, n)
		if allNull {
			return batch.NullColumn(call.Returns, n), nil
		}
		pools, base := make([]*batch.Column, len(args)), make([]int, len(args)+1)
		for k, a := range args {
			pools[k] = a.Children[0]
			base[k+1] = base[k] + a.Children[0].N
		}
		var places []int32
		offsets := make([]int32, n+1)
		for i := range n {
			for k, a := range args {
				if valid == nil || valid.Get(i) {
					from, to := spanOf(a, i)
					for e := from; e < to; e++ {
						places = append(places, int32(base[k]+e))
					}
				}
			}
			offsets[i+1] = int32(len(places))
		}
		child := batch.NewBuilder(*call.Returns.Elem)
		child.Append(pool(*call.Returns.Elem, pools), append([]int32{}, places...))
		return &batch.Column{Type: call.Returns, Phys: batch.PhysList, N: n, Valid: valid, Offsets: offsets, Children: []*batch.Column{child.Finish()}}, nil
	}, nil
}
