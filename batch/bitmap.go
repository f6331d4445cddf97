package batch

import "math/bits"

// Bitmap is Arrow's bit order in 64-bit words: bit i is bit i%64 of word i/64.
// Bits past the length it is used with are unspecified.
type Bitmap []uint64

func words(n int) int { return (n + 63) / 64 }

// NewBitmap makes n clear bits.
func NewBitmap(n int) Bitmap { return make(Bitmap, words(n)) }

// NewBitmapSet makes n set bits.
func NewBitmapSet(n int) Bitmap {
	b := NewBitmap(n)
	for i := range b {
		b[i] = ^uint64(0)
	}
	return b
}

// Get is bit i.
func (b Bitmap) Get(i int) bool { return b[uint(i)/64]>>(uint(i)%64)&1 != 0 }

// Set sets bit i.
func (b Bitmap) Set(i int) { b[uint(i)/64] |= 1 << (uint(i) % 64) }

// Clear clears bit i.
func (b Bitmap) Clear(i int) { b[uint(i)/64] &^= 1 << (uint(i) % 64) }

// SetTo sets bit i to v.
func (b Bitmap) SetTo(i int, v bool) {
	if v {
		b.Set(i)
	} else {
		b.Clear(i)
	}
}

// Count is the number of set bits among the first n.
func (b Bitmap) Count(n int) int {
	c := 0
	for _, w := range b[:n/64] {
		c += bits.OnesCount64(w)
	}
	if n%64 != 0 {
		c += bits.OnesCount64(b[n/64] & (1<<(uint(n)%64) - 1))
	}
	return c
}

// Clone copies the words for n bits.
func (b Bitmap) Clone(n int) Bitmap {
	if b == nil {
		return nil
	}
	return append(Bitmap(nil), b[:words(n)]...)
}

// Slice copies bits [from, to) to a bitmap that starts at bit 0.
func (b Bitmap) Slice(from, to int) Bitmap {
	if b == nil {
		return nil
	}
	n := to - from
	if from%64 == 0 {
		return b[from/64 : from/64+words(n) : from/64+words(n)]
	}
	out := NewBitmap(n)
	w, s := from/64, uint(from%64)
	for i := range out {
		out[i] = b[w+i] >> s
		if w+i+1 < len(b) {
			out[i] |= b[w+i+1] << (64 - s)
		}
	}
	return out
}

// And is the conjunction of two validity bitmaps of n bits, where nil means all set.
func And(a, b Bitmap, n int) Bitmap {
	if a == nil {
		return b
	}
	if b == nil {
		return a
	}
	out := make(Bitmap, words(n))
	for i := range out {
		out[i] = a[i] & b[i]
	}
	return out
}

// Selected appends the positions of the set bits among the first n to sel.
func (b Bitmap) Selected(n int, sel []int32) []int32 {
	for i, w := range b[:words(n)] {
		if i == n/64 {
			w &= 1<<(uint(n)%64) - 1
		}
		base := int32(i * 64)
		if w == ^uint64(0) {
			for k := int32(0); k < 64; k++ {
				sel = append(sel, base+k)
			}
			continue
		}
		for w != 0 {
			sel = append(sel, base+int32(bits.TrailingZeros64(w)))
			w &= w - 1
		}
	}
	return sel
}

// CopyBits copies n bits of src from bit from to b at bit at. A nil src copies set bits.
func (b Bitmap) CopyBits(at int, src Bitmap, from, n int) {
	for i := 0; i < n; {
		if (at+i)%64 == 0 && n-i >= 64 && (src == nil || (from+i)%64 == 0) {
			w := ^uint64(0)
			if src != nil {
				w = src[(from+i)/64]
			}
			b[(at+i)/64] = w
			i += 64
			continue
		}
		b.SetTo(at+i, src == nil || src.Get(from+i))
		i++
	}
}
