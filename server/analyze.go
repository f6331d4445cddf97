package server

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/bixidata/bixi/mapreduce/master"
	"github.com/bixidata/bixi/mapreduce/stage"
)

// operatorStats is what an operator of a task measured, as workers write it into
// stage.Stats.Detail.
type operatorStats struct {
	Describe     string
	Rows         int64
	Batches      int64
	Bytes        int64
	Nanos        int64
	PeakMemory   int64
	SpilledBytes int64
	Counters     map[string]int64
	Children     []*operatorStats
}

// add adds the figures of another task of the same stage; peaks take the larger.
func (s *operatorStats) add(o *operatorStats) {
	s.Rows += o.Rows
	s.Batches += o.Batches
	s.Bytes += o.Bytes
	s.Nanos += o.Nanos
	s.PeakMemory = max(s.PeakMemory, o.PeakMemory)
	s.SpilledBytes += o.SpilledBytes
	for i := range min(len(s.Children), len(o.Children)) {
		s.Children[i].add(o.Children[i])
	}
}

func (s *operatorStats) lines(depth int) []string {
	own := s.Nanos
	for _, c := range s.Children {
		own -= c.Nanos
	}
	l := fmt.Sprintf("%s%s: rows=%d batches=%d bytes=%d time=%s", strings.Repeat("  ", depth), s.Describe,
		s.Rows, s.Batches, s.Bytes, time.Duration(max(own, 0)).Round(10*time.Microsecond))
	if s.PeakMemory > 0 {
		l += fmt.Sprintf(" memory=%d", s.PeakMemory)
	}
	if s.SpilledBytes > 0 {
		l += fmt.Sprintf(" spilled=%d", s.SpilledBytes)
	}
	out := []string{l}
	for _, c := range s.Children {
		out = append(out, c.lines(depth+1)...)
	}
	return out
}

// analyzed describes what each stage's operators did, added up over its tasks.
func analyzed(j stage.Job, h *master.Handle) []string {
	var out []string
	for i, tasks := range h.Stats() {
		var total *operatorStats
		var rows, bytes int64
		var busy time.Duration
		for _, t := range tasks {
			rows, bytes, busy = rows+t.Rows, bytes+t.Bytes, busy+t.CPU
			var s operatorStats
			if err := json.Unmarshal(t.Detail, &s); err != nil {
				continue // an older worker
			}
			if total == nil {
				total = &s
			} else {
				total.add(&s)
			}
		}
		out = append(out, fmt.Sprintf("stage %s: %d tasks, %d rows, %d bytes out, %s busy",
			j.Stages[i].Label, len(tasks), rows, bytes, busy.Round(10*time.Microsecond)))
		if total != nil {
			out = append(out, total.lines(1)...)
		}
	}
	return out
}
