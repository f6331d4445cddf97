package batch

import (
	"syscall"
	"unsafe"
)

// hugePages asks the system for large pages under b. Rows of a sort are read from all
// over a buffer of tens of megabytes, and with pages of 4 KiB nearly every read looks
// up its page first. It is a hint: a refusal changes nothing.
func hugePages(b []byte) {
	const page = 2 << 20
	from := int(-uintptr(unsafe.Pointer(unsafe.SliceData(b))) & (page - 1))
	if n := (len(b) - from) &^ (page - 1); n > 0 {
		_ = syscall.Madvise(b[from:from+n], syscall.MADV_HUGEPAGE)
	}
}
