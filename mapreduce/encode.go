package mapreduce

import (
	"bytes"
	"strings"
	"time"
	"unsafe"

	"github.com/bixidata/bixi/batch"
)

// rows collects emitted values until they are encoded as columns.
type rows[T any] struct {
	codec *codec
	vals  []T
	bytes int // of texts and bytes
}

func newRows[T any](c *codec) *rows[T] {
	return &rows[T]{codec: c, vals: make([]T, 0, batch.TargetRows)}
}

// Rows are encoded when there are enough of them, or of their bytes.
const maxRowBytes = 4 << 20

func (r *rows[T]) full() bool { return len(r.vals) >= batch.TargetRows || r.bytes >= maxRowBytes }

// add appends v. What v points to is copied: the program may change it.
func (r *rows[T]) add(v T) {
	if r.codec.aliased {
		r.codec.own(unsafe.Pointer(&v))
	}
	if r.codec.varying {
		r.bytes += r.codec.textBytes(unsafe.Pointer(&v))
	}
	r.vals = append(r.vals, v)
}

// columns encodes the rows and forgets them.
func (r *rows[T]) columns() []*batch.Column {
	base := unsafe.Pointer(unsafe.SliceData(r.vals))
	out := make([]*batch.Column, len(r.codec.fields))
	for i := range r.codec.fields {
		out[i] = r.codec.fields[i].store(base, r.codec.size, len(r.vals))
	}
	clear(r.vals) // lets go of texts
	r.vals, r.bytes = r.vals[:0], 0
	return out
}

// store makes a column of the field of n values at base, size bytes apart.
func (f *field) store(base unsafe.Pointer, size uintptr, n int) *batch.Column {
	at := place{unsafe.Add(base, f.offset), size, f.pointer}
	t := kindTypes[f.kind]
	p := batch.PhysOf(t)
	switch f.kind {
	case kindBool:
		vals, valid := gather[bool](at, n)
		bits := batch.NewBitmap(n)
		for i, v := range vals {
			if v {
				bits.Set(i)
			}
		}
		return batch.FromBits(bits, n, valid)
	case kindInt8:
		return storeFixed[int8](f, at, n)
	case kindInt16:
		return storeFixed[int16](f, at, n)
	case kindInt32:
		return storeFixed[int32](f, at, n)
	case kindInt64:
		return storeFixed[int64](f, at, n)
	case kindFloat32:
		return storeFixed[float32](f, at, n)
	case kindFloat64:
		return storeFixed[float64](f, at, n)
	case kindTime:
		times, valid := gather[time.Time](at, n)
		vals := make([]int64, n)
		for i, v := range times {
			vals[i] = v.UnixMicro()
		}
		return batch.FromValues(t, p, vals, valid)
	case kindString:
		vals, valid := gather[string](at, n)
		data, offsets := joined(vals)
		return batch.FromBytes(t, data, offsets, valid)
	}
	vals, valid := gather[[]byte](at, n)
	for i, v := range vals {
		if v == nil {
			valid = clearBit(valid, i, n)
		}
	}
	data, offsets := joined(vals)
	return batch.FromBytes(t, data, offsets, valid)
}

func storeFixed[T batch.Fixed](f *field, at place, n int) *batch.Column {
	vals, valid := gather[T](at, n)
	t := kindTypes[f.kind]
	return batch.FromValues(t, batch.PhysOf(t), vals, valid)
}

// gather collects a field; valid is nil if none is nil.
func gather[T any](at place, n int) (vals []T, valid batch.Bitmap) {
	vals = make([]T, n)
	if !at.pointer {
		for i := range vals {
			vals[i] = *(*T)(at.get(i))
		}
		return vals, nil
	}
	for i := range vals {
		if p := *(**T)(at.get(i)); p != nil {
			vals[i] = *p
		} else {
			valid = clearBit(valid, i, n)
		}
	}
	return vals, valid
}

func clearBit(b batch.Bitmap, i, n int) batch.Bitmap {
	if b == nil {
		b = batch.NewBitmapSet(n)
	}
	b.Clear(i)
	return b
}

func joined[S string | []byte](vals []S) (data []byte, offsets []int32) {
	total := 0
	for _, v := range vals {
		total += len(v)
	}
	data, offsets = batch.Alloc(total)[:0], make([]int32, len(vals)+1)
	for i, v := range vals {
		data = append(data, v...)
		offsets[i+1] = int32(len(data))
	}
	return data, offsets
}

// textBytes is the size of the texts and bytes of a value.
func (c *codec) textBytes(v unsafe.Pointer) int {
	n := 0
	for i := range c.fields {
		f := &c.fields[i]
		if f.kind != kindString && f.kind != kindBytes {
			continue
		}
		p := unsafe.Add(v, f.offset)
		if f.pointer {
			if p = *(*unsafe.Pointer)(p); p == nil {
				continue
			}
		}
		if f.kind == kindString {
			n += len(*(*string)(p))
		} else {
			n += len(*(*[]byte)(p))
		}
	}
	return n
}

// own replaces what v points to by copies, except texts.
func (c *codec) own(v unsafe.Pointer) {
	for i := range c.fields {
		f := &c.fields[i]
		p := unsafe.Add(v, f.offset)
		switch f.kind {
		case kindBool:
			ownPointer[bool](p, f)
		case kindInt8:
			ownPointer[int8](p, f)
		case kindInt16:
			ownPointer[int16](p, f)
		case kindInt32:
			ownPointer[int32](p, f)
		case kindInt64:
			ownPointer[int64](p, f)
		case kindFloat32:
			ownPointer[float32](p, f)
		case kindFloat64:
			ownPointer[float64](p, f)
		case kindTime:
			ownPointer[time.Time](p, f)
		case kindString:
			ownPointer[string](p, f)
		case kindBytes:
			if b := ownPointer[[]byte](p, f); b != nil {
				*b = bytes.Clone(*b)
			}
		}
	}
}

// ownPointer copies what the pointer at p points to, and gives where the value is.
func ownPointer[T any](p unsafe.Pointer, f *field) *T {
	if !f.pointer {
		return (*T)(p)
	}
	old := *(**T)(p)
	if old == nil {
		return nil
	}
	fresh := new(T)
	*fresh = *old
	*(**T)(p) = fresh
	return fresh
}

// detach replaces the texts of v by copies, so that keeping v does not keep the
// batch they are part of.
func (c *codec) detach(v unsafe.Pointer) {
	for i := range c.fields {
		f := &c.fields[i]
		if f.kind != kindString {
			continue
		}
		p := (*string)(unsafe.Add(v, f.offset))
		if f.pointer {
			if p = *(**string)(unsafe.Pointer(p)); p == nil {
				continue
			}
		}
		*p = strings.Clone(*p)
	}
}
