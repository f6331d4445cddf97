package builtin

import (
	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/udf"
)

func countAggregates() []*udf.Function {
	counts := []types.Type{types.BigIntType}
	return []*udf.Function{
		{Name: "count", Family: "aggregate",
			Doc: udf.Doc{Usage: "count(*) or count([DISTINCT] x, …)", Summary: "The number of rows, or of those in which no argument is NULL.", Example: "count(1)", Result: "1"},
			Resolve: func(args []udf.Arg) (udf.Signature, error) {
				sig := udf.Signature{Returns: types.BigIntType}
				for _, a := range args {
					sig.Args = append(sig.Args, a.Type)
				}
				return sig, nil
			},
			Aggregate: &udf.Aggregate{
				State:       func(udf.Signature) []types.Type { return counts },
				New:         func(*udf.Call) udf.Accumulator { return &counter{} },
				EmptyIsZero: true,
			}},
		{Name: "count_if", Family: "aggregate", Args: []types.Type{types.BooleanType}, Returns: types.BigIntType,
			Doc: udf.Doc{Summary: "The number of rows in which the condition is true.", Example: "count_if(1 < 2)", Result: "1"},
			Aggregate: &udf.Aggregate{
				State:       func(udf.Signature) []types.Type { return counts },
				New:         func(*udf.Call) udf.Accumulator { return &counter{onlyTrue: true} },
				EmptyIsZero: true,
			}},
	}
}

// counter counts rows; onlyTrue those whose argument is true.
type counter struct {
	onlyTrue bool
	counts   []int64
	buf      []int64
}

func (a *counter) Resize(groups int) { a.counts = resize(a.counts, groups) }

// Empty is of Reused.
func (a *counter) Empty() {
	clear(a.counts)
	a.counts = a.counts[:0]
}

// resize lengthens s to n with zero values.
func resize[T any](s []T, n int) []T {
	if n <= len(s) {
		return s
	}
	if n > cap(s) {
		grown := batch.Zeroes[T](max(n, len(s)+len(s)/2))
		s = grown[:copy(grown, s)]
	}
	return s[:n]
}

func (a *counter) Update(groups []int32, args []*batch.Column) error {
	n := len(groups)
	var valid batch.Bitmap
	for _, c := range args {
		v, none := validRows(c)
		if none {
			return nil
		}
		valid = batch.And(valid, v, n)
	}
	if a.onlyTrue {
		valid = batch.And(valid, trueRows(args[0]), n)
	}
	countValid(a.counts, groups, valid)
	return nil
}

// trueRows is the rows of a BOOLEAN column that hold true, NULLs aside.
func trueRows(c *batch.Column) batch.Bitmap {
	if c.Enc == batch.Flat {
		return c.Bits()
	}
	bits := batch.NewBitmap(c.N)
	for i := range c.N {
		bits.SetTo(i, c.Int(i) != 0)
	}
	return bits
}

func (a *counter) Merge(groups []int32, state []*batch.Column) error {
	vals := fixed(state[0], &a.buf)
	for i, g := range groups {
		a.counts[g] += vals[i]
	}
	return nil
}

func (a *counter) State(from, to int) ([]*batch.Column, error) {
	c, err := a.Final(from, to)
	return []*batch.Column{c}, err
}

func (a *counter) Final(from, to int) (*batch.Column, error) {
	out := append([]int64(nil), a.counts[from:to]...)
	return batch.FromValues(types.BigIntType, batch.PhysI64, out, nil), nil
}

func (a *counter) Size() int64 { return 8 * int64(cap(a.counts)+cap(a.buf)) }
