package embed

import (
	"os"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
)

// LimitHeap tells the garbage collector how much memory the process should stay
// within when its operators may hold limit bytes. What is not accounted for, such as
// batches on their way, takes some tens of megabytes however small the limit is.
//
// Up to a part of that the heap may grow before it is collected, unless the variable
// GOGC is set: a collector that lets a small heap double collects it all the time,
// and between two collections the runtime gives memory back that is needed again.
func LimitHeap(limit int64) {
	floor := int64(mostFloor)
	if limit > 0 {
		heap := limit + max(limit/4, 80<<20)
		debug.SetMemoryLimit(heap)
		floor = min(floor, heap/8*5)
	}
	if os.Getenv("GOGC") == "" {
		(&heapPace{floor: floor, percent: usualGrowth}).follow()
	}
}

const (
	// A heap is never collected before it has grown by so many percent.
	usualGrowth = 100
	// It never grows by more either: it may have several times as many live bytes
	// when the growth that suits them is set.
	mostGrowth = 400
	// More memory than this is not taken to collect less.
	mostFloor = 256 << 20
)

// heapPace sets the growth after which the next collection begins, after each.
type heapPace struct {
	floor   int64 // bytes the heap may have in any case
	percent int   // as it was set last
}

// follow calls adapt after each collection from now on, when the runtime has found
// that nothing refers to an object any more.
func (p *heapPace) follow() {
	type mark struct{ _ *heapPace } // what is small and has no pointers shares its memory with others
	runtime.AddCleanup(&mark{}, func(p *heapPace) {
		p.adapt()
		p.follow()
	}, p)
}

func (p *heapPace) adapt() {
	live := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	metrics.Read(live)
	if next := growth(int64(live[0].Value.Uint64()), p.floor); next != p.percent {
		debug.SetGCPercent(next)
		p.percent = next
	}
}

// growth is by how many percent live bytes grow to the floor, in steps, because
// setting it interrupts everything.
func growth(live, floor int64) int {
	const step = 25
	percent := (floor - live) * 100 / max(live, 1)
	return int(min(max(percent, usualGrowth), mostGrowth)) / step * step
}
