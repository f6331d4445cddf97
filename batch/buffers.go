package batch

import (
	"math/bits"
	"unsafe"
)

// Buffers hands out memory that is used again after Reset: an evaluator's
// columns live until its next batch. A nil *Buffers allocates each time.
type Buffers struct {
	classes [48]struct {
		chunks [][]uint64 // of 1<<class words each
		used   int
	}
}

// Reset takes back all memory handed out.
func (b *Buffers) Reset() {
	for i := range b.classes {
		b.classes[i].used = 0
	}
}

// Get gives n bytes, aligned to 8, of unspecified content.
func (b *Buffers) Get(n int) []byte {
	if b == nil || n == 0 {
		return Alloc(n)
	}
	k := bits.Len(uint((n+7)/8 - 1))
	c := &b.classes[k]
	if c.used == len(c.chunks) {
		c.chunks = append(c.chunks, make([]uint64, 1<<k))
	}
	c.used++
	return BytesOf(c.chunks[c.used-1])[:n:n]
}

// SliceOf gives n values of unspecified content from b.
func SliceOf[T Fixed](b *Buffers, n int) []T {
	var zero T
	return cast[T](b.Get(n * int(unsafe.Sizeof(zero))))
}
