package parquet

import (
	"encoding/binary"
	"math"
	"unsafe"

	"github.com/parquet-go/parquet-go/encoding/rle"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/sql/decimal"
	"github.com/bixidata/bixi/table/sketch"
)

// fixedOrder says how the bits of fixed-width values compare.
type fixedOrder uint8

const (
	orderInt32 fixedOrder = iota
	orderInt64
	orderFloat
	orderDouble
	orderInt128
)

// fixedWriter is the valueWriter of fixed-width values.
type fixedWriter[T plainValue] struct {
	order fixedOrder
	hll   sketch.HyperLogLog
	plain bool // no dictionary any more
	dict  fixedDict[T]
	kept  int // dictionary entries that finished pages of this row group may refer to
	total int // values of this row group in codes
	codes []int32
	vals  []T
	seen  int // dictionary entries already in the sketch

	known remap
	buf   []T
	used  []bool
	rle   []byte
	bound [2][16]byte
}

func newFixed[T plainValue](order fixedOrder) *fixedWriter[T] {
	return &fixedWriter[T]{order: order}
}

func (w *fixedWriter[T]) width() int { var zero T; return int(unsafe.Sizeof(zero)) }

func (w *fixedWriter[T]) count() int { return len(w.codes) + len(w.vals) }
func (w *fixedWriter[T]) size() int  { return w.width() * w.count() }

func (w *fixedWriter[T]) distinct() *sketch.HyperLogLog { return &w.hll }

func (w *fixedWriter[T]) reset() {
	w.dict.reset()
	w.known.forget()
	w.kept, w.total, w.seen = 0, 0, 0
}

func (w *fixedWriter[T]) add(c *batch.Column, idx []int32) {
	n := c.N
	if idx != nil {
		n = len(idx)
	}
	if n == 0 {
		return
	}
	if !w.plain {
		w.addCodes(c, idx, n)
		if len(w.dict.values)*w.width() > dictMaxBytes || !dictPays(len(w.dict.values), w.total) {
			w.abandon()
		}
		return
	}
	w.buf = plainValues(c, idx, n, w.buf)
	addDistinct(&w.hll, w.order, w.buf)
	w.vals = append(w.vals, w.buf...)
}

func (w *fixedWriter[T]) addCodes(c *batch.Column, idx []int32, n int) {
	w.total += n
	at := len(w.codes)
	w.codes = append(w.codes, make([]int32, n)...)
	out := w.codes[at:]
	switch c.Enc {
	case batch.Const:
		w.buf = plainValues(c, nil, 1, w.buf)
		code := w.dict.code(w.buf[0])
		for i := range out {
			out[i] = code
		}
	case batch.Dict:
		w.known.use(c.Dict)
		for i := range out {
			j := c.Codes[i]
			if idx != nil {
				j = c.Codes[idx[i]]
			}
			if w.known.codes[j] < 0 {
				w.buf = plainValues(c.Dict, []int32{j}, 1, w.buf)
				w.known.codes[j] = w.dict.code(w.buf[0])
			}
			out[i] = w.known.codes[j]
		}
	default:
		w.buf = plainValues(c, idx, n, w.buf)
		for i, v := range w.buf {
			out[i] = w.dict.code(v)
		}
	}
}

// abandon turns the open page plain and gives the dictionary up.
func (w *fixedWriter[T]) abandon() {
	w.sketchDict()
	w.plain = true
	w.vals = w.vals[:0]
	for _, c := range w.codes {
		w.vals = append(w.vals, w.dict.values[c])
	}
	w.codes = w.codes[:0]
}

func (w *fixedWriter[T]) sketchDict() {
	addDistinct(&w.hll, w.order, w.dict.values[w.seen:])
	w.seen = len(w.dict.values)
}

func (w *fixedWriter[T]) finish(dst []byte) ([]byte, bool, pageBounds) {
	if w.count() == len(w.vals) { // plain, or nothing but NULLs
		b := w.bounds(w.vals)
		dst = appendPlain(dst, w.vals)
		w.vals = w.vals[:0]
		return dst, false, b
	}
	w.kept = len(w.dict.values)
	w.sketchDict()
	w.used = usedCodes(w.codes, len(w.dict.values), w.used)
	w.buf = w.buf[:0]
	for c, u := range w.used {
		if u {
			w.buf = append(w.buf, w.dict.values[c])
		}
	}
	b := w.bounds(w.buf)
	w.rle = encodeCodes(w.rle, w.codes)
	w.codes = w.codes[:0]
	return append(dst, w.rle...), true, b
}

func (w *fixedWriter[T]) dictionary(dst []byte) ([]byte, int) {
	return appendPlain(dst, w.dict.values[:w.kept]), w.kept
}

// encodeCodes is the body of a dictionary page's codes.
func encodeCodes(dst []byte, codes []int32) []byte {
	dst, err := (&rle.DictionaryEncoding{}).EncodeInt32(dst, codes)
	if err != nil {
		panic(err) // codes are never negative, so every width is valid
	}
	return dst
}

// appendPlain appends the PLAIN encoding: little-endian, but big-endian for decimals.
func appendPlain[T plainValue](dst []byte, vals []T) []byte {
	if wide, ok := any(vals).([]decimal.Int128); ok {
		for _, v := range wide {
			dst = binary.BigEndian.AppendUint64(dst, uint64(v.Hi))
			dst = binary.BigEndian.AppendUint64(dst, v.Lo)
		}
		return dst
	}
	return append(dst, batch.BytesOf(vals)...)
}

func (w *fixedWriter[T]) bounds(vals []T) pageBounds {
	if len(vals) == 0 {
		return pageBounds{}
	}
	lo, hi := w.bound[0][:0], w.bound[1][:0]
	switch w.order {
	case orderInt32:
		a, b := minMax(viewAs[int32](vals))
		lo, hi = binary.LittleEndian.AppendUint32(lo, uint32(a)), binary.LittleEndian.AppendUint32(hi, uint32(b))
	case orderInt64:
		a, b := minMax(viewAs[int64](vals))
		lo, hi = binary.LittleEndian.AppendUint64(lo, uint64(a)), binary.LittleEndian.AppendUint64(hi, uint64(b))
	case orderFloat:
		a, b, ok := floatBounds(viewAs[float32](vals))
		if !ok {
			return pageBounds{}
		}
		lo, hi = binary.LittleEndian.AppendUint32(lo, math.Float32bits(a)), binary.LittleEndian.AppendUint32(hi, math.Float32bits(b))
	case orderDouble:
		a, b, ok := floatBounds(viewAs[float64](vals))
		if !ok {
			return pageBounds{}
		}
		lo, hi = binary.LittleEndian.AppendUint64(lo, math.Float64bits(a)), binary.LittleEndian.AppendUint64(hi, math.Float64bits(b))
	case orderInt128:
		wide := any(vals).([]decimal.Int128)
		a, b := wide[0], wide[0]
		for _, v := range wide {
			if v.Cmp(a) < 0 {
				a = v
			}
			if v.Cmp(b) > 0 {
				b = v
			}
		}
		lo, hi = appendPlain(lo, []decimal.Int128{a}), appendPlain(hi, []decimal.Int128{b})
	}
	return pageBounds{lo, hi, true}
}

func minMax[T int32 | int64](v []T) (lo, hi T) {
	lo, hi = v[0], v[0]
	for _, x := range v {
		lo, hi = min(lo, x), max(hi, x)
	}
	return lo, hi
}

// floatBounds bounds the values that are numbers. NaNs lie outside any bounds,
// so a page that holds one has none: readers could not find it otherwise. A
// zero bound is written with the sign that covers zeros of both.
func floatBounds[T float32 | float64](v []T) (lo, hi T, ok bool) {
	lo, hi = v[0], v[0]
	for _, x := range v {
		if x != x {
			return 0, 0, false
		}
		lo, hi = min(lo, x), max(hi, x)
	}
	if lo == 0 {
		lo = T(math.Copysign(0, -1))
	}
	if hi == 0 {
		hi = 0
	}
	return lo, hi, true
}

func viewAs[D, S any](v []S) []D {
	return unsafe.Slice((*D)(unsafe.Pointer(unsafe.SliceData(v))), len(v))
}

func addDistinct[T plainValue](h *sketch.HyperLogLog, order fixedOrder, vals []T) {
	switch order {
	case orderInt32:
		for _, v := range viewAs[int32](vals) {
			h.AddInt(int64(v))
		}
	case orderInt64:
		for _, v := range viewAs[int64](vals) {
			h.AddInt(v)
		}
	case orderFloat:
		for _, v := range viewAs[float32](vals) {
			h.AddFloat(float64(v))
		}
	case orderDouble:
		for _, v := range viewAs[float64](vals) {
			h.AddFloat(v)
		}
	case orderInt128:
		for _, v := range any(vals).([]decimal.Int128) {
			h.AddWide(v.Lo, v.Hi)
		}
	}
}
