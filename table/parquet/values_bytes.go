package parquet

import (
	"bytes"
	"encoding/binary"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/table/sketch"
)

// bytesWriter is the valueWriter of texts and binaries.
type bytesWriter struct {
	hll   sketch.HyperLogLog
	plain bool
	dict  bytesDict
	kept  int // dictionary entries that finished pages of this row group may refer to
	total int
	codes []int32
	bytes int    // of the texts that codes stand for
	vals  []byte // PLAIN
	nvals int

	known  remap
	used   []bool
	rle    []byte
	lo, hi []byte // of vals
}

func (w *bytesWriter) count() int { return len(w.codes) + w.nvals }
func (w *bytesWriter) size() int  { return len(w.vals) + w.bytes + 4*len(w.codes) }

func (w *bytesWriter) distinct() *sketch.HyperLogLog { return &w.hll }

func (w *bytesWriter) reset() {
	w.dict.reset()
	w.known.forget()
	w.kept, w.total = 0, 0
}

func (w *bytesWriter) add(c *batch.Column, idx []int32) {
	n := c.N
	if idx != nil {
		n = len(idx)
	}
	if n == 0 {
		return
	}
	if w.plain {
		w.addPlain(c, idx, n)
		return
	}
	w.addCodes(c, idx, n)
	if len(w.dict.data) > dictMaxBytes || !dictPays(w.dict.len(), w.total) {
		w.abandon()
	}
}

func (w *bytesWriter) addPlain(c *batch.Column, idx []int32, n int) {
	d := held(c)
	for k := 0; k < n; k++ {
		j := place(c, idx, k)
		v := d.Data[d.Offsets[j]:d.Offsets[j+1]]
		w.hll.AddBytes(v)
		w.appendPlain(v)
	}
}

// appendPlain adds v to the plain page. The bounds are kept as copies: the
// page's memory may move.
func (w *bytesWriter) appendPlain(v []byte) {
	switch {
	case w.nvals == 0:
		w.lo, w.hi = append(w.lo[:0], v...), append(w.hi[:0], v...)
	case bytes.Compare(v, w.lo) < 0:
		w.lo = append(w.lo[:0], v...)
	case bytes.Compare(v, w.hi) > 0:
		w.hi = append(w.hi[:0], v...)
	}
	w.nvals++
	w.vals = binary.LittleEndian.AppendUint32(w.vals, uint32(len(v)))
	w.vals = append(w.vals, v...)
}

func (w *bytesWriter) addCodes(c *batch.Column, idx []int32, n int) {
	w.total += n
	at := len(w.codes)
	w.codes = append(w.codes, make([]int32, n)...)
	out := w.codes[at:]
	switch c.Enc {
	case batch.Const:
		v := c.Bytes(0)
		code := w.code(v)
		for i := range out {
			out[i] = code
		}
		w.bytes += n * len(v)
	case batch.Dict:
		w.known.use(c.Dict)
		for i := range out {
			j := c.Codes[i]
			if idx != nil {
				j = c.Codes[idx[i]]
			}
			if w.known.codes[j] < 0 {
				w.known.codes[j] = w.code(c.Dict.Bytes(int(j)))
			}
			out[i] = w.known.codes[j]
			w.bytes += int(c.Dict.Offsets[j+1] - c.Dict.Offsets[j])
		}
	default:
		for i := range out {
			j := i
			if idx != nil {
				j = int(idx[i])
			}
			v := c.Data[c.Offsets[j]:c.Offsets[j+1]]
			out[i] = w.code(v)
			w.bytes += len(v)
		}
	}
}

func (w *bytesWriter) code(v []byte) int32 {
	code, added := w.dict.code(v)
	if added {
		w.hll.AddBytes(v)
	}
	return code
}

// abandon turns the open page plain and gives the dictionary up.
func (w *bytesWriter) abandon() {
	w.plain = true
	for _, c := range w.codes {
		w.appendPlain(w.dict.at(c))
	}
	w.codes, w.bytes = w.codes[:0], 0
}

func (w *bytesWriter) finish(dst []byte) ([]byte, bool, pageBounds) {
	if len(w.codes) == 0 { // plain, or nothing but NULLs
		dst = append(dst, w.vals...)
		b := pageBounds{w.lo, w.hi, w.nvals > 0}
		w.vals, w.nvals = w.vals[:0], 0
		return dst, false, b
	}
	w.kept = w.dict.len()
	b := w.codeBounds()
	w.rle = encodeCodes(w.rle, w.codes)
	w.codes, w.bytes = w.codes[:0], 0
	return append(dst, w.rle...), true, b
}

func (w *bytesWriter) codeBounds() pageBounds {
	var b pageBounds
	w.used = usedCodes(w.codes, w.dict.len(), w.used)
	for c, u := range w.used {
		if !u {
			continue
		}
		v := w.dict.at(int32(c))
		if !b.ok || bytes.Compare(v, b.lo) < 0 {
			b.lo = v[:len(v):len(v)]
		}
		if !b.ok || bytes.Compare(v, b.hi) > 0 {
			b.hi = v[:len(v):len(v)]
		}
		b.ok = true
	}
	return b
}

func (w *bytesWriter) dictionary(dst []byte) ([]byte, int) {
	for c := range w.kept {
		v := w.dict.at(int32(c))
		dst = binary.LittleEndian.AppendUint32(dst, uint32(len(v)))
		dst = append(dst, v...)
	}
	return dst, w.kept
}

// bitsWriter is the valueWriter of BOOLEAN; it has no dictionary.
type bitsWriter struct {
	hll  sketch.HyperLogLog
	bits []byte
	n    int
	seen [2]bool
}

func (w *bitsWriter) count() int                    { return w.n }
func (w *bitsWriter) size() int                     { return w.n / 8 }
func (w *bitsWriter) distinct() *sketch.HyperLogLog { return &w.hll }
func (w *bitsWriter) reset()                        {}

func (w *bitsWriter) dictionary(dst []byte) ([]byte, int) { return dst, 0 }

func (w *bitsWriter) add(c *batch.Column, idx []int32) {
	n := c.N
	if idx != nil {
		n = len(idx)
	}
	if n == 0 {
		return
	}
	bits := held(c).Bits()
	for k := range n {
		if w.n%8 == 0 {
			w.bits = append(w.bits, 0)
		}
		if bits.Get(place(c, idx, k)) {
			w.bits[w.n/8] |= 1 << (w.n % 8)
			w.seen[1] = true
		} else {
			w.seen[0] = true
		}
		w.n++
	}
}

func (w *bitsWriter) finish(dst []byte) ([]byte, bool, pageBounds) {
	dst = append(dst, w.bits...)
	var b pageBounds
	if w.n > 0 {
		b = pageBounds{[]byte{0}, []byte{1}, true}
		if !w.seen[0] {
			b.lo = []byte{1}
		}
		if !w.seen[1] {
			b.hi = []byte{0}
		}
	}
	for v, seen := range w.seen {
		if seen {
			w.hll.AddInt(int64(v))
		}
	}
	w.bits, w.n, w.seen = w.bits[:0], 0, [2]bool{}
	return dst, false, b
}
