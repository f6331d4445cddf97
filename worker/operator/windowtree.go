package operator

import (
	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/udf"
)

// aggregateTree aggregates over any frames by a tree of states, each node of which
// holds two of the level below: a frame takes at most two nodes of each level
// ("segment tree": Leis et al., VLDB 2015). Levels are made from the leaves up,
// all frames taking what they need of one before the next is made.
func (s *windowRows) aggregateTree(f *windowFunc, frames *udf.Frames, args []*batch.Column) (*batch.Column, error) {
	acc := f.fn.Aggregate.New(f.call)
	acc.Resize(len(frames.From))
	if err := s.mergeTree(f, frames, args, acc); err != nil {
		return nil, err
	}
	return acc.Final(0, len(frames.From))
}

// mergeTree adds the rows of frame i to group i of acc.
func (s *windowRows) mergeTree(f *windowFunc, frames *udf.Frames, args []*batch.Column, acc udf.Accumulator) error {
	t := newTreeWalk(frames)
	if len(args) == 0 { // count(*): any argument that is never NULL
		args = []*batch.Column{batch.DatumColumn(f.Typ, int64(1), s.N)}
	}
	nodes, groups := t.level()
	if len(nodes) > 0 {
		if err := acc.Update(groups, takeAll(args, nodes)); err != nil {
			return err
		}
	}
	var level []*batch.Column
	for n := s.N; !t.done(); {
		next := f.fn.Aggregate.New(f.call)
		half := (n + 1) / 2
		next.Resize(half)
		parents := make([]int32, n)
		for i := range parents {
			parents[i] = int32(i / 2)
		}
		var err error
		if level == nil {
			err = next.Update(parents, args)
		} else {
			err = next.Merge(parents, level)
		}
		if err != nil {
			return err
		}
		if level, err = next.State(0, half); err != nil {
			return err
		}
		n = half
		if nodes, groups = t.level(); len(nodes) > 0 {
			if err := acc.Merge(groups, takeAll(level, nodes)); err != nil {
				return err
			}
		}
	}
	return nil
}

// treeWalk is what of each frame is not covered yet, in nodes of the current level.
type treeWalk struct {
	from, to, group []int32
	nodes, groups   []int32
}

func newTreeWalk(frames *udf.Frames) *treeWalk {
	t := &treeWalk{}
	var spans []udf.Span
	for i := range frames.From {
		spans = frames.Spans(i, spans[:0])
		for _, s := range spans {
			t.from, t.to, t.group = append(t.from, s.From), append(t.to, s.To), append(t.group, int32(i))
		}
	}
	return t
}

func (t *treeWalk) done() bool { return len(t.from) == 0 }

// level gives the nodes that frames take of this level, and moves to the next.
func (t *treeWalk) level() (nodes, groups []int32) {
	t.nodes, t.groups = t.nodes[:0], t.groups[:0]
	left := 0
	for k, from := range t.from {
		to, g := t.to[k], t.group[k]
		if from&1 == 1 {
			t.nodes, t.groups = append(t.nodes, from), append(t.groups, g)
			from++
		}
		if to&1 == 1 && from < to {
			to--
			t.nodes, t.groups = append(t.nodes, to), append(t.groups, g)
		}
		if from < to {
			t.from[left], t.to[left], t.group[left] = from/2, to/2, g
			left++
		}
	}
	t.from, t.to, t.group = t.from[:left], t.to[:left], t.group[:left]
	return t.nodes, t.groups
}
