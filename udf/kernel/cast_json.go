package kernel

import (
	"encoding/json"
	"math"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/sql/types"
)

// toJSON makes a JSON scalar of a value: of a text the JSON string that says it.
// json_parse reads a text instead.
func (k *caster) toJSON() Cast {
	from := k.from
	if !from.IsText() && !from.IsNumeric() && from.Kind != types.Boolean {
		return nil
	}
	return func(buf *batch.Buffers, c *batch.Column, n int) (*batch.Column, error) {
		return k.texts(buf, c, n, func(dst []byte, i int) ([]byte, bool) {
			switch {
			case from.IsText():
				return batch.AppendJSONString(dst, c.Bytes(i)), true
			case from.IsFloating():
				if f := Floats(c)[i]; math.IsNaN(f) || math.IsInf(f, 0) {
					return dst, false
				}
			}
			return batch.AppendText(dst, c, i, k.clock.zone), true
		})
	}
}

// fromJSON gives what a JSON scalar says; JSON null is NULL. Other JSON is only
// a text.
func (k *caster) fromJSON() Cast {
	to := k.to
	if to.IsText() {
		return func(buf *batch.Buffers, c *batch.Column, n int) (*batch.Column, error) {
			text, err := k.jsonTexts(buf, c, n)
			if err != nil {
				return nil, err
			}
			inner := &caster{from: types.StringType, to: to, clock: k.clock, lenient: k.lenient}
			return inner.toText(buf, text, n)
		}
	}
	if !to.IsNumeric() && to.Kind != types.Boolean {
		return nil
	}
	inner := &caster{from: types.StringType, to: to, clock: k.clock, lenient: k.lenient}
	cast := inner.fromText()
	if to.Kind == types.Boolean {
		cast = textCast(inner, func(s []byte) (bool, bool) { return string(s) == "true", string(s) == "true" || string(s) == "false" })
	}
	return func(buf *batch.Buffers, c *batch.Column, n int) (*batch.Column, error) {
		text, err := k.jsonTexts(buf, c, n)
		if err != nil {
			return nil, err
		}
		return cast(buf, text, n)
	}
}

// jsonTexts is a JSON column as STRING: strings without quotes, null as NULL.
func (k *caster) jsonTexts(buf *batch.Buffers, c *batch.Column, n int) (*batch.Column, error) {
	t := &caster{from: k.from, to: types.StringType, clock: k.clock, lenient: true}
	return t.texts(buf, c, n, func(dst []byte, i int) ([]byte, bool) {
		v := trimSpace(c.Bytes(i))
		if string(v) == "null" {
			return dst, false
		}
		if len(v) == 0 || v[0] != '"' {
			return append(dst, v...), true
		}
		var s string
		if json.Unmarshal(v, &s) != nil {
			return append(dst, v...), true
		}
		return append(dst, s...), true
	})
}

// texts appends value by value; f gives false for a value without counterpart.
func (k *caster) texts(buf *batch.Buffers, c *batch.Column, n int, f func(dst []byte, i int) ([]byte, bool)) (*batch.Column, error) {
	if c.AllNull() {
		return batch.NullColumn(k.to, n), nil
	}
	rows := rowsN(c, n)
	data, offsets := buf.Get(12 * rows)[:0], batch.SliceOf[int32](buf, rows+1)
	offsets[0] = 0
	miss := nulls{valid: c.Valid, n: rows}
	for i := range rows {
		if !miss.skip(i) {
			var ok bool
			if data, ok = f(data, i); !ok {
				if !k.lenient {
					return nil, k.bad(c, i)
				}
				miss.set(i)
			}
		}
		if len(data) > math.MaxInt32 {
			return nil, tooLong(n)
		}
		offsets[i+1] = int32(len(data))
	}
	return k.finish(batch.FromBytes(k.to, data, offsets, miss.valid), c, n), nil
}
