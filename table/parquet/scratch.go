package parquet

import (
	"unsafe"

	"github.com/bixidata/bixi/batch"
)

// scratch is the memory one column's values are converted in, reused for every
// batch.
type scratch struct {
	words []uint64
}

func (s *scratch) grow(n int) []uint64 {
	if n > cap(s.words) {
		s.words = make([]uint64, max(n, 2*cap(s.words), 512))
	}
	return s.words[:n]
}

// bitmap is room for n bits, of unspecified content.
func (s *scratch) bitmap(n int) batch.Bitmap { return s.grow((n + 63) / 64) }

// fixed is room for n values, of unspecified content.
func fixed[T batch.Fixed](s *scratch, n int) []T {
	var zero T
	w := s.grow((n*int(unsafe.Sizeof(zero)) + 7) / 8)
	if n == 0 {
		return nil
	}
	return unsafe.Slice((*T)(unsafe.Pointer(unsafe.SliceData(w))), n)
}

func viewInt32(v []uint32) []int32 {
	return unsafe.Slice((*int32)(unsafe.Pointer(unsafe.SliceData(v))), len(v))
}

func viewInt64[T any](v []T) []int64 {
	if len(v) == 0 {
		return nil
	}
	return unsafe.Slice((*int64)(unsafe.Pointer(unsafe.SliceData(v))), len(v)*int(unsafe.Sizeof(v[0]))/8)
}
