package batch

import (
	"slices"

	"github.com/bixidata/bixi/sql/decimal"
	"github.com/bixidata/bixi/sql/types"
)

// Builder appends rows of columns of one type to a flat, owned column.
//
// A DECIMAL builder is narrow (PhysI64) until a PhysI128 column arrives.
type Builder struct {
	typ      types.Type
	phys     Phys
	n        int
	data     []byte // fixed width; texts
	offsets  []int32
	bits     Bitmap // PhysBool
	valid    Bitmap // nil: no NULL so far
	children []*Builder
	rows     []int32 // of the batch being appended
}

// NewBuilder makes an empty builder.
func NewBuilder(t types.Type) *Builder {
	b := &Builder{typ: t}
	b.reset()
	return b
}

func (b *Builder) reset() {
	*b = Builder{typ: b.typ, phys: PhysOf(b.typ), rows: b.rows}
	if b.typ.Kind == types.Decimal {
		b.phys = PhysI64
	}
	switch b.phys {
	case PhysBytes:
		b.offsets = []int32{0}
	case PhysList:
		b.offsets = []int32{0}
		b.children = []*Builder{NewBuilder(elemType(b.typ))}
	case PhysStruct:
		for _, f := range b.typ.Fields {
			b.children = append(b.children, NewBuilder(f.Type))
		}
	}
}

// Len is the number of rows held.
func (b *Builder) Len() int { return b.n }

// Size is the bytes held, the room to grow into included.
func (b *Builder) Size() int64 {
	n := int64(cap(b.data)) + 4*int64(cap(b.offsets)) + 8*int64(cap(b.bits)+cap(b.valid))
	for _, k := range b.children {
		n += k.Size()
	}
	return n
}

// Growth is about the most bytes that appending n rows of c allocates: while a
// buffer moves to a larger one, both are held.
func (b *Builder) Growth(c *Column, n int) int64 {
	size := grown(8*len(b.valid), 8*cap(b.valid), n/8+8)
	switch b.phys {
	case PhysBool:
		return size + grown(8*len(b.bits), 8*cap(b.bits), n/8+8)
	case PhysList, PhysStruct:
		return b.Size() + c.Size()
	case PhysBytes:
		return size + grown(4*len(b.offsets), 4*cap(b.offsets), 4*n) + grown(len(b.data), cap(b.data), textBytes(c, n))
	case PhysI64:
		if c.Phys == PhysI128 { // the builder will be widened
			return size + PhysI128.growth(2*len(b.data), 0, n)
		}
	}
	return size + b.phys.growth(len(b.data), cap(b.data), n)
}

func (p Phys) growth(used, room, n int) int64 { return grown(used, room, n*p.Width()) }

// grown is the size of the buffer that more bytes make necessary, 0 if there is room.
func grown(used, room, more int) int64 {
	if used+more <= room {
		return 0
	}
	return int64(nextCap(used+more, room))
}

// nextCap is the capacity after room for at least need bytes: double while it is
// small, half as much again later.
func nextCap(need, room int) int {
	if room < 1<<20 {
		return max(need, 2*room, 256)
	}
	return max(need, room+room/2)
}

// textBytes is about the bytes that n rows of c have.
func textBytes(c *Column, n int) int {
	switch {
	case c.N == 0:
		return 0
	case c.Enc == Flat:
		return int(c.Offsets[c.N] - c.Offsets[0])
	}
	d, _ := c.Index(0)
	values := len(d.Offsets) - 1
	return n * (int(d.Offsets[values]-d.Offsets[0])/max(values, 1) + 1)
}

// Append copies the rows of c that sel lists, or all of them when sel is nil.
// Negative positions append NULL.
func (b *Builder) Append(c *Column, sel []int32) {
	n := c.N
	if sel != nil {
		n = len(sel)
	}
	if n == 0 {
		return
	}
	if sel != nil && hasNegative(sel) {
		c, sel = Take(c, sel), nil
	}
	b.appendValid(c, sel, n)
	if b.phys == PhysI64 && c.Phys == PhysI128 {
		b.widen()
	}
	switch c.Phys {
	case PhysBool:
		b.appendBits(c, sel, n)
	case PhysI8:
		appendFixed[int8](b, c, sel, n)
	case PhysI16:
		appendFixed[int16](b, c, sel, n)
	case PhysI32, PhysF32:
		appendFixed[int32](b, c, sel, n)
	case PhysI64, PhysF64:
		if b.phys == PhysI128 {
			b.appendWidened(c, sel, n)
		} else {
			appendFixed[int64](b, c, sel, n)
		}
	case PhysI128:
		appendFixed[decimal.Int128](b, c, sel, n)
	case PhysBytes:
		b.appendTexts(c, sel, n)
	case PhysList:
		b.appendLists(c, sel, n)
	case PhysStruct:
		for i := range b.children {
			b.children[i].Append(structChild(c, i), sel)
		}
	}
	b.n += n
}

// structChild is field i of c with c's encoding.
func structChild(c *Column, i int) *Column {
	switch c.Enc {
	case Dict:
		return Take(c.Dict.Children[i], c.Codes)
	case Const:
		one := *c.Children[i]
		one.Enc, one.N = Const, c.N
		return &one
	}
	return c.Children[i]
}

// at maps row k of the rows to append to a place in the flat column behind c.
func at(c *Column, sel []int32, k int) int {
	i := k
	if sel != nil {
		i = int(sel[k])
	}
	switch c.Enc {
	case Dict:
		return int(c.Codes[i])
	case Const:
		return 0
	}
	return i
}

func (b *Builder) appendValid(c *Column, sel []int32, n int) {
	if c.Valid == nil {
		if b.valid != nil {
			b.valid = growBitmap(b.valid, b.n+n)
			b.valid.CopyBits(b.n, nil, 0, n)
		}
		return
	}
	if b.valid == nil {
		b.valid = growBitmap(nil, b.n+n)
		b.valid.CopyBits(0, nil, 0, b.n)
	} else {
		b.valid = growBitmap(b.valid, b.n+n)
	}
	if sel == nil && c.Enc != Const {
		b.valid.CopyBits(b.n, c.Valid, 0, n)
		return
	}
	for k := 0; k < n; k++ {
		i := k
		if sel != nil {
			i = int(sel[k])
		}
		b.valid.SetTo(b.n+k, !c.IsNull(i))
	}
}

// growBitmap makes b hold n bits; new words are clear.
func growBitmap(b Bitmap, n int) Bitmap {
	for len(b) < words(n) {
		b = append(b, 0)
	}
	return b
}

// Grow makes room for n more values, and for bytes of them if they vary in size,
// so that appending these moves nothing.
func (b *Builder) Grow(n, bytes int) {
	switch b.phys {
	case PhysBytes:
		b.offsets = slices.Grow(b.offsets, n)
	case PhysBool, PhysList, PhysStruct:
		return
	default:
		bytes = n * b.phys.Width()
	}
	if need := len(b.data) + bytes; need > cap(b.data) {
		grown := Room(need)
		hugePages(grown)
		b.data = grown[:copy(grown, b.data)]
	}
}

// extend lengthens data by n bytes, keeping 8-byte alignment, and gives the new part.
func (b *Builder) extend(n int) []byte {
	old := len(b.data)
	if old+n > cap(b.data) {
		grown := Room(nextCap(old+n, cap(b.data)))
		copy(grown, b.data)
		b.data = grown
	}
	b.data = b.data[: old+n : cap(b.data)]
	return b.data[old:]
}

func appendFixed[T Fixed](b *Builder, c *Column, sel []int32, n int) {
	out := cast[T](b.extend(n * c.Phys.Width()))
	switch {
	case c.Enc == Const:
		v := Values[T](c)[0]
		for i := range out {
			out[i] = v
		}
	case c.Enc == Dict && sel == nil:
		src := Values[T](c.Dict)
		for i, j := range c.Codes[:n] {
			out[i] = src[j]
		}
	case c.Enc == Dict:
		src := Values[T](c.Dict)
		for i, j := range sel {
			out[i] = src[c.Codes[j]]
		}
	case sel == nil:
		copy(out, Values[T](c))
	default:
		src := Values[T](c)
		for i, j := range sel {
			out[i] = src[j]
		}
	}
}

func (b *Builder) appendWidened(c *Column, sel []int32, n int) {
	out := cast[decimal.Int128](b.extend(n * PhysI128.Width()))
	d, _ := c.Index(0)
	src := Values[int64](d)
	for k := range out {
		out[k] = decimal.FromInt64(src[at(c, sel, k)])
	}
}

// widen turns the narrow decimals held into 128-bit ones.
func (b *Builder) widen() {
	old := cast[int64](b.data)
	wide := make([]decimal.Int128, len(old))
	for i, v := range old {
		wide[i] = decimal.FromInt64(v)
	}
	b.data, b.phys = BytesOf(wide), PhysI128
}

func (b *Builder) appendBits(c *Column, sel []int32, n int) {
	b.bits = growBitmap(b.bits, b.n+n)
	if sel == nil && c.Enc == Flat {
		b.bits.CopyBits(b.n, c.Bits(), 0, n)
		return
	}
	d, _ := c.Index(0)
	bits := d.Bits()
	for k := 0; k < n; k++ {
		b.bits.SetTo(b.n+k, bits.Get(at(c, sel, k)))
	}
}

func (b *Builder) appendTexts(c *Column, sel []int32, n int) {
	if sel == nil && c.Enc == Flat {
		lo, hi := c.Offsets[0], c.Offsets[n]
		base := int32(len(b.data)) - lo
		copy(b.extend(int(hi-lo)), c.Data[lo:hi])
		for _, o := range c.Offsets[1 : n+1] {
			b.offsets = append(b.offsets, o+base)
		}
		return
	}
	d, _ := c.Index(0)
	rows, total := b.flatRows(c, sel, n), 0
	for _, j := range rows {
		total += int(d.Offsets[j+1] - d.Offsets[j])
	}
	pos := len(b.data)
	b.extend(total)
	b.offsets = slices.Grow(b.offsets, n)
	ends, data := b.offsets[len(b.offsets):][:n], b.data[:cap(b.data)]
	for k, j := range rows {
		lo, hi := int(d.Offsets[j]), int(d.Offsets[j+1])
		moveText(data[pos:], d.Data, lo, hi)
		pos += hi - lo
		ends[k] = int32(pos)
	}
	b.offsets = b.offsets[:len(b.offsets)+n]
}

// flatRows gives for each row to append its place in the flat column behind c.
func (b *Builder) flatRows(c *Column, sel []int32, n int) []int32 {
	switch {
	case c.Enc == Flat && sel != nil:
		return sel
	case c.Enc == Dict && sel == nil:
		return c.Codes[:n]
	}
	b.rows = slices.Grow(b.rows[:0], n)[:n]
	for k := range b.rows {
		b.rows[k] = int32(at(c, sel, k))
	}
	return b.rows
}

func (b *Builder) appendLists(c *Column, sel []int32, n int) {
	d, _ := c.Index(0)
	pos := b.offsets[len(b.offsets)-1]
	var idx []int32
	for k := 0; k < n; k++ {
		j := at(c, sel, k)
		for e := d.Offsets[j]; e < d.Offsets[j+1]; e++ {
			idx = append(idx, e)
		}
		b.offsets = append(b.offsets, pos+int32(len(idx)))
	}
	if len(idx) > 0 {
		b.children[0].Append(d.Children[0], idx)
	}
}

// AppendNull appends n NULLs.
func (b *Builder) AppendNull(n int) { b.Append(NullColumn(b.typ, n), nil) }

// AppendDatum appends one value; for literals, edges and tests.
func (b *Builder) AppendDatum(v types.Datum) { b.Append(DatumColumn(b.typ, v, 1), nil) }

// Finish gives the rows as a flat column and empties the builder.
func (b *Builder) Finish() *Column {
	c := &Column{Type: b.typ, Phys: b.phys, N: b.n, Valid: b.valid, Data: b.data, Offsets: b.offsets}
	if b.phys == PhysBool {
		c.Data = BytesOf(b.bits)
	}
	for _, k := range b.children {
		c.Children = append(c.Children, k.Finish())
	}
	b.reset()
	return c
}

// Reuse lets an empty builder append to the memory of c, which Finish gave and nobody
// uses any more.
func (b *Builder) Reuse(c *Column) {
	switch b.phys {
	case PhysBool, PhysList, PhysStruct:
		return
	case PhysBytes:
		b.offsets = c.Offsets[:1]
	}
	b.data = c.Data[:0]
}

// DatumColumn is n rows of v as a constant column.
func DatumColumn(t types.Type, v types.Datum, n int) *Column {
	if v == nil {
		return NullColumn(t, n)
	}
	c := emptyValue(t)
	switch c.Phys {
	case PhysBool:
		c.Bits().SetTo(0, v.(bool))
	case PhysI8:
		Values[int8](c)[0] = int8(v.(int64))
	case PhysI16:
		Values[int16](c)[0] = int16(v.(int64))
	case PhysI32:
		Values[int32](c)[0] = int32(v.(int64))
	case PhysI64:
		if d, ok := v.(decimal.Int128); ok {
			v = d.Int64()
		}
		Values[int64](c)[0] = v.(int64)
	case PhysF32:
		Values[float32](c)[0] = float32(v.(float64))
	case PhysF64:
		Values[float64](c)[0] = v.(float64)
	case PhysI128:
		d := v.(decimal.Int128)
		if d.FitsInt64() {
			c = NewFixedAs(t, PhysI64, 1)
			Values[int64](c)[0] = d.Int64()
		} else {
			Values[decimal.Int128](c)[0] = d
		}
	case PhysBytes:
		s := v.(string)
		c = FromBytes(t, []byte(s), []int32{0, int32(len(s))}, nil)
	case PhysList:
		c = listColumn(t, v.([]types.Datum))
	case PhysStruct:
		for i, f := range v.([]types.Datum) {
			one := *DatumColumn(t.Fields[i].Type, f, 1)
			one.Enc = Flat
			c.Children[i] = &one
		}
	}
	c.Enc, c.N = Const, n
	return c
}

func listColumn(t types.Type, vals []types.Datum) *Column {
	child := NewBuilder(elemType(t))
	if t.Kind == types.Map {
		for i := 0; i < len(vals); i += 2 {
			child.AppendDatum([]types.Datum{vals[i], vals[i+1]})
		}
	} else {
		for _, v := range vals {
			child.AppendDatum(v)
		}
	}
	k := child.Finish()
	return &Column{Type: t, Phys: PhysList, N: 1, Offsets: []int32{0, int32(k.N)}, Children: []*Column{k}}
}
