package batch_test

import (
	"testing"
	"unsafe"

	"github.com/bixidata/bixi/batch"
)

func TestRoom(t *testing.T) {
	for _, n := range []int{0, 1, 100, 4095, 4096, 5000, 1 << 20} {
		b := batch.Room(n)
		if len(b) != n {
			t.Errorf("%d bytes instead of %d", len(b), n)
		}
		if n > 0 && uintptr(unsafe.Pointer(unsafe.SliceData(b)))%8 != 0 {
			t.Errorf("%d bytes are not aligned", n)
		}
		for i := range b {
			b[i] = 1
		}
	}
}
