// Package job turns a physical plan into a stage graph: it cuts the plan at its
// exchanges. What a stage runs becomes opaque bytes to everything above.
package job

import (
	"fmt"
	"slices"
	"strings"

	"github.com/bixidata/bixi/mapreduce/stage"
	"github.com/bixidata/bixi/planner/physical"
)

// Cut makes the job id of root. base holds what the fragments of all stages
// share; its Root is not used. The last stage has one task, whose only partition
// is the result.
func Cut(id stage.JobID, root physical.Node, base physical.Fragment) (stage.Job, error) {
	c := &cutter{base: base, shared: map[int]stage.StageID{}}
	out := &physical.ShuffleWrite{Unary: physical.Unary{Input: root}, Kind: physical.Gather, Partitions: 1}
	if _, err := c.stage(out); err != nil {
		return stage.Job{}, err
	}
	j := stage.Job{ID: id, Stages: c.stages}
	return j, j.Validate()
}

// Fragments decodes the plans of a job's stages, for EXPLAIN.
func Fragments(j stage.Job) ([]physical.Fragment, error) {
	out := make([]physical.Fragment, len(j.Stages))
	for i, s := range j.Stages {
		if err := physical.Decode(s.Fragment, &out[i]); err != nil {
			return nil, err
		}
	}
	return out, nil
}

type cutter struct {
	base   physical.Fragment
	stages []stage.Stage
	shared map[int]stage.StageID // stages of shared exchanges, by their number
}

// fragment collects what a stage is made of while its tree is walked.
type fragment struct {
	inputs []stage.Input
	tasks  int
	scans  []*physical.Scan
	joins  bool
	reads  bool
}

// stage cuts everything below write into stages, the last of which it is, and
// gives that one's id.
func (c *cutter) stage(write *physical.ShuffleWrite) (stage.StageID, error) {
	f := &fragment{}
	in, err := c.cut(write.Input, f)
	if err != nil {
		return 0, err
	}
	write.SetInputs([]physical.Node{in})
	f.tasks = max(f.tasks, 1)
	for _, s := range f.scans {
		f.tasks = max(f.tasks, len(s.Splits))
	}
	s := stage.Stage{ID: stage.StageID(len(c.stages)), Tasks: f.tasks, Inputs: f.inputs}
	s.TaskArgs = args(f)
	fr := c.base
	fr.Root = write
	s.Fragment = physical.Encode(&fr)
	s.Label = label(int(s.ID), f)
	c.stages = append(c.stages, s)
	return s.ID, nil
}

// cut replaces the exchanges below n by reads of new stages.
func (c *cutter) cut(n physical.Node, f *fragment) (physical.Node, error) {
	switch n := n.(type) {
	case *physical.Exchange:
		return c.exchange(n, f)
	case *physical.Scan:
		own := *n
		f.scans = append(f.scans, &own)
		return &own, nil
	case *physical.HashJoin, *physical.LoopJoin:
		f.joins = true
	}
	in := n.Inputs()
	out := make([]physical.Node, len(in))
	for i, k := range in {
		var err error
		if out[i], err = c.cut(k, f); err != nil {
			return nil, err
		}
	}
	if len(in) > 0 {
		n.SetInputs(out)
	}
	return n, nil
}

func (c *cutter) exchange(e *physical.Exchange, f *fragment) (physical.Node, error) {
	fields := e.Schema()
	from, err := c.producer(e)
	if err != nil {
		return nil, err
	}
	mode := stage.Durable
	if e.Mode == physical.Pipelined {
		mode = stage.Pipelined
	}
	if in := (stage.Input{From: from, Mode: mode}); !slices.Contains(f.inputs, in) {
		f.inputs = append(f.inputs, in)
	}
	f.reads = true
	if e.Kind != physical.Gather && e.Kind != physical.Broadcast {
		if f.tasks > 1 && f.tasks != e.Partitions {
			return nil, fmt.Errorf("a stage reads exchanges of %d and %d partitions", f.tasks, e.Partitions)
		}
		f.tasks = e.Partitions
	}
	read := &physical.ShuffleRead{From: int(from), Fields: fields, Kind: e.Kind, Merge: e.Merge, Ordered: e.Ordered}
	if e.Kind != physical.Broadcast { // of which each task has all rows
		read.Expected = physical.Expected(e)
	}
	return read, nil
}

// producer gives the stage whose output e carries, cutting it unless an exchange
// of the same number was met before.
func (c *cutter) producer(e *physical.Exchange) (stage.StageID, error) {
	if from, ok := c.shared[e.Shared]; ok {
		return from, nil
	}
	from, err := c.stage(&physical.ShuffleWrite{Unary: e.Unary, Kind: e.Kind, Keys: e.Keys, Order: e.Order, Bounds: e.Bounds, Partitions: max(e.Partitions, 1)})
	if err == nil && e.Shared > 0 {
		c.shared[e.Shared] = from
	}
	return from, err
}

// args moves the splits out of the plan into the arguments of the tasks.
func args(f *fragment) [][]byte {
	if len(f.scans) == 0 {
		return nil
	}
	per := make([]physical.Args, f.tasks)
	for _, s := range f.scans {
		for t, splits := range s.Splits {
			per[t].Scans = append(per[t].Scans, physical.ScanSplits{Scan: s.ID, Splits: splits})
		}
		s.Splits = nil
	}
	out := make([][]byte, f.tasks)
	for t := range per {
		out[t] = physical.Encode(&per[t])
	}
	return out
}

// label names a stage after what it does (M reads tables, J joins, R reduces)
// with its number and those of the stages it reads, counted from 1.
func label(id int, f *fragment) string {
	kind := "R"
	switch {
	case f.joins:
		kind = "J"
	case !f.reads:
		kind = "M"
	}
	parts := []string{fmt.Sprintf("%s%d", kind, id+1)}
	for _, in := range f.inputs {
		parts = append(parts, fmt.Sprint(int(in.From)+1))
	}
	return strings.Join(parts, "_")
}
