package operator

import (
	"context"
	"fmt"
	"io"
	"slices"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/planner/physical"
	"github.com/bixidata/bixi/worker/memory"
)

// prefilter publishes the runtime filters of a join that is done in another stage
// and gives its left input. The filters only save work: if the keys do not fit the
// memory there are none.
type prefilter struct {
	node        *physical.Prefilter
	env         *Env
	left, right Operator
	leftOpen    bool
	held        *keySet
	reads       bool // this task read the keys
}

func newPrefilter(n *physical.Prefilter, in []Operator, env *Env) (*prefilter, error) {
	if env.Filters == nil {
		env.Filters = &Filters{}
	}
	return &prefilter{node: n, env: env, left: in[0], right: in[1]}, nil
}

func (p *prefilter) Open(ctx context.Context) error {
	v, err := p.env.Shared(p.name(), func() (any, error) { return p.readKeys(ctx) })
	if err != nil {
		return err
	}
	p.held = v.(*keySet)
	p.env.Filters.Publish(p.node.Join, p.held.filters)
	p.leftOpen = true
	return p.left.Open(ctx)
}

func (p *prefilter) name() string { return fmt.Sprintf("keys of join %d", p.node.Join) }

func (p *prefilter) Next(ctx context.Context) (*batch.Batch, error) { return p.left.Next(ctx) }

func (p *prefilter) Close() error {
	if !p.leftOpen {
		return nil
	}
	return p.left.Close()
}

func (p *prefilter) report(s *physical.Stats) {
	switch {
	case p.held == nil:
	case p.held.filters == nil:
		s.Note("the keys did not fit the memory: no row is left out", 1)
	case p.reads:
		s.Figure("keys", p.held.rows)
	}
}

// keySet is what the tasks of a stage share of the keys of a join.
type keySet struct {
	rows    int64
	filters []*KeyFilter // by the number of the key; nil: the keys were too many
	memory  *memory.Reservation
}

// Close gives the memory back.
func (s *keySet) Close() error {
	s.memory.Free()
	return nil
}

// readKeys runs the right input.
func (p *prefilter) readKeys(ctx context.Context) (set *keySet, err error) {
	p.reads = true
	set = &keySet{memory: p.env.Memory.Reserve(p.name())}
	defer func() {
		if cerr := p.right.Close(); err == nil {
			err = cerr
		}
		if err != nil {
			set.memory.Free()
		}
	}()
	if err := p.right.Open(ctx); err != nil {
		return nil, err
	}
	var keys partBuilder
	keys.init(schemaTypes(p.node.Right))
	for {
		b, err := p.right.Next(ctx)
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, err
		}
		keys.add(b, b.Sel)
		// A filter takes two bytes a row, and eight more while it is made.
		if n := keys.size() + int64(10*keys.rows*len(keys.cols)); n > set.memory.Held() && !set.memory.Resize(n+n/8) {
			set.memory.Resize(0)
			return set, nil
		}
	}
	set.rows = int64(keys.rows)
	set.filters = make([]*KeyFilter, slices.Max(p.node.Keys)+1)
	for i, c := range keys.finish().Columns {
		set.filters[p.node.Keys[i]] = newColumnFilter(c, c.Valid)
	}
	set.memory.Resize(min(set.memory.Held(), set.size()))
	return set, nil
}

func (s *keySet) size() int64 {
	var n int64
	for _, f := range s.filters {
		n += f.bytes()
	}
	return n
}
