package builtin

import (
	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/udf"
	"github.com/bixidata/bixi/udf/kernel"
)

// resolveSequence takes whole numbers with a step, or dates and times with an
// interval.
func resolveSequence(args []udf.Arg) (udf.Signature, error) {
	l := types.BigIntType
	bad := badArgs("sequence", "sequence(start, stop[, step]) of whole numbers, or of dates with an interval", args)
	if len(args) < 2 || len(args) > 3 {
		return udf.Signature{}, bad
	}
	t, ok := types.Common(args[0].Type, args[1].Type)
	switch {
	case ok && t.IsTemporal() && len(args) == 2:
		return udf.Signature{Args: typeList(t, t), Returns: types.ArrayOf(t)}, nil
	case ok && t.IsTemporal() && args[2].Type.IsInterval():
		if v, known := args[2].Value.(int64); t.Kind == types.Date && args[2].Type.Kind == types.IntervalDay && known && v%batch.MicrosPerDay != 0 {
			return udf.Signature{}, bad
		}
		return udf.Signature{Args: typeList(t, t, args[2].Type), Returns: types.ArrayOf(t)}, nil
	}
	for _, a := range args {
		if !types.CanCoerce(a.Type, l) {
			return udf.Signature{}, bad
		}
	}
	return udf.Signature{Args: repeat(l, len(args)), Returns: types.ArrayOf(l)}, nil
}

func newSequence(call *udf.Call) (udf.Eval, error) {
	t := *call.Returns.Elem
	if !t.IsTemporal() {
		return sequence, nil
	}
	step := types.DaysType
	if len(call.Args) == 3 {
		step = call.Args[2]
	}
	return func(call *udf.Call, args []*batch.Column, n int) (*batch.Column, error) {
		next, err := stepper(t, step, kernel.NewClock(zoneOf(call)))
		if err != nil {
			return nil, err
		}
		return dateSequence(call, args, n, next)
	}, nil
}

// stepper gives the moment k steps of size by after a start.
func stepper(t, step types.Type, clock *kernel.Clock) (func(start, by, k int64) int64, error) {
	inZone := t.Kind == types.Datetime || t.Kind == types.Timestamp
	switch {
	case step.Kind == types.IntervalDay && t.Kind == types.Date:
		return func(start, by, k int64) int64 { return start + k*by/batch.MicrosPerDay }, nil
	case step.Kind == types.IntervalDay:
		return func(start, by, k int64) int64 { return start + k*by }, nil
	case t.Kind == types.Date:
		return func(start, by, k int64) int64 { return kernel.AddMonths(start, k*by) }, nil
	}
	return func(start, by, k int64) int64 {
		wall := start
		if inZone {
			wall = clock.Wall(start)
		}
		day := dayOf(wall)
		wall += (kernel.AddMonths(day, k*by) - day) * batch.MicrosPerDay
		if inZone {
			return clock.Instant(wall)
		}
		return wall
	}, nil
}

// dateSequence counts steps from the start, so a month's end stays one.
func dateSequence(call *udf.Call, args []*batch.Column, n int, next func(start, by, k int64) int64) (*batch.Column, error) {
	valid, allNull := kernel.Validity(args, n)
	if allNull {
		return batch.NullColumn(call.Returns, n), nil
	}
	out, offsets := batch.NewBuilder(*call.Returns.Elem), make([]int32, n+1)
	for i := range n {
		if valid == nil || valid.Get(i) {
			start, stop, by := args[0].Int(i), args[1].Int(i), int64(batch.MicrosPerDay)
			if len(args) == 3 {
				by = args[2].Int(i)
			} else if stop < start {
				by = -by
			}
			if by == 0 || start != stop && (by > 0) != (stop > start) {
				return nil, invalid("sequence cannot reach its end by this step")
			}
			v := start
			for k := int64(1); (by > 0 && v <= stop) || (by < 0 && v >= stop); k++ {
				if k > maxElements {
					return nil, invalid("a sequence of more than %d elements is too long", maxElements)
				}
				out.AppendDatum(v)
				v = next(start, by, k)
			}
		}
		offsets[i+1] = int32(out.Len())
	}
	return &batch.Column{Type: call.Returns, Phys: batch.PhysList, N: n, Valid: valid, Offsets: offsets, Children: []*batch.Column{out.Finish()}}, nil
}
