package parquet

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math/bits"

	pq "github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/encoding"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/sql/decimal"
	"github.com/bixidata/bixi/sql/types"
)

// canRead says why values stored as lt cannot be read as target, or nil. Types
// widen as tables allow columns to; texts, binaries and JSON are the same bytes;
// so are the timestamps the same microseconds.
func canRead(lt leafType, target types.Type) error {
	from := lt.natural
	ok := from.Kind == target.Kind
	switch {
	case from.Kind == types.Decimal && target.Kind == types.Decimal:
		ok = from.Scale == target.Scale && from.Precision <= target.Precision
	case from.IsInteger() && target.IsInteger():
		// Tables may declare TINYINT over a file's INT32: Iceberg knows no less.
		ok = from.Kind <= target.Kind || from.Kind <= types.Int && target.Kind < from.Kind
	case isBytes(from) && isBytes(target), isMicros(from) && isMicros(target):
		ok = true
	case from.Kind == types.Float && target.Kind == types.Double,
		from.Kind == types.Int && target.Kind == types.IntervalMonth,
		from.Kind == types.BigInt && target.Kind == types.IntervalDay:
		ok = true
	}
	if !ok {
		return fmt.Errorf("%s values cannot be read as %s", from, target)
	}
	return nil
}

func isBytes(t types.Type) bool {
	return t.IsText() || t.Kind == types.Binary || t.Kind == types.JSON
}

func isMicros(t types.Type) bool {
	return t.Kind >= types.Datetime && t.Kind <= types.TimestampNTZ
}

func (u timeUnit) toMicros(v int64) int64 {
	switch u {
	case millis:
		return v * 1000
	case nanos:
		q := v / 1000
		if v%1000 < 0 {
			q--
		}
		return q
	}
	return v
}

var errShort = errors.New("a page holds fewer values than it says")

// dense converts values [from, to) of a decoded page to a flat column of the
// target type without NULLs. Where the representations agree the column is a
// view of the page; otherwise it is in mem, which the next call reuses.
func dense(lt leafType, target types.Type, vals *encoding.Values, from, to int, mem *scratch) (*batch.Column, error) {
	switch lt.kind {
	case pq.Boolean:
		return denseBits(target, vals.Boolean(), from, to, mem)
	case pq.Int32:
		if to > len(vals.Int32()) {
			return nil, errShort
		}
		return denseInts(lt, target, vals.Int32()[from:to], mem)
	case pq.Int64:
		if to > len(vals.Int64()) {
			return nil, errShort
		}
		return denseLongs(lt, target, vals.Int64()[from:to], mem)
	case pq.Int96:
		return denseInt96(target, vals, from, to, mem)
	case pq.Float:
		if to > len(vals.Float()) {
			return nil, errShort
		}
		src := vals.Float()[from:to]
		if target.Kind == types.Double {
			return widen(target, batch.PhysF64, src, fixed[float64](mem, len(src))), nil
		}
		return batch.FromValues(target, batch.PhysF32, src, nil), nil
	case pq.Double:
		if to > len(vals.Double()) {
			return nil, errShort
		}
		return batch.FromValues(target, batch.PhysF64, vals.Double()[from:to], nil), nil
	case pq.ByteArray:
		data, offsets := vals.ByteArray()
		if to >= len(offsets) {
			return nil, errShort
		}
		offs := signed(offsets[from : to+1])
		if target.Kind == types.Decimal {
			return denseDecimals(target, to-from, func(i int) []byte { return data[offs[i]:offs[i+1]] }, mem)
		}
		return batch.FromBytes(target, data, offs, nil), nil
	case pq.FixedLenByteArray:
		return denseFixed(target, vals, from, to, mem)
	}
	return nil, fmt.Errorf("values of kind %s", lt.kind)
}

// signed views offsets, which a page's size keeps below 2^31, as int32.
func signed(v []uint32) []int32 {
	if len(v) == 0 {
		return nil
	}
	return viewInt32(v)
}

func denseBits(target types.Type, src []byte, from, to int, mem *scratch) (*batch.Column, error) {
	if to > 8*len(src) {
		return nil, errShort
	}
	out := mem.bitmap(to - from)
	b, shift := src[from/8:], uint(from%8)
	for i := range out {
		out[i] = word(b, 8*i) >> shift
		if shift != 0 && len(b) > 8*i+8 {
			out[i] |= uint64(b[8*i+8]) << (64 - shift)
		}
	}
	return batch.FromBits(out, to-from, nil), nil
}

// word is the eight bytes of b from i on, zeros past its end.
func word(b []byte, i int) uint64 {
	if i+8 <= len(b) {
		return binary.LittleEndian.Uint64(b[i:])
	}
	var tail [8]byte
	copy(tail[:], b[min(i, len(b)):])
	return binary.LittleEndian.Uint64(tail[:])
}

func widen[S, T batch.Fixed](t types.Type, p batch.Phys, src []S, dst []T) *batch.Column {
	switch d := any(dst).(type) {
	case []float64:
		for i, v := range any(src).([]float32) {
			d[i] = float64(v)
		}
	case []int64:
		for i, v := range any(src).([]int32) {
			d[i] = int64(v)
		}
	case []int16:
		for i, v := range any(src).([]int32) {
			d[i] = int16(v)
		}
	case []int8:
		for i, v := range any(src).([]int32) {
			d[i] = int8(v)
		}
	}
	return batch.FromValues(t, p, dst, nil)
}

func denseInts(lt leafType, target types.Type, src []int32, mem *scratch) (*batch.Column, error) {
	n := len(src)
	switch batch.PhysOf(target) {
	case batch.PhysI8:
		return widen(target, batch.PhysI8, src, fixed[int8](mem, n)), nil
	case batch.PhysI16:
		return widen(target, batch.PhysI16, src, fixed[int16](mem, n)), nil
	case batch.PhysI32:
		return batch.FromValues(target, batch.PhysI32, src, nil), nil
	}
	dst := fixed[int64](mem, n)
	if lt.unsigned {
		for i, v := range src {
			dst[i] = int64(uint32(v))
		}
		return batch.FromValues(target, batch.PhysI64, dst, nil), nil
	}
	return widen(target, batch.PhysI64, src, dst), nil
}

func denseLongs(lt leafType, target types.Type, src []int64, mem *scratch) (*batch.Column, error) {
	switch {
	case lt.unit != micros:
		dst := fixed[int64](mem, len(src))
		for i, v := range src {
			dst[i] = lt.unit.toMicros(v)
		}
		src = dst
	case lt.unsigned:
		var negative int64
		for _, v := range src {
			negative |= v
		}
		if negative < 0 {
			dst := fixed[decimal.Int128](mem, len(src))
			for i, v := range src {
				dst[i] = decimal.Int128{Lo: uint64(v)}
			}
			return batch.FromValues(target, batch.PhysI128, dst, nil), nil
		}
	}
	return batch.FromValues(target, batch.PhysI64, src, nil), nil
}

// denseInt96 reads the timestamps of old writers: nanoseconds of the day, Julian day.
func denseInt96(target types.Type, vals *encoding.Values, from, to int, mem *scratch) (*batch.Column, error) {
	const epoch = 2440588 // the Julian day of 1970-01-01
	src := vals.Int96()
	if to > len(src) {
		return nil, errShort
	}
	dst := fixed[int64](mem, to-from)
	for i, v := range src[from:to] {
		ns := int64(v[1])<<32 | int64(v[0])
		dst[i] = (int64(int32(v[2]))-epoch)*86_400_000_000 + nanos.toMicros(ns)
	}
	return batch.FromValues(target, batch.PhysI64, dst, nil), nil
}

func denseFixed(target types.Type, vals *encoding.Values, from, to int, mem *scratch) (*batch.Column, error) {
	data, size := vals.FixedLenByteArray()
	if size <= 0 || to*size > len(data) {
		return nil, errShort
	}
	data = data[from*size : to*size]
	n := to - from
	if target.Kind == types.Decimal {
		if size == 16 {
			return denseWide(target, data, n, mem), nil
		}
		return denseDecimals(target, n, func(i int) []byte { return data[i*size : (i+1)*size] }, mem)
	}
	offsets := make([]int32, n+1)
	for i := range offsets {
		offsets[i] = int32(i * size)
	}
	return batch.FromBytes(target, data, offsets, nil), nil
}

// denseDecimals reads big-endian decimals, narrow as long as all of them fit.
func denseDecimals(target types.Type, n int, at func(int) []byte, mem *scratch) (*batch.Column, error) {
	wide := fixed[decimal.Int128](mem, n)
	fits := true
	for i := range wide {
		v, err := bigEndian(at(i))
		if err != nil {
			return nil, err
		}
		wide[i] = v
		fits = fits && v.FitsInt64()
	}
	return narrowed(target, wide, fits), nil
}

// denseWide reads the decimals of 16 bytes that we and most others write.
func denseWide(target types.Type, data []byte, n int, mem *scratch) *batch.Column {
	wide := fixed[decimal.Int128](mem, n)
	var lost int64 // not zero if a value takes more than 64 bits
	for i := range wide {
		b := data[16*i : 16*i+16]
		hi, lo := int64(binary.BigEndian.Uint64(b)), binary.BigEndian.Uint64(b[8:])
		wide[i] = decimal.Int128{Hi: hi, Lo: lo}
		lost |= hi ^ int64(lo)>>63
	}
	return narrowed(target, wide, lost == 0)
}

// narrowed is the column of the values, 64-bit if they fit.
func narrowed(target types.Type, wide []decimal.Int128, fits bool) *batch.Column {
	if !fits {
		return batch.FromValues(target, batch.PhysI128, wide, nil)
	}
	// Narrowing in place: value i moves to where no unread value is.
	narrow := viewInt64(wide)[:len(wide)]
	for i := range narrow {
		narrow[i] = wide[i].Int64()
	}
	return batch.FromValues(target, batch.PhysI64, narrow, nil)
}

// bigEndian reads a two's-complement integer of up to 16 significant bytes.
func bigEndian(b []byte) (decimal.Int128, error) {
	if len(b) == 16 {
		return decimal.Int128{Hi: int64(binary.BigEndian.Uint64(b)), Lo: binary.BigEndian.Uint64(b[8:])}, nil
	}
	if len(b) == 0 {
		return decimal.Int128{}, nil
	}
	sign := uint64(int64(int8(b[0])) >> 63)
	hi, lo := sign, sign
	for i, x := range b {
		if len(b)-i > 16 {
			if uint64(int64(int8(x))) != sign || (len(b)-i == 17 && b[i+1]>>7 != uint8(sign&1)) {
				return decimal.Int128{}, errors.New("a DECIMAL of more than 128 bits")
			}
			continue
		}
		hi, _ = bits.Add64(hi<<8, lo>>56, 0)
		lo = lo<<8 | uint64(x)
	}
	return decimal.Int128{Hi: int64(hi), Lo: lo}, nil
}
