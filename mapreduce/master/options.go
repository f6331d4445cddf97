package master

import (
	"log/slog"
	"time"

	"github.com/bixidata/bixi/mapreduce/schedule"
)

// Options configure a Master; the zero value of a field takes its default.
type Options struct {
	Scheduler schedule.Options
	Journal   Journal      // NoJournal
	Clock     Clock        // the system's
	Log       *slog.Logger // none

	// Vocabulary lists the operators that plans may hold; a worker that lacks
	// one of them is refused.
	Vocabulary []string

	Heartbeat     time.Duration // how often workers report; 1 s
	WorkerTimeout time.Duration // silence after which a worker is lost; 5 heartbeats
	CompactAfter  int           // records after which the journal is compacted; 20000
}

func (o *Options) setDefaults() {
	if o.Journal == nil {
		o.Journal = NoJournal{}
	}
	if o.Clock == nil {
		o.Clock = systemClock{}
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Heartbeat == 0 {
		o.Heartbeat = time.Second
	}
	if o.WorkerTimeout == 0 {
		o.WorkerTimeout = 5 * o.Heartbeat
	}
	if o.CompactAfter == 0 {
		o.CompactAfter = 20000
	}
}

// Clock tells the time.
type Clock interface {
	Now() time.Time
	// Timer gives a channel that receives once d has passed, and what stops it.
	Timer(d time.Duration) (<-chan time.Time, func() bool)
}

type systemClock struct{}

func (systemClock) Now() time.Time { return time.Now() }

func (systemClock) Timer(d time.Duration) (<-chan time.Time, func() bool) {
	t := time.NewTimer(d)
	return t.C, t.Stop
}
