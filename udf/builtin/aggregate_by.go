package builtin

import (
	"bytes"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/udf"
)

func byAggregates() []*udf.Function {
	entry := func(name, summary, example string, value, key int, greatest bool) *udf.Function {
		return &udf.Function{Name: name, Family: "aggregate",
			Doc: udf.Doc{Summary: summary, Example: example, Result: "a"},
			Resolve: func(args []udf.Arg) (udf.Signature, error) {
				if len(args) != 2 || !args[key].Type.IsComparable() {
					return udf.Signature{}, badArgs(name, example, args)
				}
				return udf.Signature{Args: []types.Type{args[0].Type, args[1].Type}, Returns: args[value].Type}, nil
			},
			Aggregate: &udf.Aggregate{
				IgnoresDuplicates: true,
				State:             func(udf.Signature) []types.Type { return []types.Type{types.BinaryType, types.BinaryType} },
				New: func(call *udf.Call) udf.Accumulator {
					return &bestBy{typ: call.Args[value], value: value, key: key, greatest: greatest}
				},
			}}
	}
	return []*udf.Function{
		entry("max_by", "The first argument of the row whose second is greatest; of several the least.", "max_by('a', 1)", 0, 1, true),
		entry("min_by", "The first argument of the row whose second is least; of several the least.", "min_by('a', 1)", 0, 1, false),
		entry("arg_max", "The second argument of the row whose first is greatest; of several the least.", "arg_max(1, 'a')", 1, 0, true),
		entry("arg_min", "The second argument of the row whose first is least; of several the least.", "arg_min(1, 'a')", 1, 0, false),
	}
}

// bestBy keeps the extreme key of each group and the least value that goes with
// it, both in sortable encoding. A NULL value is less than any other.
type bestBy struct {
	typ          types.Type
	value, key   int
	greatest     bool
	keys, vals   slots
	kbuf, valbuf []byte
}

func (a *bestBy) Resize(groups int) {
	a.keys.resize(groups)
	a.vals.resize(groups)
}

func (a *bestBy) Update(groups []int32, args []*batch.Column) error {
	kc, vc := args[a.key], args[a.value]
	for i, g := range groups {
		if kc.IsNull(i) {
			continue
		}
		a.kbuf = appendSortable(a.kbuf[:0], kc, i)
		if a.loses(int(g), a.kbuf) {
			continue
		}
		null := vc.IsNull(i)
		if a.valbuf = a.valbuf[:0]; !null {
			a.valbuf = appendSortable(a.valbuf, vc, i)
		}
		a.offer(int(g), a.kbuf, a.valbuf, null)
	}
	return nil
}

// loses reports whether group g has a better key than k.
func (a *bestBy) loses(g int, k []byte) bool {
	if !a.keys.has(g) {
		return false
	}
	c := bytes.Compare(k, a.keys.at(g))
	return c != 0 && (c > 0) != a.greatest
}

func (a *bestBy) offer(g int, k, v []byte, null bool) {
	if a.loses(g, k) {
		return
	}
	if a.keys.has(g) && bytes.Equal(k, a.keys.at(g)) {
		if !a.vals.has(g) || !null && bytes.Compare(v, a.vals.at(g)) >= 0 {
			return
		}
	}
	a.keys.set(g, k)
	if null {
		a.vals.unset(g)
	} else {
		a.vals.set(g, v)
	}
}

func (a *bestBy) Merge(groups []int32, state []*batch.Column) error {
	for i, g := range groups {
		if !state[0].IsNull(i) {
			a.offer(int(g), state[0].Bytes(i), state[1].Bytes(i), state[1].IsNull(i))
		}
	}
	return nil
}

func (a *bestBy) State(from, to int) ([]*batch.Column, error) {
	return []*batch.Column{a.keys.column(types.BinaryType, from, to), a.vals.column(types.BinaryType, from, to)}, nil
}

func (a *bestBy) Final(from, to int) (*batch.Column, error) { return a.vals.decode(a.typ, from, to) }

func (a *bestBy) Size() int64 {
	return a.keys.size() + a.vals.size() + int64(cap(a.kbuf)+cap(a.valbuf))
}
