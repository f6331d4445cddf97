package expr

import (
	"fmt"
	"strings"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/planner/scalar"
	"github.com/bixidata/bixi/sql/decimal"
	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/udf"
	"github.com/bixidata/bixi/udf/kernel"
)

// in compiles membership in a list of constants to a call, so that it is peeled
// and folded like one.
func (c *compiler) in(e *scalar.In) (*node, error) {
	arg, err := c.compile(e.Arg)
	if err != nil {
		return nil, err
	}
	o := &callOp{name: "in", args: []*node{arg}, call: &udf.Call{Session: c.session, Buffers: c.buffers}, cheap: true, fn: newSet(arg.typ, e.List).eval(e.Negate)}
	var k strings.Builder
	fmt.Fprintf(&k, "in %v", e.Negate)
	for _, v := range e.List {
		fmt.Fprintf(&k, " %T %q", v, fmt.Sprint(v))
	}
	return c.node(key(k.String(), arg), summary(types.BooleanType, o, 4, arg)), nil
}

// set is the values of an IN list in the form that suits their type.
type set struct {
	hasNull bool
	char    bool // blanks at the end do not count
	ints    intSet
	wide    map[decimal.Int128]bool
	texts   map[string]bool
	list    *batch.Column // what has no better form
}

func newSet(t types.Type, list []types.Datum) *set {
	s := &set{char: t.Kind == types.Char, wide: map[decimal.Int128]bool{}, texts: map[string]bool{}}
	rest := batch.NewBuilder(t)
	var ints []int64
	for _, v := range list {
		switch v := v.(type) {
		case nil:
			s.hasNull = true
		case int64:
			ints = append(ints, v)
		case bool:
			ints = append(ints, batch.DatumColumn(t, v, 1).Int(0))
		case decimal.Int128:
			s.wide[v] = true
			if v.FitsInt64() {
				ints = append(ints, v.Int64())
			}
		case string:
			if s.char {
				v = strings.TrimRight(v, " ")
			}
			s.texts[v] = true
		default:
			rest.AppendDatum(v)
		}
	}
	s.ints = newIntSet(ints)
	s.list = rest.Finish()
	return s
}

func (s *set) eval(negate bool) udf.Eval {
	return func(_ *udf.Call, args []*batch.Column, n int) (*batch.Column, error) {
		a := args[0]
		if a.AllNull() {
			return batch.NullColumn(types.BooleanType, n), nil
		}
		hits := s.members(batch.Flatten(a), n)
		valid := a.Valid
		if a.Enc == batch.Const {
			valid = nil
		}
		if s.hasNull { // a miss is NULL
			valid = batch.And(valid, hits.Clone(n), n)
		}
		if negate {
			kernel.Not(hits, hits)
		}
		return batch.FromBits(hits, n, valid), nil
	}
}

// members marks the rows whose value is in the set.
func (s *set) members(a *batch.Column, n int) batch.Bitmap {
	out := batch.NewBitmap(n)
	switch a.Phys {
	case batch.PhysBytes:
		for i := range n {
			v := a.Bytes(i)
			if s.char {
				v = batch.TrimBlanks(v)
			}
			if s.texts[string(v)] {
				out.Set(i)
			}
		}
	case batch.PhysI128:
		for i, v := range batch.Values[decimal.Int128](a)[:n] {
			if s.wide[v] {
				out.Set(i)
			}
		}
	case batch.PhysI8, batch.PhysI16, batch.PhysI32, batch.PhysI64:
		s.ints.mark(kernel.Ints(a)[:n], out)
	case batch.PhysBool:
		for i := range n {
			out.SetTo(i, s.ints.has(a.Int(i)))
		}
	default:
		for i := range n {
			for j := 0; j < s.list.N && !a.IsNull(i); j++ {
				if kernel.CompareAt(a, i, s.list, j) == 0 {
					out.Set(i)
					break
				}
			}
		}
	}
	return out
}

// intSet is a bitmap over a narrow range of values, or an open-addressing table.
type intSet struct {
	low   int64
	bits  batch.Bitmap
	width uint64
	table []int64 // a power of two long, at most half full
	used  []bool
}

const widestBitmap = 1 << 16

func newIntSet(vals []int64) intSet {
	if len(vals) == 0 {
		return intSet{}
	}
	low, high := vals[0], vals[0]
	for _, v := range vals {
		low, high = min(low, v), max(high, v)
	}
	if span := uint64(high) - uint64(low); span < widestBitmap {
		s := intSet{low: low, width: span + 1, bits: batch.NewBitmap(int(span) + 1)}
		for _, v := range vals {
			s.bits.Set(int(v - low))
		}
		return s
	}
	size := 16
	for size < 2*len(vals) {
		size *= 2
	}
	s := intSet{table: make([]int64, size), used: make([]bool, size)}
	for _, v := range vals {
		k := s.slot(v)
		s.table[k], s.used[k] = v, true
	}
	return s
}

// slot is where v is, or would be.
func (s *intSet) slot(v int64) int {
	k := int(uint64(v) * 0x9e3779b97f4a7c15 >> 32)
	for {
		k &= len(s.table) - 1
		if !s.used[k] || s.table[k] == v {
			return k
		}
		k++
	}
}

func (s *intSet) has(v int64) bool {
	if s.table != nil {
		return s.used[s.slot(v)]
	}
	d := uint64(v) - uint64(s.low)
	return d < s.width && s.bits.Get(int(d))
}

func (s *intSet) mark(vals []int64, out batch.Bitmap) {
	for i, v := range vals {
		if s.has(v) {
			out.Set(i)
		}
	}
}
