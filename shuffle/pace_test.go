package shuffle

import (
	"testing"
	"time"
)

// Frames are packed while writing is slow, and no longer than that, whatever was
// measured before.
func TestPace(t *testing.T) {
	const frame = 1 << 20
	p := &pace{}
	run := func(perFrame time.Duration, shrinks int) (packed int) {
		for range 1000 {
			size := frame
			if p.packs() {
				packed++
				size /= shrinks
				p.packed(frame, size, time.Millisecond)
			}
			p.wrote(size, perFrame*time.Duration(size)/frame)
		}
		return packed
	}
	if n := run(300*time.Microsecond, 3); n > 50 {
		t.Errorf("a fast device: %d of 1000 frames are packed", n)
	}
	if n := run(5*time.Millisecond, 3); n < 800 {
		t.Errorf("a slow device: %d of 1000 frames are packed", n)
	}
	if n := run(300*time.Microsecond, 3); n > 300 {
		t.Errorf("a device that is fast again: %d of 1000 frames are packed", n)
	}
	if n := run(5*time.Millisecond, 1); n > 300 {
		t.Errorf("frames that do not shrink: %d of 1000 are packed", n)
	}
}
