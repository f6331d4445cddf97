package builtin

import (
	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/udf"
	"github.com/bixidata/bixi/udf/kernel"
)

// makeArray interleaves its arguments.
func makeArray(call *udf.Call, args []*batch.Column, n int) (*batch.Column, error) {
	pool := batch.NewBuilder(*call.Returns.Elem)
	for _, a := range args {
		pool.Append(a, nil)
	}
	order, offsets := make([]int32, 0, n*len(args)), make([]int32, n+1)
	for i := range n {
		for k := range args {
			order = append(order, int32(k*n+i))
		}
		offsets[i+1] = int32(len(order))
	}
	child := batch.NewBuilder(*call.Returns.Elem)
	if len(order) > 0 {
		child.Append(pool.Finish(), order)
	}
	return &batch.Column{Type: call.Returns, Phys: batch.PhysList, N: n, Offsets: offsets, Children: []*batch.Column{child.Finish()}}, nil
}

func resolveRepeat(args []udf.Arg) (udf.Signature, error) {
	if len(args) != 2 || !types.CanCoerce(args[1].Type, types.BigIntType) {
		return udf.Signature{}, badArgs("array_repeat", "array_repeat(x, n)", args)
	}
	t := args[0].Type
	return udf.Signature{Args: typeList(t, types.BigIntType), Returns: types.ArrayOf(t)}, nil
}

// maxElements bounds the arrays that functions make from nothing.
const maxElements = 1 << 20

func arrayRepeat(call *udf.Call, args []*batch.Column, n int) (*batch.Column, error) {
	var idx []int32
	offsets := make([]int32, n+1)
	var valid batch.Bitmap
	if args[1].Valid != nil {
		valid = batch.NewBitmap(n)
	}
	for i := range n {
		if !args[1].IsNull(i) {
			times := args[1].Int(i)
			if times > maxElements {
				return nil, invalid("an array of %d elements is too long", times)
			}
			for ; times > 0; times-- {
				idx = append(idx, int32(i))
			}
			if valid != nil {
				valid.Set(i)
			}
		}
		offsets[i+1] = int32(len(idx))
	}
	child := batch.NewBuilder(*call.Returns.Elem)
	if len(idx) > 0 {
		child.Append(args[0], idx)
	}
	return &batch.Column{Type: call.Returns, Phys: batch.PhysList, N: n, Valid: valid, Offsets: offsets, Children: []*batch.Column{child.Finish()}}, nil
}

func sequence(call *udf.Call, args []*batch.Column, n int) (*batch.Column, error) {
	valid, allNull := kernel.Validity(args, n)
	if allNull {
		return batch.NullColumn(call.Returns, n), nil
	}
	var vals []int64
	offsets := make([]int32, n+1)
	for i := range n {
		if valid == nil || valid.Get(i) {
			start, stop, step := args[0].Int(i), args[1].Int(i), int64(1)
			if stop < start {
				step = -1
			}
			if len(args) > 2 {
				step = args[2].Int(i)
			}
			if step == 0 || start != stop && (step > 0) != (stop > start) {
				return nil, invalid("sequence cannot go from %d to %d by %d", start, stop, step)
			}
			steps := uint64(max(start, stop)-min(start, stop)) / uint64(max(step, -step))
			if steps >= maxElements {
				return nil, invalid("a sequence from %d to %d by %d is too long", start, stop, step)
			}
			for k := range int64(steps) + 1 {
				vals = append(vals, start+k*step)
			}
		}
		offsets[i+1] = int32(len(vals))
	}
	child := batch.FromValues(types.BigIntType, batch.PhysI64, vals, nil)
	return &batch.Column{Type: call.Returns, Phys: batch.PhysList, N: n, Valid: valid, Offsets: offsets, Children: []*batch.Column{child}}, nil
}

func resolveFlatten(args []udf.Arg) (udf.Signature, error) {
	t, err := oneArg("flatten", args)
	if err != nil || !isArray(t) || !isArray(*t.Elem) {
		return udf.Signature{}, badArgs("flatten", "flatten(array of arrays)", args)
	}
	return udf.Signature{Args: typeList(t), Returns: *t.Elem}, nil
}

// flatten leaves out inner arrays that are NULL.
func flatten(call *udf.Call, args []*batch.Column, n int) (*batch.Column, error) {
	valid, allNull := kernel.Validity(args, n)
	if allNull {
		return batch.NullColumn(call.Returns, n), nil
	}
	inner := batch.Flatten(args[0].Children[0])
	var kept []int32
	offsets := make([]int32, n+1)
	for i := range n {
		if valid == nil || valid.Get(i) {
			from, to := spanOf(args[0], i)
			for k := from; k < to; k++ {
				if inner.IsNull(k) {
					continue
				}
				for e := inner.Offsets[k]; e < inner.Offsets[k+1]; e++ {
					kept = append(kept, e)
				}
			}
		}
		offsets[i+1] = int32(len(kept))
	}
	child := batch.NewBuilder(*call.Returns.Elem)
	if len(kept) > 0 {
		child.Append(inner.Children[0], kept)
	}
	return &batch.Column{Type: call.Returns, Phys: batch.PhysList, N: n, Valid: valid, Offsets: offsets, Children: []*batch.Column{child.Finish()}}, nil
}
