package text

import (
	"bytes"
	"math"
	"strconv"
	"time"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/sql/decimal"
	"github.com/bixidata/bixi/sql/types"
)

// column gathers the values of one column.
type column interface {
	// add reads a value; false: the text is none of the column's type. An empty
	// text is NULL where it is no value.
	add(text []byte) bool
	null()
	// finish gives the values and empties the column.
	finish() *batch.Column
}

func newColumn(t types.Type, zone *time.Location) column {
	if t.IsText() {
		return &textColumn{}
	}
	return &valueColumn{t: t, b: batch.NewBuilder(t), zone: zone}
}

// textColumn gathers texts as they are.
type textColumn struct {
	data    []byte
	offsets []int32
	nulls   []int
}

func (c *textColumn) add(text []byte) bool {
	if len(c.data)+len(text) > math.MaxInt32 {
		return false
	}
	c.data = append(c.data, text...)
	c.offsets = append(c.offsets, int32(len(c.data)))
	return true
}

func (c *textColumn) null() {
	c.nulls = append(c.nulls, len(c.offsets))
	c.offsets = append(c.offsets, int32(len(c.data)))
}

func (c *textColumn) finish() *batch.Column {
	var valid batch.Bitmap
	if len(c.nulls) > 0 {
		valid = batch.NewBitmapSet(len(c.offsets))
		for _, i := range c.nulls {
			valid.Clear(i)
		}
	}
	out := batch.FromBytes(types.StringType, c.data, append([]int32{0}, c.offsets...), valid)
	*c = textColumn{}
	return out
}

// valueColumn gathers values of other types.
type valueColumn struct {
	t    types.Type
	b    *batch.Builder
	zone *time.Location
}

func (c *valueColumn) null() { c.b.AppendNull(1) }

func (c *valueColumn) finish() *batch.Column { return c.b.Finish() }

func (c *valueColumn) add(text []byte) bool {
	text = bytes.TrimSpace(text)
	if len(text) == 0 {
		c.null()
		return true
	}
	v, ok := parse(string(text), c.t, c.zone)
	if ok {
		c.b.AppendDatum(v)
	}
	return ok
}

// bits is the size of integers and floats.
var bits = map[types.Kind]int{
	types.TinyInt: 8, types.SmallInt: 16, types.Int: 32, types.BigInt: 64, types.Float: 32, types.Double: 64,
}

// parse reads a value of type t.
func parse(text string, t types.Type, zone *time.Location) (types.Datum, bool) {
	switch t.Kind {
	case types.Boolean:
		v, err := strconv.ParseBool(text)
		return v, err == nil
	case types.TinyInt, types.SmallInt, types.Int, types.BigInt:
		v, err := strconv.ParseInt(text, 10, bits[t.Kind])
		return v, err == nil
	case types.Float, types.Double:
		return parseFloat(text, bits[t.Kind])
	case types.Decimal:
		v, verdict := decimal.Parse([]byte(text), t.Precision, t.Scale)
		return v, verdict == decimal.OK
	case types.Date:
		at, err := time.Parse(time.DateOnly, text)
		return at.Unix() / 86400, err == nil
	case types.Datetime, types.Timestamp:
		at, ok := parseTime(text, zone)
		return at.UnixMicro(), ok
	case types.TimestampNTZ:
		at, ok := parseTime(text, time.UTC)
		return at.UnixMicro(), ok
	}
	return nil, false
}

// parseFloat reads what results print, and no more of what Go reads: neither
// hexadecimal numbers nor underscores.
func parseFloat(text string, size int) (types.Datum, bool) {
	for _, c := range []byte(text) {
		if c != '.' && c != '-' && c != '+' && c != 'e' && c != 'E' && (c < '0' || c > '9') {
			switch text {
			case "NaN":
				return math.NaN(), true
			case "Infinity":
				return math.Inf(1), true
			case "-Infinity":
				return math.Inf(-1), true
			}
			return nil, false
		}
	}
	v, err := strconv.ParseFloat(text, size)
	return v, err == nil
}

// timeLayouts are the forms of points in time; a fraction of the second is read
// without being named.
var timeLayouts = []string{time.DateTime, "2006-01-02T15:04:05", time.RFC3339, time.DateOnly}

func parseTime(text string, zone *time.Location) (time.Time, bool) {
	for _, layout := range timeLayouts {
		if at, err := time.ParseInLocation(layout, text, zone); err == nil {
			return at, true
		}
	}
	return time.Time{}, false
}
