package builtin

import (
	"bytes"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/sql/diag"
	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/udf"
)

func collectAggregates() []*udf.Function {
	return []*udf.Function{
		{Name: "collect_list", Aliases: []string{"array_agg"}, Family: "aggregate",
			Doc:       udf.Doc{Summary: "The values that are not NULL as an array, in the order of WITHIN GROUP or else ascending.", Example: "collect_list(1)", Result: "[1]"},
			Resolve:   resolveCollect("collect_list"),
			Aggregate: withOrder(udf.ByRows, collected(false, 0, appendArg, listOf))},
		{Name: "collect_set", Family: "aggregate",
			Doc:       udf.Doc{Summary: "The distinct values that are not NULL as an array, in the order of WITHIN GROUP or else ascending.", Example: "collect_set(1)", Result: "[1]"},
			Resolve:   resolveCollect("collect_set"),
			Aggregate: withOrder(udf.ByRows, collected(true, 0, appendArg, listOf))},
		{Name: "wm_concat", Family: "aggregate",
			Args: []types.Type{types.StringType, types.StringType}, Returns: types.StringType,
			Doc:       udf.Doc{Summary: "The texts in the order of WITHIN GROUP or else ascending, joined by a constant separator, which comes first.", Example: "wm_concat(',', 'a')", Result: "a"},
			Resolve:   resolveConcat,
			Aggregate: withOrder(udf.ByRows, collected(false, 1, appendArg, joined(0)))},
		{Name: "string_agg", Family: "aggregate",
			Args: []types.Type{types.StringType, types.StringType}, Returns: types.StringType,
			Doc:       udf.Doc{Summary: "The texts in the order of WITHIN GROUP or else ascending, joined by a constant separator, which comes last.", Example: "string_agg('a', ',')", Result: "a"},
			Resolve:   resolveStringAgg,
			Aggregate: withOrder(udf.ByRows, collected(false, 0, appendArg, joined(1)))},
		{Name: "histogram", Family: "aggregate",
			Doc: udf.Doc{Summary: "How often each value occurs, as a map in ascending order of the values.", Example: "histogram(7)", Result: `{"7":1}`},
			Resolve: func(args []udf.Arg) (udf.Signature, error) {
				t, err := oneArg("histogram", args)
				return udf.Signature{Args: []types.Type{t}, Returns: types.MapOf(t, types.BigIntType)}, err
			},
			Aggregate: collected(false, 0, appendArg, countEach)},
		{Name: "map_agg", Family: "aggregate",
			Doc:       udf.Doc{Summary: "A map of the keys to the values; of a key's values the least is kept.", Example: "map_agg('k', 1)", Result: `{"k":1}`},
			Resolve:   resolveMap("map_agg", func(v types.Type) types.Type { return v }),
			Aggregate: collected(true, 0, appendPair, firstOfKey)},
		{Name: "multimap_agg", Family: "aggregate",
			Doc:       udf.Doc{Summary: "A map of each key to the array of its values, in ascending order.", Example: "multimap_agg('k', 1)", Result: `{"k":[1]}`},
			Resolve:   resolveMap("multimap_agg", types.ArrayOf),
			Aggregate: collected(false, 0, appendPair, allOfKey)},
	}
}

func resolveCollect(name string) func([]udf.Arg) (udf.Signature, error) {
	return func(args []udf.Arg) (udf.Signature, error) {
		t, err := oneArg(name, args)
		return udf.Signature{Args: []types.Type{t}, Returns: types.ArrayOf(t)}, err
	}
}

func resolveConcat(args []udf.Arg) (udf.Signature, error) {
	s := types.StringType
	if len(args) != 2 || !types.CanCoerce(args[1].Type, s) {
		return udf.Signature{}, badArgs("wm_concat", "wm_concat(separator, x)", args)
	}
	if _, ok := args[0].Value.(string); !args[0].Const || !ok {
		return udf.Signature{}, diag.Errorf(diag.CodeArgument, diag.Pos{}, "the separator of wm_concat must be a constant text").
			WithHint("the separator comes first: wm_concat(',', x)")
	}
	return udf.Signature{Args: []types.Type{s, s}, Returns: s}, nil
}

func resolveStringAgg(args []udf.Arg) (udf.Signature, error) {
	s := types.StringType
	if len(args) != 2 || !types.CanCoerce(args[0].Type, s) {
		return udf.Signature{}, badArgs("string_agg", "string_agg(x, separator)", args)
	}
	if _, ok := args[1].Value.(string); !args[1].Const || !ok {
		return udf.Signature{}, diag.Errorf(diag.CodeArgument, diag.Pos{}, "the separator of string_agg must be a constant text").
			WithHint("the separator comes last: string_agg(x, ',')")
	}
	return udf.Signature{Args: []types.Type{s, s}, Returns: s}, nil
}

// joined joins the entries by the constant argument at sep.
func joined(sep int) func(*udf.Call, [][]byte, *batch.Builder) error {
	return func(call *udf.Call, es [][]byte, b *batch.Builder) error {
		by, _ := call.Consts[sep].(string)
		b.AppendDatum(string(bytes.Join(es, []byte(by))))
		return nil
	}
}

func resolveMap(name string, value func(types.Type) types.Type) func([]udf.Arg) (udf.Signature, error) {
	return func(args []udf.Arg) (udf.Signature, error) {
		if len(args) != 2 || !args[0].Type.IsComparable() {
			return udf.Signature{}, badArgs(name, name+"(key, value)", args)
		}
		k, v := args[0].Type, args[1].Type
		return udf.Signature{Args: []types.Type{k, v}, Returns: types.MapOf(k, value(v))}, nil
	}
}

// encodeRow appends the entry of row i to dst; rows whose argument by is NULL
// have none.
type encodeRow func(dst []byte, args []*batch.Column, by, i int) []byte

func appendArg(dst []byte, args []*batch.Column, by, i int) []byte {
	return appendSortable(dst, args[by], i)
}

// appendPair appends the arguments 0 and 1 as members of a struct.
func appendPair(dst []byte, args []*batch.Column, by, i int) []byte {
	return appendMember(appendMember(dst, args[0], i), args[1], i)
}

// collected is an aggregate that keeps an entry a row and computes its result
// from the sorted entries of a group.
func collected(distinct bool, by int, encode encodeRow, result func(*udf.Call, [][]byte, *batch.Builder) error) *udf.Aggregate {
	return &udf.Aggregate{
		IgnoresDuplicates: distinct,
		State:             func(udf.Signature) []types.Type { return []types.Type{types.BinaryType} },
		New: func(call *udf.Call) udf.Accumulator {
			c := &collector{call: call, by: by, encode: encode, result: result, log: entryLog{distinct: distinct || call.Distinct}}
			if len(call.Order) > 0 {
				c.encode, c.result = orderedEntries(call, encode), orderedResult(c.log.distinct, result)
			}
			return c
		},
	}
}

// withOrder gives a with the meaning of WITHIN GROUP.
func withOrder(o udf.Ordering, a *udf.Aggregate) *udf.Aggregate {
	a.Ordering = o
	return a
}

type collector struct {
	call   *udf.Call
	by     int
	encode encodeRow
	result func(*udf.Call, [][]byte, *batch.Builder) error
	log    entryLog
	groups int
}

func (a *collector) Resize(groups int) { a.groups = groups }

func (a *collector) Update(groups []int32, args []*batch.Column) error {
	for i, g := range groups {
		if args[a.by].IsNull(i) {
			continue
		}
		a.log.open(g)
		a.log.data = a.encode(a.log.data, args, a.by, i)
		a.log.close()
	}
	a.log.dedupe(a.groups)
	return nil
}

func (a *collector) Merge(groups []int32, state []*batch.Column) error {
	err := a.log.merge(groups, state[0])
	a.log.dedupe(a.groups)
	return err
}

func (a *collector) State(from, to int) ([]*batch.Column, error) {
	return []*batch.Column{a.log.column(from, to, a.groups)}, nil
}

func (a *collector) Final(from, to int) (*batch.Column, error) {
	a.log.sort(a.groups)
	b := batch.NewBuilder(a.call.Returns)
	for g := from; g < to; g++ {
		es := a.log.entries(g)
		if len(es) == 0 {
			b.AppendNull(1)
			continue
		}
		if err := a.result(a.call, es, b); err != nil {
			return nil, err
		}
	}
	return b.Finish(), nil
}

func (a *collector) Size() int64 { return a.log.size() }

func listOf(call *udf.Call, es [][]byte, b *batch.Builder) error {
	vals := make([]types.Datum, len(es))
	for i, e := range es {
		v, err := fromSortable(e, call.Args[0])
		if err != nil {
			return err
		}
		vals[i] = v
	}
	b.AppendDatum(vals)
	return nil
}

func countEach(call *udf.Call, es [][]byte, b *batch.Builder) error {
	var vals []types.Datum
	for i := 0; i < len(es); {
		n := 1
		for i+n < len(es) && string(es[i+n]) == string(es[i]) {
			n++
		}
		v, err := fromSortable(es[i], call.Args[0])
		if err != nil {
			return err
		}
		vals = append(vals, v, int64(n))
		i += n
	}
	b.AppendDatum(vals)
	return nil
}

// pairs decodes entries of appendPair and calls f with each key and value.
func pairs(call *udf.Call, es [][]byte, f func(newKey bool, k, v types.Datum)) error {
	var last []byte
	for _, e := range es {
		k, rest, err := member(e, call.Args[0])
		if err != nil {
			return err
		}
		v, tail, err := member(rest, call.Args[1])
		if err != nil || len(tail) != 0 {
			return errSortable
		}
		key := e[:len(e)-len(rest)]
		f(last == nil || string(key) != string(last), k, v)
		last = key
	}
	return nil
}

func firstOfKey(call *udf.Call, es [][]byte, b *batch.Builder) error {
	var vals []types.Datum
	err := pairs(call, es, func(newKey bool, k, v types.Datum) {
		if newKey {
			vals = append(vals, k, v)
		}
	})
	b.AppendDatum(vals)
	return err
}

func allOfKey(call *udf.Call, es [][]byte, b *batch.Builder) error {
	var vals []types.Datum
	err := pairs(call, es, func(newKey bool, k, v types.Datum) {
		if newKey {
			vals = append(vals, k, []types.Datum{v})
			return
		}
		at := len(vals) - 1
		vals[at] = append(vals[at].([]types.Datum), v)
	})
	b.AppendDatum(vals)
	return err
}
