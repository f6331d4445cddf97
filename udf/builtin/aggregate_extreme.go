package builtin

import (
	"math"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/udf"
)

func extremeAggregates() []*udf.Function {
	one := func(name string, ok func(types.Type) bool) func([]udf.Arg) (udf.Signature, error) {
		return func(args []udf.Arg) (udf.Signature, error) {
			t, err := oneArg(name, args)
			if err == nil && !ok(t) {
				err = badArgs(name, name+"(x)", args)
			}
			return udf.Signature{Args: []types.Type{t}, Returns: t}, err
		}
	}
	ordered := func(t types.Type) bool { return t.IsComparable() && t.Kind != types.Boolean }
	anything := func(types.Type) bool { return true }
	boolean := []types.Type{types.BooleanType}
	return []*udf.Function{
		{Name: "min", Family: "aggregate", Resolve: one("min", ordered), Aggregate: extreme(false),
			Doc: udf.Doc{Summary: "The least value.", Example: "min('b')", Result: "b"}},
		{Name: "max", Family: "aggregate", Resolve: one("max", ordered), Aggregate: extreme(true),
			Doc: udf.Doc{Summary: "The greatest value; NaN is greater than all numbers.", Example: "max('b')", Result: "b"}},
		{Name: "any_value", Aliases: []string{"any"}, Family: "aggregate", Resolve: one("any_value", anything), Aggregate: extreme(false),
			Doc: udf.Doc{Summary: "One of the values (the least, so that it is always the same).", Example: "any_value(7)", Result: "7"}},
		{Name: "bool_and", Aliases: []string{"every"}, Family: "aggregate", Args: boolean, Returns: types.BooleanType, Aggregate: extreme(false),
			Doc: udf.Doc{Summary: "Whether all values are true.", Example: "bool_and(true)", Result: "true"}},
		{Name: "bool_or", Family: "aggregate", Args: boolean, Returns: types.BooleanType, Aggregate: extreme(true),
			Doc: udf.Doc{Summary: "Whether any value is true.", Example: "bool_or(false)", Result: "false"}},
	}
}

// extreme is the least or greatest value. Its state is the value itself, or for
// nested types its sortable encoding.
func extreme(greatest bool) *udf.Aggregate {
	return &udf.Aggregate{
		IgnoresDuplicates: true,
		State: func(sig udf.Signature) []types.Type {
			if t := sig.Args[0]; !t.IsNested() {
				return []types.Type{t}
			}
			return []types.Type{types.BinaryType}
		},
		New: func(call *udf.Call) udf.Accumulator {
			t := call.Args[0]
			switch batch.PhysOf(t) {
			case batch.PhysI128:
				return &extremeWide{typ: t, greatest: greatest}
			case batch.PhysBytes, batch.PhysList, batch.PhysStruct:
				return &extremeText{typ: t, greatest: greatest}
			}
			return &extremeFixed{typ: t, greatest: greatest}
		},
	}
}

// extremeFixed keeps values as int64 that order as they do.
type extremeFixed struct {
	typ      types.Type
	greatest bool
	best     []int64
	seen     []uint8
	ints     []int64
	floats   []float64
}

func (a *extremeFixed) Resize(groups int) {
	old := len(a.best)
	a.best, a.seen = resize(a.best, groups), resize(a.seen, groups)
	worst := int64(math.MaxInt64)
	if a.greatest {
		worst = math.MinInt64
	}
	for g := old; g < groups; g++ {
		a.best[g] = worst
	}
}

// floatKey orders as floats do, -0.0 before 0.0 and NaN last.
func floatKey(x float64) int64 {
	if x != x {
		return math.MaxInt64
	}
	b := int64(math.Float64bits(x))
	return b ^ int64(uint64(b>>63)>>1)
}

func keyFloat(k int64) float64 {
	if k == math.MaxInt64 {
		return math.NaN()
	}
	return math.Float64frombits(uint64(k ^ int64(uint64(k>>63)>>1)))
}

func (a *extremeFixed) Update(groups []int32, args []*batch.Column) error {
	c := args[0]
	valid, none := validRows(c)
	if none {
		return nil
	}
	var vals []int64
	if a.typ.IsFloating() {
		vals = grow(&a.ints, c.N)
		for i, x := range floats(c, &a.floats) {
			vals[i] = floatKey(x)
		}
	} else {
		vals = ints(c, &a.ints)
	}
	best, seen := a.best, a.seen
	vals = vals[:len(groups)]
	switch {
	case valid != nil:
		for i, g := range groups {
			if valid.Get(i) {
				if a.greatest {
					best[g] = max(best[g], vals[i])
				} else {
					best[g] = min(best[g], vals[i])
				}
				seen[g] = 1
			}
		}
	case a.greatest:
		for i, g := range groups {
			best[g] = max(best[g], vals[i])
			seen[g] = 1
		}
	default:
		for i, g := range groups {
			best[g] = min(best[g], vals[i])
			seen[g] = 1
		}
	}
	return nil
}

func (a *extremeFixed) Merge(groups []int32, state []*batch.Column) error {
	return a.Update(groups, state)
}

func (a *extremeFixed) State(from, to int) ([]*batch.Column, error) {
	c, err := a.Final(from, to)
	return []*batch.Column{c}, err
}

func (a *extremeFixed) Final(from, to int) (*batch.Column, error) {
	valid := present(from, to, func(g int) bool { return a.seen[g] != 0 })
	return orderedColumn(a.typ, append([]int64(nil), a.best[from:to]...), valid), nil
}

// orderedColumn is a column of t, made of int64 that order as its values do. It
// may keep vals.
func orderedColumn(t types.Type, vals []int64, valid batch.Bitmap) *batch.Column {
	switch p := batch.PhysOf(t); p {
	case batch.PhysBool:
		bits := batch.NewBitmap(len(vals))
		for i, v := range vals {
			bits.SetTo(i, v != 0)
		}
		return &batch.Column{Type: t, Phys: p, N: len(vals), Data: batch.BytesOf(bits), Valid: valid}
	case batch.PhysF64:
		return batch.FromValues(t, p, narrow(vals, keyFloat), valid)
	case batch.PhysF32:
		return batch.FromValues(t, p, narrow(vals, func(v int64) float32 { return float32(keyFloat(v)) }), valid)
	case batch.PhysI8:
		return batch.FromValues(t, p, narrow(vals, func(v int64) int8 { return int8(v) }), valid)
	case batch.PhysI16:
		return batch.FromValues(t, p, narrow(vals, func(v int64) int16 { return int16(v) }), valid)
	case batch.PhysI32:
		return batch.FromValues(t, p, narrow(vals, func(v int64) int32 { return int32(v) }), valid)
	}
	return batch.FromValues(t, batch.PhysI64, vals, valid)
}

func narrow[T any](vals []int64, f func(int64) T) []T {
	out := make([]T, len(vals))
	for i, v := range vals {
		out[i] = f(v)
	}
	return out
}

func (a *extremeFixed) Size() int64 {
	return 8*int64(cap(a.best)+cap(a.ints)+cap(a.floats)) + int64(cap(a.seen))
}
