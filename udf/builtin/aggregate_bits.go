package builtin

import (
	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/udf"
)

func bitAggregates() []*udf.Function {
	entry := func(op bitOp, name, summary, example, result string) *udf.Function {
		long := []types.Type{types.BigIntType}
		return &udf.Function{Name: name, Family: "aggregate", Args: long, Returns: types.BigIntType,
			Doc: udf.Doc{Summary: summary, Example: example, Result: result},
			Aggregate: &udf.Aggregate{
				State:             func(udf.Signature) []types.Type { return long },
				New:               func(*udf.Call) udf.Accumulator { return &bitFold{op: op} },
				IgnoresDuplicates: op != bitXor,
			}}
	}
	return []*udf.Function{
		entry(bitAnd, "bitwise_and_agg", "The bitwise AND of all values.", "bitwise_and_agg(6)", "6"),
		entry(bitOr, "bitwise_or_agg", "The bitwise OR of all values.", "bitwise_or_agg(6)", "6"),
		entry(bitXor, "bitwise_xor_agg", "The bitwise XOR of all values.", "bitwise_xor_agg(6)", "6"),
	}
}

type bitOp uint8

const (
	bitAnd bitOp = iota
	bitOr
	bitXor
)

// bitFold combines values bit by bit.
type bitFold struct {
	op   bitOp
	bits []int64
	seen []uint8
	buf  []int64
}

func (a *bitFold) Resize(groups int) {
	old := len(a.bits)
	a.bits, a.seen = resize(a.bits, groups), resize(a.seen, groups)
	if a.op == bitAnd {
		for g := old; g < groups; g++ {
			a.bits[g] = -1
		}
	}
}

func (a *bitFold) Update(groups []int32, args []*batch.Column) error {
	valid, none := validRows(args[0])
	if none {
		return nil
	}
	vals := ints(args[0], &a.buf)
	for i, g := range groups {
		if valid != nil && !valid.Get(i) {
			continue
		}
		switch a.op {
		case bitAnd:
			a.bits[g] &= vals[i]
		case bitOr:
			a.bits[g] |= vals[i]
		default:
			a.bits[g] ^= vals[i]
		}
		a.seen[g] = 1
	}
	return nil
}

func (a *bitFold) Merge(groups []int32, state []*batch.Column) error { return a.Update(groups, state) }

func (a *bitFold) State(from, to int) ([]*batch.Column, error) {
	c, err := a.Final(from, to)
	return []*batch.Column{c}, err
}

func (a *bitFold) Final(from, to int) (*batch.Column, error) {
	valid := present(from, to, func(g int) bool { return a.seen[g] != 0 })
	return batch.FromValues(types.BigIntType, batch.PhysI64, append([]int64(nil), a.bits[from:to]...), valid), nil
}

func (a *bitFold) Size() int64 { return 8*int64(cap(a.bits)+cap(a.buf)) + int64(cap(a.seen)) }
