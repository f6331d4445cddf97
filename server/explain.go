package server

import (
	"fmt"
	"strings"

	"github.com/bixidata/bixi/mapreduce/job"
	"github.com/bixidata/bixi/mapreduce/master"
	"github.com/bixidata/bixi/mapreduce/stage"
	"github.com/bixidata/bixi/planner/physical"
	"github.com/bixidata/bixi/sql/types"
)

// explain makes the plan the statement's result: the stages, what each reads,
// and its operators; after EXPLAIN ANALYZE with what the operators measured.
func (s *statement) explain(j stage.Job, h *master.Handle) error {
	lines, err := Explain(j)
	if err != nil {
		return err
	}
	if h != nil {
		lines = analyzed(j, h)
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
		for _, l := range strings.Split(strings.TrimRight(physical.Format(fragments[i].Root), "\n"), "\n") {
			lines = append(lines, "  "+l)
		}
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
