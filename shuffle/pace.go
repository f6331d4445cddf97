package shuffle

import (
	"sync"
	"time"
)

// pace weighs, for the spill files of a store, the time that packing a frame takes
// against the time that its bytes take to be written: packing pays where the device
// is slow, and costs more than it saves while the system takes bytes into its cache.
// It never decides what is read back, only how large the files are.
type pace struct {
	mu struct {
		sync.Mutex
		frames       int
		write, pack  spent
		packedSample int64 // bytes that those of pack became
	}
}

// spent is the time that bytes took. What is long ago counts less and less.
type spent struct {
	took  time.Duration
	bytes int64
}

// recentBytes is how many bytes of a kind are remembered, about.
const recentBytes = 64 << 20

func (s *spent) add(n int, took time.Duration) (halved bool) {
	s.took += took
	s.bytes += int64(n)
	if s.bytes > recentBytes {
		s.took, s.bytes = s.took/2, s.bytes/2
		return true
	}
	return false
}

func (s *spent) perByte() float64 { return float64(s.took) / float64(max(s.bytes, 1)) }

// packs reports whether to pack the next frame. One in a few dozen is packed in any
// case, to know what that takes.
func (p *pace) packs() bool {
	const tried, first = 64, 2
	p.mu.Lock()
	defer p.mu.Unlock()
	p.mu.frames++
	if p.mu.frames <= first || p.mu.frames%tried == 0 {
		return true
	}
	// The frame is read as well: unpacking takes half as long as packing, reading
	// about as long as writing.
	saved := 1 - float64(p.mu.packedSample)/float64(max(p.mu.pack.bytes, 1))
	return 2*saved*p.mu.write.perByte() > 1.5*p.mu.pack.perByte()
}

// packed notes that a frame of n bytes has become one of size bytes.
func (p *pace) packed(n, size int, took time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.mu.packedSample += int64(size)
	if p.mu.pack.add(n, took) {
		p.mu.packedSample /= 2
	}
}

// wrote notes that n bytes have been written.
func (p *pace) wrote(n int, took time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.mu.write.add(n, took)
}
