package parquet

import (
	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/table/sketch"
)

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
