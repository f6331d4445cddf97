package kernel

import "github.com/bixidata/bixi/batch"

// Not complements a into out, which may be a.
func Not(a, out batch.Bitmap) {
	for i := range out {
		out[i] = ^a[i]
	}
}

// Truth is a BOOLEAN column of n rows as two bitmaps: where it is true and where
// it is false. A row in neither is NULL. Three-valued logic is plain logic on them.
type Truth struct {
	True, False batch.Bitmap
	n           int
}

// TruthOf splits c.
func TruthOf(c *batch.Column, n int) Truth {
	t := Truth{batch.NewBitmap(n), batch.NewBitmap(n), n}
	if c.Enc == batch.Const {
		switch {
		case c.IsNull(0):
		case c.Bits().Get(0):
			t.True = batch.NewBitmapSet(n)
		default:
			t.False = batch.NewBitmapSet(n)
		}
		return t
	}
	bits := c.Bits()
	for i := range t.True {
		valid := ^uint64(0)
		if c.Valid != nil {
			valid = c.Valid[i]
		}
		t.True[i], t.False[i] = bits[i]&valid, ^bits[i]&valid
	}
	return t
}

// And is the conjunction, left in t.
func (t Truth) And(u Truth) {
	for i := range t.True {
		t.True[i] &= u.True[i]
		t.False[i] |= u.False[i]
	}
}

// Or is the disjunction, left in t.
func (t Truth) Or(u Truth) {
	for i := range t.True {
		t.True[i] |= u.True[i]
		t.False[i] &= u.False[i]
	}
}

// Column is t as a BOOLEAN column; it keeps t's bitmaps.
func (t Truth) Column() *batch.Column {
	all := ^uint64(0)
	valid := batch.NewBitmap(t.n)
	for i := range valid {
		valid[i] = t.True[i] | t.False[i]
		if i == len(valid)-1 && t.n%64 != 0 {
			all &= valid[i] | ^uint64(0)<<(uint(t.n)%64)
		} else {
			all &= valid[i]
		}
	}
	if all == ^uint64(0) {
		valid = nil
	}
	return batch.FromBits(t.True, t.n, valid)
}
