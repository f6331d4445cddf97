package kernel

import (
	"fmt"
	"time"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/sql/diag"
	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/udf"
)

// AddInterval makes the sum (sign 1) or difference (sign -1) of a date, time or
// interval of type when and an interval of type step. Months count in the
// calendar of the zone and end at the last day of a shorter month; days are 24 hours.
func AddInterval(when, step types.Type, zone *time.Location, sign int64) (udf.Eval, error) {
	var f func(a, b int64) int64
	switch {
	case step.Kind == types.IntervalMonth && when.Kind == types.Date:
		f = AddMonths
	case step.Kind == types.IntervalMonth && when.Kind == types.TimestampNTZ:
		f = addWallMonths
	case step.Kind == types.IntervalMonth && when.IsTemporal():
		c := newClock(zone)
		f = func(a, b int64) int64 { return c.instant(addWallMonths(c.wall(a), b)) }
	case step.Kind == types.IntervalDay && when.Kind == types.Date:
		f = func(a, b int64) int64 { return a + floorDiv(b, batch.MicrosPerDay) }
	case when.IsTemporal() || when.Kind == step.Kind:
		f = func(a, b int64) int64 { return a + b }
	default:
		return nil, fmt.Errorf("kernel: %s and %s do not add", when, step)
	}
	if batch.PhysOf(when) == batch.PhysI32 {
		return BinaryErr(func(a, b int64) (int32, error) {
			r := f(a, sign*b)
			if int64(int32(r)) != r {
				return 0, outOfRange(when)
			}
			return int32(r), nil
		}), nil
	}
	return BinaryErr(func(a, b int64) (int64, error) { return f(a, sign*b), nil }), nil
}

func outOfRange(t types.Type) error {
	return diag.Errorf(diag.CodeOverflow, diag.Pos{}, "a sum with an interval leaves the range of %s", t)
}

// AddMonths moves a day by months; the day of the month is cut to the month's length.
func AddMonths(days, months int64) int64 {
	y, m, d := batch.CivilOf(days)
	total := int64(y)*12 + int64(m) - 1 + months
	y = int(floorDiv(total, 12))
	m = int(total-int64(y)*12) + 1
	return batch.DaysOf(y, m, min(d, batch.DaysIn(y, m)))
}

func addWallMonths(wall, months int64) int64 {
	day := floorDiv(wall, batch.MicrosPerDay)
	return AddMonths(day, months)*batch.MicrosPerDay + wall - day*batch.MicrosPerDay
}
