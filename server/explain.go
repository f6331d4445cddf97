package server

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/bixidata/bixi/mapreduce/job"
	"github.com/bixidata/bixi/mapreduce/stage"
	"github.com/bixidata/bixi/planner"
	"github.com/bixidata/bixi/planner/physical"
	"github.com/bixidata/bixi/sql/types"
)

// explain makes the plan the statement's result: the stages, what each reads,
// and its operators; after EXPLAIN ANALYZE with what the operators measured.
func (s *statement) explain(j stage.Job, plan *planner.Plan, stats [][]stage.Stats) error {
	lines, err := explained(j, plan, stats)
	if err != nil {
		return err
	}
	s.schema = types.Schema{{Name: "plan", Type: types.StringType}}
	s.outcome.Text = strings.Join(lines, "\n") + "\n"
	rows := make([][]types.Datum, len(lines))
	for i, l := range lines {
		rows[i] = []types.Datum{l}
	}
	s.small = append(s.small, rowsBatch(s.schema, rows))
	return nil
}

// explained is the result line by line.
func explained(j stage.Job, plan *planner.Plan, stats [][]stage.Stats) ([]string, error) {
	if stats == nil {
		lines, err := Explain(j)
		if err != nil {
			return nil, err
		}
		if plan.Extended {
			lines = append(append([]string{"logical plan:"}, indented(plan.Text)...), append([]string{""}, lines...)...)
		}
		return append(dependencies(j), lines...), nil
	}
	fragments, err := job.Fragments(j)
	if err != nil {
		return nil, err
	}
	stages := analyze(j, fragments, stats)
	if plan.Formatted {
		text, err := json.MarshalIndent(map[string]any{"stages": stages}, "", "  ")
		return []string{string(text)}, err
	}
	var lines []string
	for _, s := range stages {
		lines = append(lines, s.lines()...)
	}
	return lines, nil
}

// dependencies tells which tasks of a job wait for which.
func dependencies(j stage.Job) []string {
	var roots, waiting []string
	for _, st := range j.Stages {
		if len(st.Inputs) == 0 {
			roots = append(roots, st.Label)
			continue
		}
		var from []string
		for _, in := range st.Inputs {
			from = append(from, j.Stages[in.From].Label)
		}
		waiting = append(waiting, st.Label+" depends on: "+strings.Join(from, ", "))
	}
	out := append([]string{"job0 is root job", "", "In Job job0:", "root Tasks: " + strings.Join(roots, ", ")}, waiting...)
	return append(out, "")
}

func indented(text string) []string {
	out := strings.Split(strings.TrimRight(text, "\n"), "\n")
	for i := range out {
		out[i] = "  " + out[i]
	}
	return out
}

// Explain describes a job's stages in lines of text.
func Explain(j stage.Job) ([]string, error) {
	fragments, err := job.Fragments(j)
	if err != nil {
		return nil, err
	}
	var lines []string
	for i, st := range j.Stages {
		head := fmt.Sprintf("stage %s: %d tasks", st.Label, st.Tasks)
		for _, in := range st.Inputs {
			head += fmt.Sprintf(", reads %s (%s)", j.Stages[in.From].Label, in.Mode)
		}
		lines = append(lines, head)
		lines = append(lines, indented(physical.Format(fragments[i].Root))...)
	}
	return lines, nil
}

// Graph draws a job's stages as one line a stage, for people.
func Graph(p Progress) []string {
	var lines []string
	for _, st := range p.Stages {
		l := fmt.Sprintf("%s  tasks=%d rows=%d", st.Label, st.Total, st.Rows)
		for i, in := range st.Inputs {
			sep := ", "
			if i == 0 {
				sep = "  <- "
			}
			l += sep + p.Stages[in].Label
		}
		lines = append(lines, l)
	}
	return lines
}
