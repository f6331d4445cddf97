package mapreduce

import (
	"fmt"
	"slices"
	"time"
	"unsafe"

	"github.com/bixidata/bixi/batch"
)

// dictionary keeps the texts of a column's dictionary, which many batches share.
type dictionary struct {
	of    *batch.Column
	texts []string
}

// decode fills rows with the values of cols. Texts and bytes are copied out of the
// batch, so that the values may be kept.
func decode[T any](c *codec, cols []*batch.Column, rows []T) error {
	base := unsafe.Pointer(unsafe.SliceData(rows))
	for i := range c.fields {
		if err := c.fields[i].load(cols[i], base, c.size, len(rows)); err != nil {
			return err
		}
	}
	return nil
}

// load stores column col into the field of n values, which lie at base and are
// size bytes apart.
func (f *field) load(col *batch.Column, base unsafe.Pointer, size uintptr, n int) error {
	if n == 0 {
		return nil
	}
	if !f.nullable() && col.HasNulls() {
		for i := range n {
			if col.IsNull(i) {
				return fmt.Errorf("column %s is NULL in a row, and its field cannot be: make it a pointer", f.name)
			}
		}
	}
	at := place{unsafe.Add(base, f.offset), size, f.pointer}
	switch f.kind {
	case kindString:
		scatter(f.strings(col, n), col, at)
		return nil
	case kindBytes:
		scatter(byteSlices(col, n), col, at)
		return nil
	}
	flat := batch.Flatten(col)
	switch f.kind {
	case kindBool:
		vals, bits := make([]bool, n), flat.Bits()
		for i := range vals {
			vals[i] = bits.Get(i)
		}
		scatter(vals, flat, at)
	case kindTime:
		vals := make([]time.Time, n)
		for i, v := range batch.Values[int64](flat)[:n] {
			vals[i] = time.UnixMicro(v).UTC()
		}
		scatter(vals, flat, at)
	case kindInt8:
		loadFixed[int8](flat, at, n)
	case kindInt16:
		loadFixed[int16](flat, at, n)
	case kindInt32:
		loadFixed[int32](flat, at, n)
	case kindInt64:
		loadFixed[int64](flat, at, n)
	case kindFloat32:
		loadFixed[float32](flat, at, n)
	case kindFloat64:
		loadFixed[float64](flat, at, n)
	}
	return nil
}

// place is where the field of the first value lies, and how far it is to the next.
type place struct {
	first   unsafe.Pointer
	stride  uintptr
	pointer bool
}

// get is the address of the field in value i.
func (p place) get(i int) unsafe.Pointer { return unsafe.Add(p.first, uintptr(i)*p.stride) }

func loadFixed[T batch.Fixed](flat *batch.Column, at place, n int) {
	vals := batch.Values[T](flat)[:n]
	if at.pointer {
		vals = slices.Clone(vals) // the batch's memory is used again
	}
	scatter(vals, flat, at)
}

// scatter stores vals, or pointers to them, into the fields. A field of a NULL row
// becomes nil.
func scatter[T any](vals []T, col *batch.Column, at place) {
	if at.pointer {
		for i := range vals {
			p := &vals[i]
			if col.IsNull(i) {
				p = nil
			}
			*(**T)(at.get(i)) = p
		}
		return
	}
	for i := range vals {
		*(*T)(at.get(i)) = vals[i]
	}
}

// strings copies the texts of a column: into one string, of which they are parts.
func (f *field) strings(col *batch.Column, n int) []string {
	switch col.Enc {
	case batch.Dict:
		if col.Borrowed || col.Dict.N > 4*batch.TargetRows && col.Dict != f.dict.of {
			break
		}
		if f.dict.of != col.Dict {
			f.dict = dictionary{col.Dict, texts(col.Dict, col.Dict.N)}
		}
		out := make([]string, n)
		for i, code := range col.Codes[:n] {
			out[i] = f.dict.texts[code]
		}
		return out
	}
	return texts(batch.Flatten(col), n)
}

func texts(flat *batch.Column, n int) []string {
	out := make([]string, n)
	lo := flat.Offsets[0]
	all := string(flat.Data[lo:flat.Offsets[n]])
	for i := range out {
		out[i] = all[flat.Offsets[i]-lo : flat.Offsets[i+1]-lo]
	}
	return out
}

// byteSlices is the same for bytes. NULL is a nil slice.
func byteSlices(col *batch.Column, n int) [][]byte {
	flat := batch.Flatten(col)
	out := make([][]byte, n)
	lo := flat.Offsets[0]
	all := append([]byte{}, flat.Data[lo:flat.Offsets[n]]...)
	for i := range out {
		if !flat.IsNull(i) {
			from, to := flat.Offsets[i]-lo, flat.Offsets[i+1]-lo
			out[i] = all[from:to:to]
		}
	}
	return out
}
