package operator

import (
	"bytes"
	"context"
	"io"
	"slices"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/sql/types"
)

// groupSet is a table of groups with the accumulators of their aggregates.
type groupSet struct {
	calls   []aggCall
	types   []types.Type
	table   groupTable // nil without keys: there is one group
	codes   groupCodes
	fold    groupFold
	accs    *accumulators
	groups  int
	room    int // groups that the accumulators had memory for when there were none
	hasher  batch.Hasher
	hashBuf []uint64
	ids     []int32
}

func newGroupSet(keys []types.Type, calls []aggCall) *groupSet {
	s := &groupSet{calls: calls, types: keys, accs: newAccumulators(calls)}
	if len(keys) > 0 {
		s.table = newGroupTable(keys)
		s.fold = newGroupFold(keys)
	}
	return s
}

func (s *groupSet) len() int { return s.groups }

// need makes room for groups that have no rows.
func (s *groupSet) need(groups int) {
	if groups > s.groups {
		s.groups = groups
		s.accs.resize(groups)
	}
}

// add takes n rows: key columns, and state columns if merge, else expressions.
func (s *groupSet) add(keys, rest []*batch.Column, n int, merge bool) error {
	ids := s.ensure(keys, n)
	if merge {
		return s.accs.merge(ids, rest)
	}
	return s.accs.update(ids, rest)
}

// ensure makes the groups of n rows of keys and gives their numbers.
func (s *groupSet) ensure(keys []*batch.Column, n int) []int32 {
	if cap(s.ids) < n {
		s.ids = make([]int32, n)
	}
	ids := s.ids[:n]
	if s.table == nil {
		clear(ids)
		s.need(1)
	} else {
		if !s.codes.assign(s.table, keys, ids) && !s.fold.assign(s.table, keys, ids) {
			s.hashBuf = s.hasher.Hash(keys, n, s.hashBuf)
			s.table.assign(keys, s.hashBuf, ids)
		}
		s.need(len(s.table.hashes()))
	}
	return ids
}

// rowIDs is 0..n-1: every row its own group.
func (s *groupSet) rowIDs(n int) []int32 {
	if cap(s.ids) < n {
		s.ids = make([]int32, n)
	}
	ids := s.ids[:n]
	for i := range ids {
		ids[i] = int32(i)
	}
	return ids
}

func (s *groupSet) size() int64 {
	n := 12 * int64(cap(s.ids))
	if s.accs != nil {
		n += s.accs.size()
	}
	if s.table != nil {
		n += s.table.size() + s.fold.size()
	}
	return n
}

// growth is the most that n more rows may add to size.
func (s *groupSet) growth(keys []*batch.Column, n int) int64 {
	if s.table == nil {
		return 0
	}
	return s.table.growth(keys, n) + s.fold.growth(n) + int64(n)*s.accSize()
}

// full reports that the texts of the keys are as many as one column may hold.
func (s *groupSet) full() bool {
	return s.table != nil && s.table.textBytes() > maxBuffered
}

// accSize estimates the bytes a group takes in the accumulators. Their size has
// buffers for a batch in it, which must not be taken for that of few groups.
func (s *groupSet) accSize() int64 {
	return 16*int64(len(s.calls)) + s.accs.size()/int64(max(s.groups, s.room, batch.TargetRows))
}

// outputSize estimates the bytes of n groups as columns, and of their order.
func (s *groupSet) outputSize(n int) int64 {
	row := int64(pairBytes + 4)
	for _, t := range s.types {
		row += 5 + int64(fixedBytes(t))
	}
	if s.groups > 0 {
		row += s.table.textBytes()/int64(s.groups) + 1
	}
	return int64(n) * (row + s.accSize())
}

// keys gives the key columns of groups [from, to).
func (s *groupSet) keys(from, to int) []*batch.Column {
	if s.table == nil {
		return nil
	}
	return s.table.keys(from, to)
}

// result gives keys and results of all groups.
func (s *groupSet) result() ([]*batch.Column, error) {
	vals, err := s.accs.final(0, s.groups)
	if err != nil {
		return nil, err
	}
	return append(s.keys(0, s.groups), vals...), nil
}

// hashOrder lists the groups by ascending hash; equal hashes by their keys.
func (s *groupSet) hashOrder() []int32 {
	p := make([]pair, s.groups)
	for g, h := range s.table.hashes() {
		p[g] = pair{code: h, id: uint32(g)}
	}
	sortPairs(p, make([]pair, len(p)))
	perm := make([]int32, len(p))
	for i := range p {
		perm[i] = int32(p[i].id)
	}
	for i := 0; i < len(p); {
		j := i + 1
		for j < len(p) && p[j].code == p[i].code {
			j++
		}
		if j-i > 1 {
			s.orderByKey(perm[i:j])
		}
		i = j
	}
	return perm
}

// orderByKey sorts groups by their serialised keys.
func (s *groupSet) orderByKey(groups []int32) {
	key := map[int32][]byte{}
	for _, g := range groups {
		for _, c := range s.keys(int(g), int(g)+1) {
			key[g] = appendValue(key[g], c, 0)
		}
	}
	slices.SortFunc(groups, func(a, b int32) int { return bytes.Compare(key[a], key[b]) })
}

// partialGroups, finalGroups and orderedGroups give out a set's groups.
type (
	partialGroups struct {
		set      *groupSet
		at, step int
	}
	finalGroups   partialGroups
	orderedGroups struct {
		cols     []*batch.Column
		perm     []int32
		at, step int
	}
)

func (p *partialGroups) next(context.Context) (*batch.Batch, error) {
	from, to := p.at, min(p.at+p.step, p.set.groups)
	if from == to {
		return nil, io.EOF
	}
	p.at = to
	states, err := p.set.accs.state(from, to)
	if err != nil {
		return nil, err
	}
	return batch.New(to-from, append(p.set.keys(from, to), states...)...), nil
}

func (p *finalGroups) next(context.Context) (*batch.Batch, error) {
	from, to := p.at, min(p.at+p.step, p.set.groups)
	if from == to {
		return nil, io.EOF
	}
	p.at = to
	vals, err := p.set.accs.final(from, to)
	if err != nil {
		return nil, err
	}
	return batch.New(to-from, append(p.set.keys(from, to), vals...)...), nil
}

func (o *orderedGroups) next(context.Context) (*batch.Batch, error) {
	from, to := o.at, min(o.at+o.step, len(o.perm))
	if from == to {
		return nil, io.EOF
	}
	o.at = to
	return batch.New(len(o.perm), o.cols...).Take(o.perm[from:to]), nil
}

func (*partialGroups) close() error { return nil }
func (*finalGroups) close() error   { return nil }
func (*orderedGroups) close() error { return nil }
