package parquet

import (
	"os"
	"syscall"
)

// mapFile shows the first n bytes of f, also those that are written later.
func mapFile(f *os.File, n int64) ([]byte, error) {
	return syscall.Mmap(int(f.Fd()), 0, int(n), syscall.PROT_READ, syscall.MAP_SHARED)
}

func unmapFile(mapped []byte) error { return syscall.Munmap(mapped) }

// faultAround is how many bytes the system shows at once, aligned, when one of them is
// looked at.
const faultAround = 64 << 10

// leavePages tells that bytes [from, to) are not looked at for now, so that their
// pages, and those that came with them, no longer count as the process's. Whoever
// looks at one of these gets it again.
func leavePages(mapped []byte, from, to int64) {
	from, to = from&^(faultAround-1), min((to+faultAround-1)&^(faultAround-1), int64(len(mapped)))
	_ = syscall.Madvise(mapped[from:to], syscall.MADV_DONTNEED)
}
