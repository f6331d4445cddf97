// Package program runs the MapReduce programs of a worker's tasks: those that are
// registered in this process, and executables as subprocesses.
package program

import (
	"context"
	"sync"

	"github.com/bixidata/bixi/mapreduce/program"
	"github.com/bixidata/bixi/planner/physical"
	"github.com/bixidata/bixi/sql/diag"
	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/worker/operator"
)

// Programs finds and starts programs. It is safe for concurrent use.
type Programs struct {
	mu struct {
		sync.Mutex
		local   map[string]program.Job
		digests map[fileID]string // of executables seen
	}
}

// New makes a Programs without local programs.
func New() *Programs {
	p := &Programs{}
	p.mu.local = map[string]program.Job{}
	p.mu.digests = map[fileID]string{}
	return p
}

// Register makes a job of this process known by its name; physical.Program names it
// so and has no Path.
func (p *Programs) Register(job program.Job) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.mu.local[job.Spec().Name] = job
}

// Open starts the side of a program that the node n stands for.
func (p *Programs) Open(ctx context.Context, prog physical.Program, n physical.Node) (operator.UserCode, error) {
	side, out := sideOf(n)
	if prog.Path != "" {
		return p.start(ctx, prog, side, out)
	}
	p.mu.Lock()
	job := p.mu.local[prog.Name]
	p.mu.Unlock()
	if job == nil {
		return nil, diag.Errorf(diag.CodeMRResource, diag.Pos{}, "no program %q is registered in this process", prog.Name)
	}
	return job.Open(ctx, side)
}

// sideOf is the side that a node stands for, and the types of its output.
func sideOf(n physical.Node) (program.Side, []types.Type) {
	side := program.Side{}
	switch n := n.(type) {
	case *physical.Map:
		side.Input, side.Reducers = n.Source, n.Reducers
	case *physical.Reduce:
		side.Reduce, side.Reducers = true, n.Reducers
	}
	return side, n.Schema().Types()
}
