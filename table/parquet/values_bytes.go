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
	bytes int // of the texts that codes stand for
	page  plainTexts

	known remap
	used  []bool
	rle   []byte
}

func (w *bytesWriter) count() int { return len(w.codes) + w.page.n }
func (w *bytesWriter) size() int  { return len(w.page.data) + w.bytes + 4*len(w.codes) }

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
		w.page.add(c, idx, n, &w.hll)
		return
	}
	w.addCodes(c, idx, n)
	if len(w.dict.data) > dictMaxBytes || !dictPays(w.dict.len(), w.total) {
		w.abandon()
	}
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
		w.page.append(w.dict.at(c))
	}
	w.codes, w.bytes = w.codes[:0], 0
}

func (w *bytesWriter) finish(dst []byte) ([]byte, bool, pageBounds) {
	if len(w.codes) == 0 { // plain, or nothing but NULLs
		dst = append(dst, w.page.data...)
		return dst, false, w.page.finish()
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
