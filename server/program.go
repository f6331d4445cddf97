package server

import (
	"context"
	"encoding/json"
	"strings"

	"github.com/bixidata/bixi/mapreduce/program"
	"github.com/bixidata/bixi/mapreduce/stage"
	"github.com/bixidata/bixi/planner/physical"
	pb "github.com/bixidata/bixi/server/statementpb"
)

// Program is a MapReduce job: the program, as workers find it, and what it said of
// its job.
type Program struct {
	Program physical.Program
	Spec    program.Spec
}

// String is the job as lists of statements show it.
func (p *Program) String() string {
	return strings.Join(append([]string{"mr run", p.Program.Name}, p.Program.Args...), " ")
}

// SubmitProgram begins a MapReduce job. It has the life of a statement; the counters
// of its code are in the outcome.
func SubmitProgram(ctx context.Context, to Statements, p Program, state State, user string) (Statement, error) {
	return to.Submit(ctx, Request{Text: p.String(), State: state, User: user, Program: &p})
}

// SubmitProgram begins a MapReduce job.
func (e *Engine) SubmitProgram(ctx context.Context, p Program, state State, user string) (Statement, error) {
	return SubmitProgram(ctx, e, p, state, user)
}

// countersOf adds up the counters of the tasks whose output counts.
func countersOf(stats [][]stage.Stats) map[string]int64 {
	total := map[string]int64{}
	for _, tasks := range stats {
		for _, t := range tasks {
			addCounters(operatorStats(t), total)
		}
	}
	return total
}

func addCounters(s *physical.Stats, total map[string]int64) {
	for key, n := range s.Counters {
		total[key] += n
	}
	for _, c := range s.Children {
		addCounters(c, total)
	}
}

func programMessage(p *Program) *pb.Program {
	if p == nil {
		return nil
	}
	spec, err := json.Marshal(p.Spec)
	if err != nil {
		panic(err) // plain strings and numbers
	}
	return &pb.Program{Name: p.Program.Name, Path: p.Program.Path, Digest: p.Program.Digest, Args: p.Program.Args, Spec: spec}
}

// programOf reads a program; a spec that cannot be read is empty, which planning
// refuses.
func programOf(m *pb.Program) *Program {
	if m == nil {
		return nil
	}
	p := &Program{Program: physical.Program{Name: m.GetName(), Path: m.GetPath(), Digest: m.GetDigest(), Args: m.GetArgs()}}
	if err := json.Unmarshal(m.GetSpec(), &p.Spec); err != nil {
		p.Spec = program.Spec{Name: m.GetName()}
	}
	return p
}
