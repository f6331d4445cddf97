package builtin

import (
	"math"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/udf"
)

// valueFunctions lists the window functions that give a value of another row.
func valueFunctions() []*udf.Function {
	return []*udf.Function{
		{Name: "lag", Family: "window", Resolve: resolveShift("lag"), Window: shift("lag", -1),
			Doc: udf.Doc{Summary: "The value off rows (1) before the row, or the default (NULL) where there is none.", Example: "lag('a', 1, 'none') over (order by 1)", Result: "none"}},
		{Name: "lead", Family: "window", Resolve: resolveShift("lead"), Window: shift("lead", 1),
			Doc: udf.Doc{Summary: "The value off rows (1) behind the row, or the default (NULL) where there is none.", Example: "lead('a', 0) over (order by 1)", Result: "a"}},
		{Name: "first_value", Family: "window", Resolve: resolveValue("first_value", 1), Window: picked(firstOf),
			Doc: udf.Doc{Summary: "The value of the frame's first row, or of its first row that is not NULL.", Example: "first_value('a') over (order by 1)", Result: "a"}},
		{Name: "last_value", Family: "window", Resolve: resolveValue("last_value", 1), Window: picked(lastOf),
			Doc: udf.Doc{Summary: "The value of the frame's last row, or of its last row that is not NULL.", Example: "last_value('a', true) over (order by 1)", Result: "a"}},
		{Name: "nth_value", Family: "window", Resolve: resolveValue("nth_value", 2), Window: picked(nthOf),
			Doc: udf.Doc{Summary: "The value of the frame's nth row, from 1, or of its nth row that is not NULL.", Example: "nth_value('a', 1) over (order by 1)", Result: "a"}},
	}
}

func valueType(t types.Type) types.Type {
	if t.Kind == types.Null {
		return types.StringType
	}
	return t
}

func resolveShift(name string) func([]udf.Arg) (udf.Signature, error) {
	return func(args []udf.Arg) (udf.Signature, error) {
		usage := name + "(x[, offset[, default]])"
		if len(args) < 1 || len(args) > 3 {
			return udf.Signature{}, badArgs(name, usage, args)
		}
		t := valueType(args[0].Type)
		sig := udf.Signature{Args: []types.Type{t, types.BigIntType, t}[:len(args)], Returns: t}
		for i := range args {
			if !types.CanCoerce(args[i].Type, sig.Args[i]) && !(i == 2 && args[i].Type.IsNumeric() && t.IsNumeric()) {
				return udf.Signature{}, badArgs(name, usage, args)
			}
		}
		return sig, nil
	}
}

// shift takes the value off rows away, in the direction given.
func shift(name string, direction int) *udf.Window {
	offset := func(call *udf.Call) (int64, error) {
		if len(call.Args) < 2 {
			return 1, nil
		}
		return constant(name, call, 1, 0)
	}
	w := &udf.Window{Nulls: true, Backward: direction < 0}
	w.New = func(call *udf.Call, ignoreNulls bool) (udf.WindowEval, error) {
		off, err := offset(call)
		if err != nil {
			return nil, err
		}
		off = min(off, math.MaxInt32)
		return func(r *udf.WindowRows, args []*batch.Column) (*batch.Column, error) {
			idx := make([]int32, r.N)
			if ignoreNulls {
				shiftSkipping(r, args[0], idx, int32(off), direction)
			} else {
				shiftRows(r, idx, int(off)*direction)
			}
			var other *batch.Column
			if len(args) > 2 {
				other = args[2]
			}
			return takeOr(args[0], idx, other), nil
		}, nil
	}
	w.Reach = func(call *udf.Call) (int64, int64) {
		off, err := offset(call)
		if err != nil {
			return 0, 0
		}
		if direction < 0 {
			return off, 0
		}
		return 0, off
	}
	return w
}

// shiftRows sets idx[i] to i+by, or to -1 outside the partition.
func shiftRows(r *udf.WindowRows, idx []int32, by int) {
	eachPartition(r, func(from, to int, _ int64) {
		for i := from; i < to; i++ {
			j := i + by
			if j < from || j >= to {
				j = -1
			}
			idx[i] = int32(j)
		}
	})
}

// shiftSkipping counts rows that are not NULL only.
func shiftSkipping(r *udf.WindowRows, c *batch.Column, idx []int32, off int32, direction int) {
	rows, before := present32(c, r.N)
	eachPartition(r, func(from, to int, _ int64) {
		for i := from; i < to; i++ {
			idx[i] = -1
			at := before[i] - off
			switch {
			case off == 0:
				idx[i] = int32(i)
				continue
			case direction > 0: // the first behind i is before[i+1]
				at = before[i+1] + off - 1
			}
			if at >= before[from] && at < before[to] {
				idx[i] = rows[at]
			}
		}
	})
}

// present32 lists the rows of c that are not NULL, and for each place how many of
// them are before it.
func present32(c *batch.Column, n int) (rows, before []int32) {
	before = make([]int32, n+1)
	for i := range n {
		before[i] = int32(len(rows))
		if !c.IsNull(i) {
			rows = append(rows, int32(i))
		}
	}
	before[n] = int32(len(rows))
	return rows, before
}

// takeOr is rows idx of c; where idx is negative, the row of other, or NULL.
func takeOr(c *batch.Column, idx []int32, other *batch.Column) *batch.Column {
	if other == nil || other.AllNull() {
		return batch.Take(c, idx)
	}
	b := batch.NewBuilder(c.Type)
	for i := 0; i < len(idx); {
		j := i
		if idx[i] >= 0 {
			for j < len(idx) && idx[j] >= 0 {
				j++
			}
			b.Append(c, idx[i:j])
		} else {
			for j < len(idx) && idx[j] < 0 {
				j++
			}
			b.Append(batch.Slice(other, i, j), nil)
		}
		i = j
	}
	return b.Finish()
}

func resolveValue(name string, least int) func([]udf.Arg) (udf.Signature, error) {
	return func(args []udf.Arg) (udf.Signature, error) {
		usage := map[int]string{1: name + "(x[, ignore_nulls])", 2: name + "(x, n[, ignore_nulls])"}[least]
		if len(args) < least || len(args) > least+1 {
			return udf.Signature{}, badArgs(name, usage, args)
		}
		sig := udf.Signature{Returns: valueType(args[0].Type)}
		sig.Args = []types.Type{sig.Returns, types.BooleanType}[:len(args)-least+1]
		if least == 2 {
			sig.Args = []types.Type{sig.Returns, types.BigIntType, types.BooleanType}[:len(args)]
		}
		for i := range args {
			if !types.CanCoerce(args[i].Type, sig.Args[i]) {
				return udf.Signature{}, badArgs(name, usage, args)
			}
			if i == least && !args[i].Const {
				return udf.Signature{}, badArgs(name, usage+" with a constant", args)
			}
		}
		return sig, nil
	}
}

// picker gives the place, among the ones that count, of the row wanted: nth from
// the front, or the last if nth is 0.
type picker func(call *udf.Call) (nth int64, flag int, err error)

func firstOf(*udf.Call) (int64, int, error) { return 1, 1, nil }
func lastOf(*udf.Call) (int64, int, error)  { return 0, 1, nil }
func nthOf(call *udf.Call) (int64, int, error) {
	n, err := constant("nth_value", call, 1, 1)
	return n, 2, err
}

// picked is a function that takes a value out of the frame.
func picked(pick picker) *udf.Window {
	reach := func(call *udf.Call) (int64, int64) {
		nth, flag, err := pick(call)
		if err != nil || len(call.Args) > flag && call.Consts[flag] != false {
			return 0, 1
		}
		return nth, 0
	}
	return &udf.Window{Framed: true, Nulls: true, Reach: reach, New: func(call *udf.Call, ignoreNulls bool) (udf.WindowEval, error) {
		nth, flag, err := pick(call)
		if err != nil {
			return nil, err
		}
		if len(call.Args) > flag {
			given, _ := call.Consts[flag].(bool)
			ignoreNulls = ignoreNulls || given
		}
		nth = min(nth, math.MaxInt32)
		return func(r *udf.WindowRows, args []*batch.Column) (*batch.Column, error) {
			idx := make([]int32, len(r.Frames.From))
			if ignoreNulls && args[0].HasNulls() {
				pickPresent(r, args[0], idx, int32(nth))
			} else {
				pickAny(r.Frames, idx, int32(nth))
			}
			return takeOr(args[0], idx, nil), nil
		}, nil
	}}
}

func pickAny(f *udf.Frames, idx []int32, nth int32) {
	var spans []udf.Span
	for i := range idx {
		idx[i] = -1
		spans = f.Spans(i, spans[:0])
		if nth == 0 && len(spans) > 0 {
			idx[i] = spans[len(spans)-1].To - 1
			continue
		}
		left := nth - 1
		for _, s := range spans {
			if n := s.To - s.From; left >= n {
				left -= n
				continue
			}
			if nth > 0 {
				idx[i] = s.From + left
			}
			break
		}
	}
}

func pickPresent(r *udf.WindowRows, c *batch.Column, idx []int32, nth int32) {
	rows, before := present32(c, r.N)
	var spans []udf.Span
	for i := range idx {
		idx[i] = -1
		spans = r.Frames.Spans(i, spans[:0])
		left := nth - 1
		for _, s := range spans {
			from, to := before[s.From], before[s.To]
			switch {
			case from == to:
			case nth == 0:
				idx[i] = rows[to-1]
			case left >= 0 && left < to-from:
				idx[i] = rows[from+left]
				left = -1
			case left >= 0:
				left -= to - from
			}
		}
	}
}
