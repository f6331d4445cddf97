package kernel

import (
	"time"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/sql/types"
)

// clock converts between instants and wall-clock time of a zone. It remembers
// the span of the offset it used last, which covers nearly all lookups.
type clock struct {
	zone       *time.Location
	start, end int64 // seconds; the offset holds for start <= s < end
	offset     int64 // microseconds
}

func newClock(zone *time.Location) *clock {
	if zone == nil {
		zone = time.UTC
	}
	return &clock{zone: zone}
}

// wall is the wall-clock time of an instant; both in microseconds.
func (c *clock) wall(instant int64) int64 {
	if s := floorDiv(instant, batch.MicrosPerSecond); s < c.start || s >= c.end {
		c.load(s)
	}
	return instant + c.offset
}

func (c *clock) load(s int64) {
	t := time.Unix(s, 0).In(c.zone)
	_, offset := t.Zone()
	c.offset = int64(offset) * batch.MicrosPerSecond
	c.start, c.end = -1<<62, 1<<62
	from, to := t.ZoneBounds()
	if !from.IsZero() {
		c.start = from.Unix()
	}
	if !to.IsZero() {
		c.end = to.Unix()
	}
}

// instant is the instant of a wall-clock time; of two the earlier, and for a time
// that a clock change skips the one after the gap (as time.Date has it).
func (c *clock) instant(wall int64) int64 {
	if guess := wall - c.offset; c.end > c.start {
		// Far enough from the borders of the span the offset is certain.
		if s := floorDiv(guess, batch.MicrosPerSecond); s >= c.start+2*86400 && s < c.end-2*86400 {
			return guess
		}
	}
	sec := floorDiv(wall, batch.MicrosPerSecond)
	t := time.Unix(sec, 0).UTC()
	u := time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), 0, c.zone).Unix()
	c.load(u)
	return u*batch.MicrosPerSecond + wall - sec*batch.MicrosPerSecond
}

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

// temporal converts among DATE, DATETIME, TIMESTAMP and TIMESTAMP_NTZ.
func (k *caster) temporal() Cast {
	isInstant := func(t types.Type) bool { return t.Kind == types.Datetime || t.Kind == types.Timestamp }
	from, to := k.from, k.to
	switch {
	case isInstant(from) && isInstant(to):
		return k.relabel
	case from.Kind == types.Date && isInstant(to):
		return timeCast(k, func(d int64) int64 { return k.clock.instant(d * batch.MicrosPerDay) })
	case from.Kind == types.Date:
		return timeCast(k, func(d int64) int64 { return d * batch.MicrosPerDay })
	case to.Kind == types.Date:
		return func(buf *batch.Buffers, c *batch.Column, n int) (*batch.Column, error) {
			x := Ints(c)
			return castFixed(k, buf, c, n, func(i int) (int32, bool) {
				w := x[i]
				if isInstant(from) {
					w = k.clock.wall(w)
				}
				return int32(floorDiv(w, batch.MicrosPerDay)), true
			})
		}
	case isInstant(from):
		return timeCast(k, k.clock.wall)
	}
	return timeCast(k, k.clock.instant)
}

func timeCast(k *caster, f func(int64) int64) Cast {
	return func(buf *batch.Buffers, c *batch.Column, n int) (*batch.Column, error) {
		x := Ints(c)
		return castFixed(k, buf, c, n, func(i int) (int64, bool) { return f(x[i]), true })
	}
}

// ParseDate reads yyyy-MM-dd at the beginning of s, zero-padded, and gives the
// day counted from 1970-01-01 and what follows.
func ParseDate(s []byte) (days int64, rest []byte, ok bool) {
	if len(s) < 10 || s[4] != '-' || s[7] != '-' {
		return 0, nil, false
	}
	y, ok1 := digits(s[:4])
	m, ok2 := digits(s[5:7])
	d, ok3 := digits(s[8:10])
	if !ok1 || !ok2 || !ok3 || y < 1 || m < 1 || m > 12 || d < 1 || d > batch.DaysIn(y, m) {
		return 0, nil, false
	}
	return batch.DaysOf(y, m, d), s[10:], true
}

// ParseWall reads yyyy-MM-dd[ HH:mm:ss[.f…]] as microseconds of wall-clock time;
// digits after the sixth of the fraction are dropped.
func ParseWall(s []byte) (micros int64, ok bool) {
	days, s, ok := ParseDate(s)
	if !ok || len(s) == 0 {
		return days * batch.MicrosPerDay, ok
	}
	if len(s) < 9 || s[0] != ' ' || s[3] != ':' || s[6] != ':' {
		return 0, false
	}
	h, ok1 := digits(s[1:3])
	m, ok2 := digits(s[4:6])
	sec, ok3 := digits(s[7:9])
	if !ok1 || !ok2 || !ok3 || h > 23 || m > 59 || sec > 59 {
		return 0, false
	}
	frac := 0
	if s = s[9:]; len(s) > 0 {
		if len(s) < 2 || len(s) > 10 || s[0] != '.' {
			return 0, false
		}
		var ok bool
		if frac, ok = digits(s[1:min(len(s), 7)]); !ok {
			return 0, false
		}
		if _, ok = digits(s[1:]); !ok {
			return 0, false
		}
		for k := len(s); k < 7; k++ {
			frac *= 10
		}
	}
	return days*batch.MicrosPerDay + int64(h*3600+m*60+sec)*batch.MicrosPerSecond + int64(frac), true
}

func digits(s []byte) (int, bool) {
	v := 0
	for _, c := range s {
		if c < '0' || c > '9' {
			return 0, false
		}
		v = v*10 + int(c-'0')
	}
	return v, true
}

// textToDate reads a day. A text that has a time of day too is none but gives NULL,
// also where other texts fail; a setting makes it a day.
func (k *caster) textToDate(buf *batch.Buffers, c *batch.Column, n int) (*batch.Column, error) {
	s, late := TextsOf(c), []int(nil)
	out, err := castFixed(k, buf, c, n, func(i int) (int32, bool) {
		d, rest, ok := ParseDate(s.At(i))
		if ok && len(rest) > 0 {
			if _, ok = ParseWall(s.At(i)); ok && !k.longDates {
				late = append(late, i)
			}
		}
		return int32(d), ok
	})
	if err != nil || len(late) == 0 {
		return out, err
	}
	miss := nulls{valid: out.Valid, n: rowsN(c, n)}
	for _, i := range late {
		miss.set(i)
	}
	r := *out
	r.Valid = miss.valid
	return &r, nil
}
