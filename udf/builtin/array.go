package builtin

import (
	"bytes"

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
			Doc: udf.Doc{Usage: "array(x, …)", Summary: "An array of the arguments, which need a common type.", Example: "array('a', 'b')", Result: `["a","b"]`}},
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
		{Name: "flatten", Family: "array", Resolve: resolveFlatten, Eval: flatten,
			Doc: udf.Doc{Summary: "The elements of the arrays in an array, in one.", Example: "flatten(array(array(1), array(2, 3)))", Result: "[1,2,3]"}},
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
		{Name: "sequence", Family: "array", Resolve: resolveSequence, New: newSequence,
			Doc: udf.Doc{Summary: "The numbers from start to stop, both included, by a step (1 or -1), or the dates or times by an interval (a day).", Example: "sequence(5, 1, -2)", Result: "[5,3,1]"}},
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
