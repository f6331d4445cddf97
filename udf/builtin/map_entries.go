package builtin

import (
	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/udf"
)

// entryFunctions lists the functions that make maps of arrays of entries.
func entryFunctions() []*udf.Function {
	return []*udf.Function{
		{Name: "map_from_entries", Family: "array", Resolve: resolveEntries("map_from_entries", func(v types.Type) types.Type { return v }), Eval: mapFromEntries,
			Doc: udf.Doc{Usage: "map_from_entries(array of structs)", Summary: "A map of an array of structs of key and value; a policy for equal keys may come first, as in map.", Example: "map_from_entries(array(struct('a', 1), struct('b', 2)))", Result: `{"a":1,"b":2}`}},
		{Name: "multimap_from_entries", Family: "array", Resolve: resolveEntries("multimap_from_entries", types.ArrayOf), Eval: multimapFromEntries,
			Doc: udf.Doc{Usage: "multimap_from_entries(array of structs)", Summary: "A map of each key of an array of structs of key and value to the array of its values.", Example: "multimap_from_entries(array(struct('a', 1), struct('b', 2), struct('a', 3)))", Result: `{"a":[1,3],"b":[2]}`}},
	}
}

func resolveEntries(name string, value func(types.Type) types.Type) func([]udf.Arg) (udf.Signature, error) {
	return func(args []udf.Arg) (udf.Signature, error) {
		policy, rest := splitPolicy(args, max(0, min(1, len(args)-1)))
		if err := checkPolicy(policy); err != nil {
			return udf.Signature{}, err
		}
		if len(rest) == 1 && isArray(rest[0].Type) {
			t := rest[0].Type
			if f := t.Elem.Fields; len(f) == 2 && !f[0].Type.IsNested() && f[0].Type.IsComparable() {
				return udf.Signature{Args: append(repeat(types.StringType, len(policy)), t), Returns: types.MapOf(f[0].Type, value(f[1].Type))}, nil
			}
		}
		return udf.Signature{}, badArgs(name, name+"(array of structs of key and value)", args)
	}
}

func mapFromEntries(call *udf.Call, args []*batch.Column, n int) (*batch.Column, error) {
	s, keys, vals := entriesOf(args[len(args)-1], n)
	m := newMapBuilder(call, keys, vals, n)
	for i := range n {
		if s.valid != nil && !s.valid.Get(i) {
			m.null()
			continue
		}
		for k := s.offsets[i]; k < s.offsets[i+1]; k++ {
			if s.elems.IsNull(int(k)) || keys.IsNull(int(k)) {
				return nil, invalid("an entry or key of map_from_entries is NULL")
			}
			m.put(int(k), int(k))
		}
		if err := m.end(); err != nil {
			return nil, err
		}
	}
	return m.column(), nil
}

func multimapFromEntries(call *udf.Call, args []*batch.Column, n int) (*batch.Column, error) {
	s, keys, vals := entriesOf(args[len(args)-1], n)
	offsets := make([]int32, n+1)
	var first []int32 // the place of the first entry of each key
	var values groups // of each key, after its row's first
	values.offsets = []int32{0}
	for i := range n {
		at, of := map[string]int{}, [][]int32{}
		for k := s.offsets[i]; k < s.offsets[i+1]; k++ {
			if s.elems.IsNull(int(k)) || keys.IsNull(int(k)) {
				return nil, invalid("an entry or key of multimap_from_entries is NULL")
			}
			key := string(appendMember(nil, keys, int(k)))
			if _, known := at[key]; !known {
				at[key], of, first = len(of), append(of, nil), append(first, k)
			}
			of[at[key]] = append(of[at[key]], k)
		}
		for _, places := range of {
			values.add(places...)
		}
		offsets[i+1] = int32(len(first))
	}
	t := call.Returns
	k, v := batch.NewBuilder(*t.Key), batch.NewBuilder(*t.Elem.Elem)
	k.Append(keys, append([]int32{}, first...))
	v.Append(vals, append([]int32{}, values.places...))
	lists := &batch.Column{Type: *t.Elem, Phys: batch.PhysList, N: len(first), Offsets: values.offsets, Children: []*batch.Column{v.Finish()}}
	entries := &batch.Column{Type: entryOf(*t.Key, *t.Elem), Phys: batch.PhysStruct, N: len(first), Children: []*batch.Column{k.Finish(), lists}}
	return &batch.Column{Type: t, Phys: batch.PhysList, N: n, Valid: s.valid, Offsets: offsets, Children: []*batch.Column{entries}}, nil
}
