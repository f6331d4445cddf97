package server

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/bixidata/bixi/mapreduce/stage"
	"github.com/bixidata/bixi/planner/physical"
)

// stageReport is what the tasks of a stage did, added up. With its nodes it is also
// the JSON form of EXPLAIN ANALYZE FORMATTED.
type stageReport struct {
	Stage  string        `json:"stage"`
	Inputs []string      `json:"reads,omitempty"`
	Tasks  int           `json:"tasks"`
	Rows   int64         `json:"rows"`  // given to the exchange
	Bytes  int64         `json:"bytes"` // in it
	Busy   time.Duration `json:"nanos"`
	// Slowest is the time of the task that took longest.
	Slowest time.Duration `json:"slowest_nanos"`
	Memory  int64         `json:"memory"` // bytes, of the task that held most
	Plan    *nodeReport   `json:"plan"`
}

// nodeReport is a node of the plan and what its operators did.
type nodeReport struct {
	Node     string          `json:"node"`
	Expected int64           `json:"expected_rows,omitempty"`
	Reason   string          `json:"reason,omitempty"`
	Columns  []string        `json:"columns,omitempty"`
	Stats    *physical.Stats `json:"stats"`
	Own      time.Duration   `json:"own_nanos"` // without its inputs
	Inputs   []*nodeReport   `json:"inputs,omitempty"`
}

// analyze adds up what each stage's operators did. The statistics of a task have
// the shape of its plan.
func analyze(j stage.Job, plans []physical.Fragment, stats [][]stage.Stats) []stageReport {
	var out []stageReport
	for i, tasks := range stats {
		r := stageReport{Stage: j.Stages[i].Label, Tasks: len(tasks)}
		for _, in := range j.Stages[i].Inputs {
			r.Inputs = append(r.Inputs, j.Stages[in.From].Label)
		}
		total := &physical.Stats{}
		for n, t := range tasks {
			r.Rows, r.Bytes, r.Busy = r.Rows+t.Rows, r.Bytes+t.Bytes, r.Busy+t.CPU
			r.Slowest, r.Memory = max(r.Slowest, t.CPU), max(r.Memory, t.PeakMemory)
			s := operatorStats(t)
			if n == 0 {
				total = s
			} else {
				total.Add(s)
			}
		}
		r.Plan = nodeOf(plans[i].Root, total)
		out = append(out, r)
	}
	return out
}

// operatorStats reads what the operators of a task did; nothing if an older worker
// wrote it.
func operatorStats(t stage.Stats) *physical.Stats {
	s := &physical.Stats{}
	if err := json.Unmarshal(t.Detail, s); err != nil {
		return &physical.Stats{}
	}
	return s
}

func nodeOf(n physical.Node, s *physical.Stats) *nodeReport {
	r := &nodeReport{Node: n.Describe(), Expected: physical.Expected(n), Reason: n.Estimated().Reason, Stats: s, Own: s.Self()}
	if len(s.Columns) > 0 {
		for _, f := range n.Schema() {
			r.Columns = append(r.Columns, f.Name)
		}
	}
	for i, in := range n.Inputs() {
		if i < len(s.Children) {
			r.Inputs = append(r.Inputs, nodeOf(in, s.Children[i]))
		}
	}
	s.Children = nil // they are in Inputs
	return r
}

// lines is the form for people: a node, what is to be said of it, its inputs.
func (r *stageReport) lines() []string {
	head := fmt.Sprintf("stage %s: %s", r.Stage, count(int64(r.Tasks), "task"))
	if len(r.Inputs) > 0 {
		head += ", reads " + strings.Join(r.Inputs, " ")
	}
	head += fmt.Sprintf("; %s, %s; time %s", count(r.Rows, "row"), physical.SizeText(r.Bytes), shortTime(r.Busy))
	if r.Tasks > 1 {
		head += fmt.Sprintf(", slowest task %s", shortTime(r.Slowest))
	}
	if r.Memory > 0 {
		head += ", memory " + physical.SizeText(r.Memory)
	}
	return append([]string{head}, r.Plan.lines(1, r.Tasks)...)
}

func (r *nodeReport) lines(depth, tasks int) []string {
	indent := strings.Repeat("  ", depth)
	out := []string{indent + r.Node}
	say := func(s string) {
		if s != "" {
			out = append(out, indent+"  - "+s)
		}
	}
	say(r.volume())
	say(r.costs())
	say(r.encodings())
	say(figures(r.Stats.Figures))
	say(r.Reason)
	for _, n := range r.Stats.Notes {
		if n.Tasks < tasks {
			n.Text += fmt.Sprintf(" (%d of %d tasks)", n.Tasks, tasks)
		}
		say(n.Text)
	}
	for _, in := range r.Inputs {
		out = append(out, in.lines(depth+1, tasks)...)
	}
	return out
}

// volume tells what came out.
func (r *nodeReport) volume() string {
	s := count(r.Stats.Rows, "row")
	if r.Expected > 0 {
		s += fmt.Sprintf(" (%d expected)", r.Expected)
	}
	s += ", " + physical.SizeText(r.Stats.Bytes)
	if r.Stats.Batches > 0 {
		s += " in " + count(r.Stats.Batches, "batch")
	}
	return s
}

// costs tells what it took, without the inputs.
func (r *nodeReport) costs() string {
	s := "time " + shortTime(r.Own)
	if r.Stats.Waited > 0 {
		s += ", of it waiting " + shortTime(time.Duration(r.Stats.Waited))
	}
	if r.Stats.PeakMemory > 0 {
		s += ", memory " + physical.SizeText(r.Stats.PeakMemory)
	}
	if r.Stats.SpilledBytes > 0 {
		s += ", spilled " + physical.SizeText(r.Stats.SpilledBytes)
	}
	return s
}

// encodings tells how the columns were represented: by name where not flat.
func (r *nodeReport) encodings() string {
	var dict, constant, mixed []string
	flat := 0
	for i, e := range r.Stats.Columns {
		all := e[0] + e[1] + e[2]
		if i >= len(r.Columns) || all == 0 {
			continue
		}
		switch name := r.Columns[i]; all {
		case e[0]:
			flat++
		case e[1]:
			dict = append(dict, name)
		case e[2]:
			constant = append(constant, name)
		default:
			mixed = append(mixed, fmt.Sprintf("%s (%d%% flat, %d%% dictionary, %d%% constant)", name, 100*e[0]/all, 100*e[1]/all, 100*e[2]/all))
		}
	}
	var parts []string
	if flat > 0 {
		parts = append(parts, fmt.Sprintf("%d flat", flat))
	}
	for _, k := range []struct {
		word  string
		names []string
	}{{"dictionary", dict}, {"constant", constant}, {"mixed", mixed}} {
		if len(k.names) > 0 {
			parts = append(parts, k.word+" "+strings.Join(k.names, " "))
		}
	}
	if len(parts) == 0 {
		return ""
	}
	return "columns: " + strings.Join(parts, ", ")
}

func figures(all []physical.Figure) string {
	parts := make([]string, len(all))
	for i, f := range all {
		parts[i] = fmt.Sprintf("%s %d", f.Name, f.Value)
		if strings.HasPrefix(f.Name, "bytes ") {
			parts[i] = f.Name + " " + physical.SizeText(f.Value)
		}
	}
	return strings.Join(parts, ", ")
}

func count(n int64, of string) string {
	switch {
	case n == 1:
		return "1 " + of
	case strings.HasSuffix(of, "ch"):
		return fmt.Sprintf("%d %ses", n, of)
	}
	return fmt.Sprintf("%d %ss", n, of)
}

// shortTime rounds to what is worth reading.
func shortTime(d time.Duration) string {
	switch {
	case d >= time.Second:
		return d.Round(10 * time.Millisecond).String()
	case d >= time.Millisecond:
		return d.Round(100 * time.Microsecond).String()
	}
	return d.Round(time.Microsecond).String()
}
