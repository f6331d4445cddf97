package builtin

import (
	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/udf"
	"github.com/bixidata/bixi/udf/kernel"
)

// mapLambdaFunctions lists the functions of higher order over maps.
func mapLambdaFunctions() []*udf.Function {
	return []*udf.Function{
		higherMap("map_filter", "The entries for which a lambda of key and value is true.", "map_filter(map('a', 1, 'b', 2), (k, v) -> v > 1)", `{"b":2}`,
			func(t, _ types.Type) (body, returns types.Type) { return types.BooleanType, t }, mapFilter),
		higherMap("transform_keys", "The map with the keys that a lambda of key and value gives; a policy for equal ones may come first, as in map.", "transform_keys(map(1, 'a'), (k, v) -> k + 10)", `{"11":"a"}`,
			func(t, body types.Type) (types.Type, types.Type) { return body, types.MapOf(body, *t.Elem) }, transformKeys),
		higherMap("transform_values", "The map with the values that a lambda of key and value gives.", "transform_values(map('a', 1), (k, v) -> concat(k, v))", `{"a":"a1"}`,
			func(t, body types.Type) (types.Type, types.Type) { return body, types.MapOf(*t.Key, body) }, transformValues),
		{Name: "map_zip_with", Family: "array", Lambda: mapZipLambda, Resolve: resolveMapZip, Eval: mapZipWith,
			Doc: udf.Doc{Summary: "A map of the keys of two maps to what a lambda gives for the key and the values, of which a missing one is NULL.", Example: "map_zip_with(map('a', 1), map('a', 2, 'b', 3), (k, x, y) -> coalesce(x, 0) + y)", Result: `{"a":3,"b":3}`}},
	}
}

// higherMap makes a function of a map and a lambda of key and value; before them
// transform_keys may have a policy for equal keys.
func higherMap(name, summary, example, result string, returns func(t, body types.Type) (want, returns types.Type), eval udf.Eval) *udf.Function {
	bad := func(args []udf.Arg) error { return badArgs(name, example, args) }
	parts := func(args []udf.Arg) (policy, rest []udf.Arg, ok bool) {
		if len(args) == 3 && name == "transform_keys" && args[0].Const && args[0].Type.IsText() {
			policy, args = args[:1], args[1:]
		}
		return policy, args, len(args) == 2 && args[0].Type.Kind == types.Map && args[1].Lambda > 0
	}
	return &udf.Function{Name: name, Family: "array", Doc: udf.Doc{Summary: summary, Example: example, Result: result}, Eval: eval,
		Lambda: func(args []udf.Arg, _ int) ([]types.Type, error) {
			_, rest, ok := parts(args)
			if !ok {
				return nil, bad(args)
			}
			return typeList(*rest[0].Type.Key, *rest[0].Type.Elem), nil
		},
		Resolve: func(args []udf.Arg) (udf.Signature, error) {
			policy, rest, ok := parts(args)
			if !ok {
				return udf.Signature{}, bad(args)
			}
			if err := checkPolicy(policy); err != nil {
				return udf.Signature{}, err
			}
			want, result := returns(rest[0].Type, someType(rest[1].Type))
			if !types.CanCoerce(rest[1].Type, want) || result.Key.IsNested() || !result.Key.IsComparable() {
				return udf.Signature{}, badBody(name, want, rest[1].Type)
			}
			return udf.Signature{Args: append(repeat(types.StringType, len(policy)), rest[0].Type, want), Returns: result}, nil
		}}
}

// entriesOf spreads the entries of maps.
func entriesOf(m *batch.Column, n int) (s spread, keys, vals *batch.Column) {
	s = spreadOf(m, n)
	s.elems = batch.Flatten(s.elems)
	return s, s.elems.Children[0], s.elems.Children[1]
}

func mapFilter(call *udf.Call, args []*batch.Column, n int) (*batch.Column, error) {
	s, keys, vals := entriesOf(args[0], n)
	yes, err := call.Lambdas[1]([]*batch.Column{keys, vals}, s.rows)
	if err != nil {
		return nil, err
	}
	return s.where(call.Returns, s.elems, kernel.TruthOf(batch.Flatten(yes), len(s.rows)).True), nil
}

func transformValues(call *udf.Call, args []*batch.Column, n int) (*batch.Column, error) {
	s, keys, vals := entriesOf(args[0], n)
	out, err := call.Lambdas[1]([]*batch.Column{keys, vals}, s.rows)
	if err != nil {
		return nil, err
	}
	t := call.Returns
	return s.list(t, &batch.Column{Type: entryOf(*t.Key, *t.Elem), Phys: batch.PhysStruct, N: len(s.rows), Children: []*batch.Column{batch.Flatten(keys), batch.Flatten(out)}}), nil
}

func transformKeys(call *udf.Call, args []*batch.Column, n int) (*batch.Column, error) {
	last := len(args) - 1
	s, keys, vals := entriesOf(args[last-1], n)
	out, err := call.Lambdas[last]([]*batch.Column{keys, vals}, s.rows)
	if err != nil {
		return nil, err
	}
	m := newMapBuilder(call, batch.Flatten(out), vals, n)
	for i := range n {
		if s.valid != nil && !s.valid.Get(i) {
			m.null()
			continue
		}
		for k := s.offsets[i]; k < s.offsets[i+1]; k++ {
			if m.keys.IsNull(int(k)) {
				return nil, invalid("a key that transform_keys makes is NULL")
			}
			m.put(int(k), int(k))
		}
		if err := m.end(); err != nil {
			return nil, err
		}
	}
	return m.column(), nil
}

func mapZipLambda(args []udf.Arg, i int) ([]types.Type, error) {
	if len(args) == 3 && i == 2 && args[0].Type.Kind == types.Map && args[1].Type.Kind == types.Map {
		if key, ok := types.Common(*args[0].Type.Key, *args[1].Type.Key); ok {
			return typeList(key, *args[0].Type.Elem, *args[1].Type.Elem), nil
		}
	}
	return nil, badArgs("map_zip_with", "map_zip_with(map, map, (k, x, y) -> z)", args)
}

func resolveMapZip(args []udf.Arg) (udf.Signature, error) {
	params, err := mapZipLambda(args, 2)
	if err != nil {
		return udf.Signature{}, err
	}
	key, body := params[0], someType(args[2].Type)
	return udf.Signature{Args: typeList(types.MapOf(key, params[1]), types.MapOf(key, params[2]), body), Returns: types.MapOf(key, body)}, nil
}

// mapZipWith gives the keys of the first map in their order, then the others of
// the second.
func mapZipWith(call *udf.Call, args []*batch.Column, n int) (*batch.Column, error) {
	a, aKeys, aVals := entriesOf(args[0], n)
	b, bKeys, bVals := entriesOf(args[1], n)
	z := newZip(batch.And(a.valid, b.valid, n), n)
	var keyAt []int32 // of each pair in the keys of both
	for i := range n {
		if z.valid == nil || z.valid.Get(i) {
			other := map[string]int32{}
			for k := b.offsets[i]; k < b.offsets[i+1]; k++ {
				other[string(appendMember(nil, bKeys, int(k)))] = k
			}
			for k := a.offsets[i]; k < a.offsets[i+1]; k++ {
				key, right := string(appendMember(nil, aKeys, int(k))), int32(-1)
				if j, ok := other[key]; ok {
					right = j
					delete(other, key)
				}
				z.pair(i, k, right)
				keyAt = append(keyAt, k)
			}
			for k := b.offsets[i]; k < b.offsets[i+1]; k++ {
				if j, ok := other[string(appendMember(nil, bKeys, int(k)))]; ok && j == k {
					z.pair(i, -1, k)
					keyAt = append(keyAt, int32(aKeys.N)+k)
				}
			}
		}
		z.end()
	}
	keys := batch.NewBuilder(*call.Returns.Key)
	keys.Append(pool(*call.Returns.Key, []*batch.Column{aKeys, bKeys}), keyAt)
	k := keys.Finish()
	out, err := call.Lambdas[2]([]*batch.Column{k, batch.Take(aVals, z.left), batch.Take(bVals, z.right)}, z.rows)
	if err != nil {
		return nil, err
	}
	t := call.Returns
	entries := &batch.Column{Type: entryOf(*t.Key, *t.Elem), Phys: batch.PhysStruct, N: len(z.rows), Children: []*batch.Column{k, batch.Flatten(out)}}
	return &batch.Column{Type: t, Phys: batch.PhysList, N: n, Valid: z.valid, Offsets: z.offsets, Children: []*batch.Column{entries}}, nil
}
