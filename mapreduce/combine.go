package mapreduce

import (
	"encoding/binary"
	"math"
	"slices"
	"time"
	"unsafe"
)

// combiner keeps the values of a bounded number of keys and applies the user's
// combiner to them before they are passed on. Keys leave in the order they came, so
// that the output follows from the input alone.
type combiner[K, V any] struct {
	user       Reducer[K, V, V]
	ctx        *Context
	key, value *codec
	out        *mapOutput[K, V]
	limit      int

	index   map[string]int32
	entries []combineEntry[K, V]
	free    [][]V  // value lists to use again
	scratch []byte // the encoded key
	held    int    // values held
	bytes   int    // of keys and values that are texts

	emitInto *[]V
	emit     func(V)
	err      error // the user's, met inside emit
	in       int64 // pairs taken
}

type combineEntry[K, V any] struct {
	key    K
	values []V
}

const (
	defaultCombinerKeys = 64 << 10
	combineAt           = 256     // values of one key
	maxHeldValues       = 1 << 20 // of all keys
	maxHeldBytes        = 64 << 20
)

func newCombiner[K, V any](s mapSide[K, V], ctx *Context, out *mapOutput[K, V]) *combiner[K, V] {
	c := &combiner[K, V]{user: perTask(s.combiner), ctx: ctx, key: s.key, value: s.value, out: out, limit: s.combinerKeys, index: map[string]int32{}}
	if c.limit <= 0 {
		c.limit = defaultCombinerKeys
	}
	c.emit = func(v V) {
		*c.emitInto = append(*c.emitInto, c.keep(v))
	}
	if setup, ok := c.user.(Setup); ok {
		c.err = setup.Setup(ctx)
	}
	return c
}

// keep makes a value that may be held while its batch is forgotten.
func (c *combiner[K, V]) keep(v V) V {
	if c.value.aliased {
		c.value.own(unsafe.Pointer(&v))
	}
	if c.value.varying {
		c.bytes += c.value.textBytes(unsafe.Pointer(&v))
		c.value.detach(unsafe.Pointer(&v))
	}
	return v
}

// add takes an emitted pair. Errors of the user's combiner end the task after the
// row being mapped.
func (c *combiner[K, V]) add(t *task, k K, v V) {
	if c.err != nil {
		return
	}
	c.in++
	c.scratch = c.key.appendKey(c.scratch[:0], unsafe.Pointer(&k))
	at, ok := c.index[string(c.scratch)]
	if !ok {
		if len(c.entries) >= c.limit || c.bytes >= maxHeldBytes {
			if c.err = c.flush(t); c.err != nil {
				return
			}
		}
		at = c.insert(k)
	}
	e := &c.entries[at]
	e.values = append(e.values, c.keep(v))
	c.held++
	switch {
	case len(e.values) >= combineAt:
		c.err = c.shrink(e)
	case c.held >= maxHeldValues:
		c.err = c.relieve(t)
	}
}

func (c *combiner[K, V]) insert(k K) int32 {
	if c.key.aliased {
		c.key.own(unsafe.Pointer(&k))
	}
	if c.key.varying {
		c.bytes += len(c.scratch)
		c.key.detach(unsafe.Pointer(&k))
	}
	var values []V
	if n := len(c.free); n > 0 {
		values, c.free = c.free[n-1], c.free[:n-1]
	}
	at := int32(len(c.entries))
	c.entries = append(c.entries, combineEntry[K, V]{k, values})
	c.index[string(c.scratch)] = at
	return at
}

// shrink combines the values of a key in place.
func (c *combiner[K, V]) shrink(e *combineEntry[K, V]) error {
	before := len(e.values)
	var out []V
	c.emitInto = &out
	if err := c.user.Reduce(c.ctx, e.key, slices.Values(e.values), c.emit); err != nil {
		return err
	}
	clear(e.values)
	e.values = append(e.values[:0], out...)
	c.held += len(out) - before
	return nil
}

// relieve makes room when many keys hold few values each.
func (c *combiner[K, V]) relieve(t *task) error {
	for i := range c.entries {
		if err := c.shrink(&c.entries[i]); err != nil {
			return err
		}
	}
	if c.held < maxHeldValues/2 {
		return nil
	}
	return c.flush(t)
}

// flush passes everything on and empties the cache.
func (c *combiner[K, V]) flush(t *task) error {
	for i := range c.entries {
		e := &c.entries[i]
		if len(e.values) > 1 {
			if err := c.shrink(e); err != nil {
				return err
			}
		}
		for _, v := range e.values {
			c.out.emit(t, e.key, v)
		}
		clear(e.values)
		if cap(e.values) > 0 && cap(e.values) <= 64 {
			c.free = append(c.free, e.values[:0])
		}
	}
	clear(c.entries)
	c.entries = c.entries[:0]
	clear(c.index)
	c.held, c.bytes = 0, 0
	return nil
}

func (c *combiner[K, V]) finish(t *task) error {
	if c.err == nil {
		c.err = c.flush(t)
	}
	if c.err != nil {
		return c.err
	}
	c.ctx.Counter(frameworkGroup, "combine_input_records").Add(c.in)
	c.ctx.Counter(frameworkGroup, "combine_output_records").Add(c.out.emitted)
	if cleanup, ok := c.user.(Cleanup); ok {
		return cleanup.Cleanup(c.ctx)
	}
	return nil
}

// appendKey encodes a key so that different keys have different encodings.
func (c *codec) appendKey(dst []byte, v unsafe.Pointer) []byte {
	if len(c.fields) == 1 && c.fields[0].kind == kindString && !c.fields[0].pointer {
		return append(dst, *(*string)(unsafe.Add(v, c.fields[0].offset))...)
	}
	for i := range c.fields {
		f := &c.fields[i]
		p := unsafe.Add(v, f.offset)
		if f.pointer {
			if p = *(*unsafe.Pointer)(p); p == nil {
				dst = append(dst, 0)
				continue
			}
			dst = append(dst, 1)
		}
		dst = f.appendValue(dst, p)
	}
	return dst
}

func (f *field) appendValue(dst []byte, p unsafe.Pointer) []byte {
	switch f.kind {
	case kindBool, kindInt8:
		return append(dst, *(*byte)(p))
	case kindInt16:
		return binary.LittleEndian.AppendUint16(dst, *(*uint16)(p))
	case kindInt32:
		return binary.LittleEndian.AppendUint32(dst, *(*uint32)(p))
	case kindInt64:
		return binary.LittleEndian.AppendUint64(dst, *(*uint64)(p))
	case kindFloat32:
		return binary.LittleEndian.AppendUint32(dst, math.Float32bits(*(*float32)(p)))
	case kindFloat64:
		return binary.LittleEndian.AppendUint64(dst, math.Float64bits(*(*float64)(p)))
	case kindTime:
		return binary.LittleEndian.AppendUint64(dst, uint64((*(*time.Time)(p)).UnixMicro()))
	case kindString:
		s := *(*string)(p)
		return append(binary.AppendUvarint(dst, uint64(len(s))), s...)
	}
	b := *(*[]byte)(p)
	if b == nil {
		return append(dst, 0)
	}
	return append(binary.AppendUvarint(dst, uint64(len(b))+1), b...)
}
