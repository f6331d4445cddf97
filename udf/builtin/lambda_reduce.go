package builtin

import (
	"cmp"
	"slices"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/udf"
)

// reduceLambda types the parameters of merge (2) and final (3). The state has the
// type common to the first state and what merge gives; a DECIMAL takes all digits,
// since each addition would ask for one more.
func reduceLambda(args []udf.Arg, i int) ([]types.Type, error) {
	if len(args) != 4 || i < 2 || !isArray(args[0].Type) || args[1].Lambda > 0 || args[2].Lambda == 0 || args[3].Lambda == 0 {
		return nil, badArgs("array_reduce", "array_reduce(array, state, (s, x) -> s, s -> result)", args)
	}
	state, ok := types.Common(args[1].Type, args[2].Type)
	if !ok {
		return nil, badBody("array_reduce", args[1].Type, args[2].Type)
	}
	if state = someType(state); state.Kind == types.Decimal && args[2].Type.Kind != types.Null {
		state = types.DecimalOf(types.MaxPrecision, state.Scale)
	}
	if i == 3 {
		return typeList(state), nil
	}
	return typeList(state, *args[0].Type.Elem), nil
}

func resolveReduce(args []udf.Arg) (udf.Signature, error) {
	params, err := reduceLambda(args, 3)
	if err != nil {
		return udf.Signature{}, err
	}
	result := someType(args[3].Type)
	return udf.Signature{Args: typeList(args[0].Type, params[0], params[0], result), Returns: result}, nil
}

// arrayReduce merges the first elements of all rows at once, then the second
// ones, and so on. Rows are taken in descending order of their lengths, so those
// that still have elements are always the first ones.
func arrayReduce(call *udf.Call, args []*batch.Column, n int) (*batch.Column, error) {
	s := spreadOf(args[0], n)
	length := func(i int32) int32 { return s.offsets[i+1] - s.offsets[i] }
	order := make([]int32, n)
	for i := range order {
		order[i] = int32(i)
	}
	slices.SortStableFunc(order, func(a, b int32) int { return cmp.Compare(length(b), length(a)) })

	state := batch.Take(args[1], order)
	done := batch.NewBuilder(call.Args[1]) // states of rows without more elements
	place := make([]int32, n)              // of each row's state in done
	active := n
	for k := int32(0); ; k++ {
		more := active
		for more > 0 && length(order[more-1]) <= k {
			more--
		}
		for i := more; i < active; i++ {
			place[order[i]] = int32(done.Len() + i - more)
		}
		done.Append(batch.Slice(state, more, active), nil)
		if active = more; active == 0 {
			break
		}
		at := make([]int32, active)
		for i, row := range order[:active] {
			at[i] = s.offsets[row] + k
		}
		var err error
		if state, err = call.Lambdas[2]([]*batch.Column{batch.Slice(state, 0, active), batch.Take(s.elems, at)}, order[:active]); err != nil {
			return nil, err
		}
	}
	rows := make([]int32, n)
	for i := range rows {
		rows[i] = int32(i)
	}
	out, err := call.Lambdas[3]([]*batch.Column{batch.Take(done.Finish(), place)}, rows)
	if err != nil || s.valid == nil {
		return out, err
	}
	r := *batch.Flatten(out)
	r.Valid = batch.And(r.Valid, s.valid, n)
	return &r, nil
}

// arraySort merges runs of growing length, as many pairs of runs at once as there
// are in the batch: each round compares the heads of all of them.
func arraySort(call *udf.Call, args []*batch.Column, n int) (*batch.Column, error) {
	s := spreadOf(args[0], n)
	order := make([]int32, len(s.rows))
	longest := int32(0)
	for i := range order {
		order[i] = int32(i)
	}
	for i := range n {
		longest = max(longest, s.offsets[i+1]-s.offsets[i])
	}
	for run := int32(1); run < longest; run *= 2 {
		var err error
		if order, err = mergeRuns(call, &s, order, run); err != nil {
			return nil, err
		}
	}
	child := batch.NewBuilder(*call.Returns.Elem)
	child.Append(s.elems, order)
	return s.list(call.Returns, child.Finish()), nil
}

// merge is two neighbouring runs of order and where their merged elements go.
type merge struct{ left, leftEnd, right, rightEnd, out int32 }

func mergeRuns(call *udf.Call, s *spread, order []int32, run int32) ([]int32, error) {
	out := slices.Clone(order)
	var open []*merge
	for i := range s.n {
		from, to := s.offsets[i], s.offsets[i+1]
		for ; from+run < to; from += 2 * run {
			open = append(open, &merge{from, from + run, from + run, min(from+2*run, to), from})
		}
	}
	for len(open) > 0 {
		left, right, rows := make([]int32, len(open)), make([]int32, len(open)), make([]int32, len(open))
		for k, m := range open {
			left[k], right[k], rows[k] = order[m.left], order[m.right], s.rows[order[m.left]]
		}
		c, err := call.Lambdas[1]([]*batch.Column{batch.Take(s.elems, left), batch.Take(s.elems, right)}, rows)
		if err != nil {
			return nil, err
		}
		still := open[:0]
		for k, m := range open {
			if c.IsNull(k) {
				return nil, invalid("the lambda of array_sort gave NULL")
			}
			if m.take(order, out, c.Int(k) > 0) {
				still = append(still, m)
			}
		}
		open = still
	}
	return out, nil
}

// take moves one element, of the right run if so told; when a run is empty it
// moves the rest of the other and gives false.
func (m *merge) take(order, out []int32, right bool) bool {
	if right {
		out[m.out] = order[m.right]
		m.right++
	} else {
		out[m.out] = order[m.left]
		m.left++
	}
	m.out++
	if m.left < m.leftEnd && m.right < m.rightEnd {
		return true
	}
	copy(out[m.out:], order[m.left:m.leftEnd])
	copy(out[m.out+m.leftEnd-m.left:], order[m.right:m.rightEnd])
	return false
}
