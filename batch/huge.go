package batch

import "unsafe"

// Zeroes gives n zero values for a table that is read and written in no order. Large
// ones are in large pages if the system has them, and each page is written to once:
// memory that is read first is mapped to the system's page of zeros, and the write
// after that copies this page and interrupts every other core.
func Zeroes[T any](n int) []T {
	const huge, page = 4 << 20, 4 << 10
	s := make([]T, n)
	size := n * int(unsafe.Sizeof(*new(T)))
	if size < page {
		return s
	}
	b := BytesOf(s)
	if size >= huge {
		hugePages(b)
	}
	for i := 0; i < size; i += page {
		b[i] = 0
	}
	return s
}
