package builtin

import (
	"bytes"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/udf"
	"github.com/bixidata/bixi/udf/kernel"
)

// mapFunctions lists the functions of maps and structs. A map keeps the order in
// which its keys came; of equal keys the last value stays.
func mapFunctions() []*udf.Function {
	s := types.StringType
	return []*udf.Function{
		{Name: "map", Family: "array", Resolve: resolveMapOf, Eval: makeMap,
			Doc: udf.Doc{Usage: "map([policy,] key, value, …)", Summary: "A map of alternating keys and values. A first argument 'last_win' or 'exception' says what becomes of equal keys.", Example: "map('a', 1, 'b', 2)", Result: `{"a":1,"b":2}`}},
		{Name: "map_keys", Family: "array", Resolve: resolveMapPart("map_keys", func(k, _ types.Type) types.Type { return types.ArrayOf(k) }), Eval: mapPart(0),
			Doc: udf.Doc{Summary: "The keys of a map.", Example: "map_keys(map('a', 1))", Result: `["a"]`}},
		{Name: "map_values", Family: "array", Resolve: resolveMapPart("map_values", func(_, v types.Type) types.Type { return types.ArrayOf(v) }), Eval: mapPart(1),
			Doc: udf.Doc{Summary: "The values of a map.", Example: "map_values(map('a', 1))", Result: "[1]"}},
		{Name: "map_entries", Family: "array", Resolve: resolveMapPart("map_entries", func(k, v types.Type) types.Type {
			return types.ArrayOf(entryOf(k, v))
		}), Eval: mapPart(-1),
			Doc: udf.Doc{Summary: "The entries of a map as structs of key and value.", Example: "map_entries(map('a', 1))", Result: `[{"key":"a","value":1}]`}},
		{Name: "map_from_arrays", Family: "array", Resolve: resolveFromArrays, Eval: mapFromArrays,
			Doc: udf.Doc{Usage: "map_from_arrays([policy,] keys, values)", Summary: "A map of an array of keys and one of values, which must be as long.", Example: "map_from_arrays(array('a', 'b'), array(1, 2))", Result: `{"a":1,"b":2}`}},
		{Name: "map_concat", Family: "array", Resolve: resolveMapConcat, Eval: mapConcat,
			Doc: udf.Doc{Summary: "A map of the entries of several.", Example: "map_concat(map('a', 1), map('b', 2))", Result: `{"a":1,"b":2}`}},
		{Name: "str_to_map", Family: "array", Args: typeList(s, s, s, s), Optional: 3, Returns: types.MapOf(s, s),
			Doc: udf.Doc{Summary: "A map of the pairs in a text, which are cut at one pattern (,) and within at another (=).", Example: "str_to_map('a=1,b=2')", Result: `{"a":"1","b":"2"}`},
			New: func(*udf.Call) (udf.Eval, error) {
				p := newPatterns()
				return p.toMap, nil
			}},
		{Name: "index", Aliases: []string{"element_at"}, Family: "array", Resolve: resolveIndex, Eval: indexOf,
			Doc: udf.Doc{Summary: "a[i]: element i of an array, from 0, or the value of a key of a map; NULL if there is none.", Example: "index(array('a', 'b'), 1)", Result: "b"}},
		{Name: "struct", Family: "array", Resolve: resolveStruct, Eval: makeStruct(0, 1),
			Doc: udf.Doc{Usage: "struct(x, …)", Summary: "A struct of the arguments, with fields col1, col2, ….", Example: "struct(1, 'a')", Result: `{"col1":1,"col2":"a"}`}},
		{Name: "named_struct", Family: "array", Resolve: resolveNamedStruct, Eval: makeStruct(1, 2),
			Doc: udf.Doc{Summary: "A struct of alternating names, which are constant, and values.", Example: "named_struct('x', 1, 'y', 'a')", Result: `{"x":1,"y":"a"}`}},
		{Name: "field", Family: "array", Resolve: resolveField, Eval: fieldOf,
			Doc: udf.Doc{Summary: "s.f: the field of a struct whose constant name is given.", Example: "field(named_struct('x', 1, 'y', 'a'), 'y')", Result: "a"}},
	}
}

// entryOf is the struct that the entries of a map are.
func entryOf(k, v types.Type) types.Type {
	return types.StructOf(types.Field{Name: "key", Type: k}, types.Field{Name: "value", Type: v})
}

func resolveMapOf(args []udf.Arg) (udf.Signature, error) {
	policy, args := splitPolicy(args, len(args)%2)
	if err := checkPolicy(policy); err != nil {
		return udf.Signature{}, err
	}
	var keys, vals []udf.Arg
	for i, a := range args {
		if i%2 == 0 {
			keys = append(keys, a)
		} else {
			vals = append(vals, a)
		}
	}
	k, ok := commonOf(keys)
	v, ok2 := commonOf(vals)
	if !ok || !ok2 || len(args)%2 != 0 || k.IsNested() || !k.IsComparable() {
		return udf.Signature{}, badArgs("map", "map(key, value, …)", args)
	}
	sig := udf.Signature{Args: repeat(types.StringType, len(policy)), Returns: types.MapOf(k, v)}
	for range keys {
		sig.Args = append(sig.Args, k, v)
	}
	return sig, nil
}

func resolveMapPart(name string, part func(k, v types.Type) types.Type) func([]udf.Arg) (udf.Signature, error) {
	return func(args []udf.Arg) (udf.Signature, error) {
		t, err := oneArg(name, args)
		if err != nil || t.Kind != types.Map {
			return udf.Signature{}, badArgs(name, name+"(map)", args)
		}
		return udf.Signature{Args: typeList(t), Returns: part(*t.Key, *t.Elem)}, nil
	}
}

// mapPart is the keys (0), values (1) or entries (-1) of maps; their column is
// shared with the argument.
func mapPart(field int) udf.Eval {
	return func(call *udf.Call, args []*batch.Column, _ int) (*batch.Column, error) {
		out := *args[0]
		out.Type = call.Returns
		child := batch.Flatten(args[0].Children[0])
		if field >= 0 {
			child = child.Children[field]
		} else {
			entry := *child
			entry.Type = *call.Returns.Elem
			child = &entry
		}
		out.Children = []*batch.Column{child}
		return &out, nil
	}
}

// mapBuilder builds a map column row by row from places in pools of keys and
// values.
type mapBuilder struct {
	typ        types.Type
	keys, vals *batch.Column
	kept, from []int32 // places of keys, and of the values that go with them
	offsets    []int32
	at         map[string]int // of the row's keys, in kept
	valid      batch.Bitmap
	n          int
	unique     bool   // equal keys are an error
	twice      []byte // the key that came twice, if any
}

func newMapBuilder(call *udf.Call, keys, vals *batch.Column, n int) *mapBuilder {
	return &mapBuilder{typ: call.Returns, keys: keys, vals: vals, offsets: make([]int32, 1, n+1), at: map[string]int{}, n: n, unique: uniqueKeys(call)}
}

// put adds an entry to the row; an entry whose key is NULL is left out.
func (m *mapBuilder) put(key, val int) {
	if m.keys.IsNull(key) {
		return
	}
	enc := string(appendMember(nil, m.keys, key))
	if k, ok := m.at[enc]; ok {
		m.from[k] = int32(val)
		if m.unique && m.twice == nil {
			m.twice = batch.AppendText([]byte{}, m.keys, key, nil)
		}
		return
	}
	m.at[enc] = len(m.kept)
	m.kept, m.from = append(m.kept, int32(key)), append(m.from, int32(val))
}

// end ends the row; it fails if a key came twice where it may not.
func (m *mapBuilder) end() error {
	clear(m.at)
	m.offsets = append(m.offsets, int32(len(m.kept)))
	if m.twice != nil {
		return invalid("the key %s of a map came twice", m.twice).
			WithHint("set odps.sql.map.key.dedup.policy=last_win to keep the last value")
	}
	return nil
}

func (m *mapBuilder) null() {
	if m.valid == nil {
		m.valid = batch.NewBitmapSet(m.n)
	}
	m.valid.Clear(len(m.offsets) - 1)
	m.offsets = append(m.offsets, int32(len(m.kept)))
}

func (m *mapBuilder) column() *batch.Column {
	k, v := batch.NewBuilder(*m.typ.Key), batch.NewBuilder(*m.typ.Elem)
	if len(m.kept) > 0 {
		k.Append(m.keys, m.kept)
		v.Append(m.vals, m.from)
	}
	entries := &batch.Column{Type: entryOf(*m.typ.Key, *m.typ.Elem), Phys: batch.PhysStruct, N: len(m.kept), Children: []*batch.Column{k.Finish(), v.Finish()}}
	return &batch.Column{Type: m.typ, Phys: batch.PhysList, N: m.n, Valid: m.valid, Offsets: m.offsets, Children: []*batch.Column{entries}}
}

// pool gathers the columns, of n rows each, one behind the other.
func pool(t types.Type, cols []*batch.Column) *batch.Column {
	b := batch.NewBuilder(t)
	for _, c := range cols {
		b.Append(c, nil)
	}
	return b.Finish()
}

func makeMap(call *udf.Call, args []*batch.Column, n int) (*batch.Column, error) {
	var keys, vals []*batch.Column
	args = args[len(args)%2:]
	for i := 0; i < len(args); i += 2 {
		keys, vals = append(keys, args[i]), append(vals, args[i+1])
	}
	m := newMapBuilder(call, pool(*call.Returns.Key, keys), pool(*call.Returns.Elem, vals), n)
	for i := range n {
		for k := range keys {
			m.put(k*n+i, k*n+i)
		}
		if err := m.end(); err != nil {
			return nil, err
		}
	}
	return m.column(), nil
}

func resolveFromArrays(args []udf.Arg) (udf.Signature, error) {
	policy, args := splitPolicy(args, max(0, min(1, len(args)-2)))
	if err := checkPolicy(policy); err != nil {
		return udf.Signature{}, err
	}
	if len(args) != 2 || !isArray(args[0].Type) || !isArray(args[1].Type) || args[0].Type.Elem.IsNested() {
		return udf.Signature{}, badArgs("map_from_arrays", "map_from_arrays(keys, values)", args)
	}
	k, v := args[0].Type, args[1].Type
	return udf.Signature{Args: append(repeat(types.StringType, len(policy)), k, v), Returns: types.MapOf(*k.Elem, *v.Elem)}, nil
}

func mapFromArrays(call *udf.Call, args []*batch.Column, n int) (*batch.Column, error) {
	args = args[len(args)-2:]
	m := newMapBuilder(call, args[0].Children[0], args[1].Children[0], n)
	for i := range n {
		if args[0].IsNull(i) || args[1].IsNull(i) {
			m.null()
			continue
		}
		k, kEnd := spanOf(args[0], i)
		v, vEnd := spanOf(args[1], i)
		if kEnd-k != vEnd-v {
			return nil, invalid("map_from_arrays has %d keys and %d values", kEnd-k, vEnd-v)
		}
		for ; k < kEnd; k, v = k+1, v+1 {
			m.put(k, v)
		}
		if err := m.end(); err != nil {
			return nil, err
		}
	}
	return m.column(), nil
}

func resolveMapConcat(args []udf.Arg) (udf.Signature, error) {
	leading := 0
	if len(args) > 1 && args[0].Type.IsText() {
		leading = 1
	}
	policy, args := splitPolicy(args, leading)
	if err := checkPolicy(policy); err != nil {
		return udf.Signature{}, err
	}
	t, ok := commonOf(args)
	if !ok || t.Kind != types.Map {
		return udf.Signature{}, badArgs("map_concat", "map_concat(map, …)", args)
	}
	return udf.Signature{Args: append(repeat(types.StringType, leading), repeat(t, len(args))...), Returns: t}, nil
}

func mapConcat(call *udf.Call, args []*batch.Column, n int) (*batch.Column, error) {
	if call.Args[0].IsText() {
		args = args[1:]
	}
	entries := make([]*batch.Column, len(args))
	base := make([]int, len(args)+1)
	for k, a := range args {
		entries[k] = a.Children[0]
		base[k+1] = base[k] + a.Children[0].N
	}
	all := pool(entryOf(*call.Returns.Key, *call.Returns.Elem), entries)
	m := newMapBuilder(call, all.Children[0], all.Children[1], n)
rows:
	for i := range n {
		for _, a := range args {
			if a.IsNull(i) {
				m.null()
				continue rows
			}
		}
		for k, a := range args {
			from, to := spanOf(a, i)
			for e := from; e < to; e++ {
				m.put(base[k]+e, base[k]+e)
			}
		}
		if err := m.end(); err != nil {
			return nil, err
		}
	}
	return m.column(), nil
}

// toMap is str_to_map.
func (p *patterns) toMap(call *udf.Call, args []*batch.Column, n int) (*batch.Column, error) {
	keys, vals := newTexts(n), newTexts(n)
	spans := make([][2]int, n)
	if policy, _ := call.Consts[0].(string); len(args) > 1 && call.IsConst[0] && isPolicy(policy) {
		args = args[1:]
	} else if len(args) > 3 {
		return nil, checkPolicy([]udf.Arg{{}})
	}
	delims := [2][]byte{[]byte(","), []byte("=")}
	text := kernel.TextsOf(args[0])
	valid, allNull := kernel.Validity(args, n)
	if allNull {
		return batch.NullColumn(call.Returns, n), nil
	}
	var parts, pair [][]byte
	var lone []int // keys without a value, which is NULL
	for i := range n {
		spans[i][0] = len(keys.offsets) - 1
		if valid == nil || valid.Get(i) {
			for k, a := range args[1:] {
				delims[k] = a.Bytes(i)
			}
			outer, err := p.compile(delims[0])
			if err != nil {
				return nil, err
			}
			inner, err := p.compile(delims[1])
			if err != nil {
				return nil, err
			}
			parts = cut(parts[:0], text.At(i), outer)
			for _, part := range parts {
				pair = pair[:0]
				if at := inner.FindIndex(part); at != nil {
					pair = append(pair, part[:at[0]], part[at[1]:])
				} else {
					pair = append(pair, part)
				}
				keys.data = append(keys.data, pair[0]...)
				keys.end()
				if vals.data = append(vals.data, bytes.Join(pair[1:], nil)...); len(pair) == 1 {
					lone = append(lone, len(vals.offsets)-1)
				}
				vals.end()
			}
		}
		spans[i][1] = len(keys.offsets) - 1
	}
	values := vals.column(types.StringType)
	if len(lone) > 0 {
		values.Valid = batch.NewBitmapSet(values.N)
		for _, k := range lone {
			values.Valid.Clear(k)
		}
	}
	m := newMapBuilder(call, keys.column(types.StringType), values, n)
	for i, s := range spans {
		if valid != nil && !valid.Get(i) {
			m.null()
			continue
		}
		for k := s[0]; k < s[1]; k++ {
			m.put(k, k)
		}
		if err := m.end(); err != nil {
			return nil, err
		}
	}
	return m.column(), nil
}

func resolveIndex(args []udf.Arg) (udf.Signature, error) {
	if len(args) == 2 {
		t := args[0].Type
		switch {
		case isArray(t) && types.CanCoerce(args[1].Type, types.BigIntType):
			return udf.Signature{Args: typeList(t, types.BigIntType), Returns: *t.Elem}, nil
		case t.Kind == types.Map && types.CanCoerce(args[1].Type, *t.Key):
			return udf.Signature{Args: typeList(t, *t.Key), Returns: *t.Elem}, nil
		case t.Kind == types.JSON && args[1].Type.IsText():
			return udf.Signature{Args: typeList(t, types.StringType), Returns: t}, nil
		case t.Kind == types.JSON && types.CanCoerce(args[1].Type, types.BigIntType):
			return udf.Signature{Args: typeList(t, types.BigIntType), Returns: t}, nil
		}
	}
	return udf.Signature{}, badArgs("index", "index(array, place), index(map, key) or index(json, key or place)", args)
}

func indexOf(call *udf.Call, args []*batch.Column, n int) (*batch.Column, error) {
	if call.Args[0].Kind == types.JSON {
		return jsonMember(call, args, n)
	}
	if isArray(call.Args[0]) {
		return elements(call, args[0], n, func(i, from, to int) int {
			if args[1].IsNull(i) {
				return -1
			}
			if k := args[1].Int(i); k >= 0 && k < int64(to-from) {
				return from + int(k)
			}
			return -1
		}), nil
	}
	entries := batch.Flatten(args[0].Children[0])
	values := *args[0]
	values.Children = []*batch.Column{entries.Children[1]}
	var key, want []byte
	return elements(call, &values, n, func(i, from, to int) int {
		if args[1].IsNull(i) {
			return -1
		}
		want = appendMember(want[:0], args[1], constRow(args[1], i))
		for k := from; k < to; k++ {
			if key = appendMember(key[:0], entries.Children[0], k); string(key) == string(want) {
				return k
			}
		}
		return -1
	}), nil
}
