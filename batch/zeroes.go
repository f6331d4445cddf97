package batch

import "unsafe"

// Zeroes gives n zero values for a table that is read and written in no order. Each
// page of it is written to once: memory that is read first is mapped to the system's
// page of zeros, and the write after that copies this page and interrupts every other
// core. (Large pages would save half of the faults, but getting them takes longer.)
func Zeroes[T any](n int) []T {
	const page = 4 << 10
	s := make([]T, n)
	if n*int(unsafe.Sizeof(*new(T))) >= page {
		b := BytesOf(s)
		for i := 0; i < len(b); i += page {
			b[i] = 0
		}
	}
	return s
}
