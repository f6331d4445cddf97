package batch

import "github.com/bixidata/bixi/sql/decimal"

// Take is rows idx of c; a negative index gives NULL. The result may share c's
// buffers and idx: texts come back dictionary-encoded over c with idx as codes,
// a Borrowed dictionary that no keeper may share.
func Take(c *Column, idx []int32) *Column {
	outer := hasNegative(idx)
	switch {
	case c.Enc == Const && !outer:
		out := *c
		out.N = len(idx)
		return &out
	case c.Enc == Const:
		return takeConst(c, idx)
	case c.Enc == Dict:
		codes := make([]int32, len(idx))
		if !outer {
			for i, j := range idx {
				codes[i] = c.Codes[j]
			}
		} else {
			for i, j := range idx {
				if j >= 0 {
					codes[i] = c.Codes[j]
				}
			}
		}
		return &Column{Type: c.Type, Phys: c.Phys, Enc: Dict, N: len(idx), Codes: codes, Dict: c.Dict, Borrowed: c.Borrowed, Valid: takeValid(c, idx, outer)}
	}
	valid := takeValid(c, idx, outer)
	out := &Column{Type: c.Type, Phys: c.Phys, N: len(idx), Valid: valid}
	switch c.Phys {
	case PhysBool:
		bits, src := NewBitmap(len(idx)), c.Bits()
		for i, j := range idx {
			if j >= 0 && src.Get(int(j)) {
				bits.Set(i)
			}
		}
		out.Data = BytesOf(bits)
	case PhysI8:
		out.Data = take[int8](c, idx, outer)
	case PhysI16:
		out.Data = take[int16](c, idx, outer)
	case PhysI32, PhysF32:
		out.Data = take[int32](c, idx, outer)
	case PhysI64, PhysF64:
		out.Data = take[int64](c, idx, outer)
	case PhysI128:
		out.Data = take[decimal.Int128](c, idx, outer)
	case PhysStruct:
		for _, k := range c.Children {
			out.Children = append(out.Children, Take(k, idx))
		}
	default: // PhysBytes, PhysList: refer to the source
		if c.N == 0 {
			return NullColumn(c.Type, len(idx))
		}
		codes := idx
		if outer {
			codes = make([]int32, len(idx))
			for i, j := range idx {
				codes[i] = max(j, 0)
			}
		}
		out.Enc, out.Dict, out.Codes, out.Borrowed = Dict, c, codes, true
	}
	return out
}

func hasNegative(idx []int32) bool {
	var m int32
	for _, j := range idx {
		m |= j
	}
	return m < 0
}

func take[T Fixed](c *Column, idx []int32, outer bool) []byte {
	out := cast[T](Alloc(len(idx) * c.Phys.Width()))
	src := Values[T](c)
	if outer {
		for i, j := range idx {
			if j >= 0 {
				out[i] = src[j]
			}
		}
		return BytesOf(out)
	}
	for i, j := range idx {
		out[i] = src[j]
	}
	return BytesOf(out)
}

func takeValid(c *Column, idx []int32, outer bool) Bitmap {
	if c.Valid == nil && !outer {
		return nil
	}
	out := NewBitmap(len(idx))
	for i, j := range idx {
		if j >= 0 && (c.Valid == nil || c.Valid.Get(int(j))) {
			out.Set(i)
		}
	}
	return out
}

func takeConst(c *Column, idx []int32) *Column {
	if c.IsNull(0) {
		return NullColumn(c.Type, len(idx))
	}
	one := *c
	one.Enc, one.N = Flat, 1
	codes := make([]int32, len(idx))
	valid := NewBitmap(len(idx))
	for i, j := range idx {
		if j >= 0 {
			valid.Set(i)
		}
	}
	out := FromCodes(&one, codes, valid)
	out.Borrowed = true
	return out
}

// Slice is rows [from, to) of c, sharing its buffers where bits allow.
func Slice(c *Column, from, to int) *Column {
	if from == 0 && to == c.N {
		return c
	}
	out := *c
	out.N = to - from
	if c.Enc == Const {
		return &out
	}
	out.Valid = c.Valid.Slice(from, to)
	if c.Enc == Dict {
		out.Codes = c.Codes[from:to:to]
		return &out
	}
	switch c.Phys {
	case PhysBool:
		out.Data = BytesOf(c.Bits().Slice(from, to))
	case PhysBytes, PhysList:
		out.Offsets = c.Offsets[from : to+1 : to+1]
	case PhysStruct:
		out.Children = make([]*Column, len(c.Children))
		for i, k := range c.Children {
			out.Children[i] = Slice(k, from, to)
		}
	default:
		w := c.Phys.Width()
		out.Data = c.Data[from*w : to*w : to*w]
	}
	return &out
}

// Flatten is c as a Flat column; c itself if it is one. Offsets of a flat column
// need not begin at zero.
func Flatten(c *Column) *Column {
	if c.Enc == Flat {
		return c
	}
	b := NewBuilder(c.Type)
	b.Append(c, nil)
	out := b.Finish()
	return out
}

// Clone is a copy of c that shares no buffer but a dictionary that lasts.
func Clone(c *Column) *Column {
	switch c.Enc {
	case Const:
		one := *c
		one.Enc, one.N = Flat, 1
		out := *Clone(&one)
		out.Enc, out.N = Const, c.N
		return &out
	case Dict:
		if !c.Lasts() {
			return Flatten(c)
		}
		out := *c
		out.Codes = append([]int32(nil), c.Codes...)
		out.Valid = c.Valid.Clone(c.N)
		return &out
	}
	b := NewBuilder(c.Type)
	b.Append(c, nil)
	return b.Finish()
}
