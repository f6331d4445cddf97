package operator

import (
	"context"
	"io"
	"slices"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/worker/memory"
)

// joinSpill carries out a hash join whose right side does not fit the memory.
// Both sides are spilled in partitions by their words and joined partition by
// partition; a partition that does not fit either is split again by other bits,
// and in the end joined in blocks.
// Every left row carries its number, and so does every right row if right rows
// follow at the end. The results are spilled with these numbers and merged by
// them, so that they leave in the order in which a join in memory gives them.
//
// A spilled row is those of its columns that the output or the residual needs,
// its key (the word if words are keys, NULL if it matches nothing; the key
// columns otherwise) and its number.
type joinSpill struct {
	join    *hashJoin
	bytes   int64 // written
	buffers *memory.Reservation

	leftKept      []int // positions of the left columns that are spilled
	right, left   *joinRouter
	rows          [2]int64 // numbered so far: right, left
	anyNull       bool     // a right row has a NULL key
	runs          []*run   // of inputs and results, to be removed
	pieces, tails []*run   // results: first column is the number
	merge         *numberMerge
	joined        bool
	borrowed      bool // the right partitions belong to a joinShare
	whole         bool // all rows are one partition, which is joined in blocks
}

// spillFan is the number of partitions; spillDepth how often they are split.
const (
	spillFan   = 16
	spillDepth = 4
)

func newJoinSpill(j *hashJoin) *joinSpill {
	s := &joinSpill{join: j, buffers: j.env.Memory.Reserve("spilling of a hash join"), whole: !j.hasParts()}
	s.right = newJoinRouter(s, s.spilledTypes(j.build.kept, exprTypes(j.node.RightKeys)), 0)
	var kept []types.Type
	for i, t := range schemaTypes(j.node.Left) {
		if j.probe.wantLeft[i] || j.probe.residual != nil && slices.Contains(j.probe.residual.left, i) {
			s.leftKept, kept = append(s.leftKept, i), append(kept, t)
		}
	}
	s.left = newJoinRouter(s, s.spilledTypes(kept, exprTypes(j.node.LeftKeys)), 0)
	return s
}

// spilledTypes are the columns of spilled rows.
func (s *joinSpill) spilledTypes(payload, keys []types.Type) []types.Type {
	out := append([]types.Type{}, payload...)
	if s.join.keys.packed {
		out = append(out, types.BigIntType)
	} else {
		out = append(out, keys...)
	}
	return append(out, types.BigIntType)
}

// spilled makes the rows to spill; side is 0 for right and 1 for left.
func (s *joinSpill) spilled(side int, payload *batch.Batch, keys []*batch.Column, words []uint64, able batch.Bitmap) *batch.Batch {
	d := payload.Dense()
	out := &batch.Batch{N: len(words), Columns: append([]*batch.Column{}, d.Columns...)}
	if s.join.keys.packed {
		vals := make([]int64, len(words))
		for i, w := range words {
			vals[i] = int64(w)
		}
		out.Columns = append(out.Columns, batch.FromValues(types.BigIntType, batch.PhysI64, vals, able))
	} else {
		out.Columns = append(out.Columns, keys...)
	}
	numbers := make([]int64, len(words))
	for i := range numbers {
		numbers[i] = s.rows[side] + int64(i)
		if side == 1 {
			numbers[i] <<= blockBits
		}
	}
	s.rows[side] += int64(len(words))
	out.Columns = append(out.Columns, batch.FromValues(types.BigIntType, batch.PhysI64, numbers, nil))
	return out
}

// moveRight spills the rows that the builder holds.
func (s *joinSpill) moveRight(ctx context.Context) error {
	b := s.join.build
	rows := b.rows.finish()
	rows.N = len(b.words)
	keys := &batch.Batch{N: rows.N}
	if !b.keys.packed {
		keys = b.keyed.finish()
	}
	for at := 0; at < rows.N; at += batch.TargetRows {
		end := min(at+batch.TargetRows, rows.N)
		able := b.able.Slice(at, end)
		s.anyNull = s.anyNull || able != nil && able.Count(end-at) < end-at
		part := s.spilled(0, rows.Slice(at, end), keys.Slice(at, end).Columns, b.words[at:end], able)
		if err := s.right.add(ctx, part, b.words[at:end]); err != nil {
			return err
		}
	}
	b.reset()
	b.memory.Resize(0)
	return nil
}

// endRight spills what the builder still holds.
func (s *joinSpill) endRight(ctx context.Context) error {
	if err := s.moveRight(ctx); err != nil {
		return err
	}
	return s.right.end(ctx)
}

// next joins everything at the first call.
func (s *joinSpill) next(ctx context.Context) (*batch.Batch, error) {
	if !s.joined {
		s.joined = true
		if err := s.readLeft(ctx); err != nil {
			return nil, err
		}
		if err := s.joinParts(ctx, s.right, s.left); err != nil {
			return nil, err
		}
		if err := s.startMerge(ctx, s.pieces); err != nil {
			return nil, err
		}
		s.pieces = nil
	}
	b, err := s.merge.next(ctx)
	if err == io.EOF && s.tails != nil {
		if err := s.startMerge(ctx, s.tails); err != nil {
			return nil, err
		}
		s.tails = nil
		return s.merge.next(ctx)
	}
	return b, err
}

func (s *joinSpill) startMerge(ctx context.Context, runs []*run) (err error) {
	if s.merge != nil {
		s.merge.close()
	}
	s.merge, err = newNumberMerge(ctx, runs, schemaTypes(s.join.node), s.join.env.batchRows())
	if err == nil {
		s.buffers.Must(s.merge.bytes - s.buffers.Held())
	}
	return err
}

func (s *joinSpill) readLeft(ctx context.Context) error {
	for {
		b, err := s.join.left.Next(ctx)
		if err == io.EOF {
			return s.left.end(ctx)
		}
		if err != nil {
			return err
		}
		if b.Rows() == 0 {
			continue
		}
		keys, words, able, err := s.join.keys.eval(b)
		if err != nil {
			return err
		}
		kept := &batch.Batch{N: b.N, Sel: b.Sel}
		for _, c := range s.leftKept {
			kept.Columns = append(kept.Columns, b.Columns[c])
		}
		if err := s.left.add(ctx, s.spilled(1, kept, keys, words, able), words); err != nil {
			return err
		}
	}
}

// joinParts joins the partitions of two routers.
func (s *joinSpill) joinParts(ctx context.Context, right, left *joinRouter) error {
	for p := range right.runs {
		if err := s.joinPart(ctx, right.runs[p], left.runs[p], right.depth); err != nil {
			return err
		}
		for _, r := range []*run{right.runs[p], left.runs[p]} {
			if r == nil || s.borrowed && r == s.right.runs[p] {
				continue
			}
			if err := r.remove(); err != nil {
				return err
			}
		}
	}
	return nil
}

// joinPart joins one partition; a nil run has no rows.
func (s *joinSpill) joinPart(ctx context.Context, right, left *run, depth int) error {
	if left == nil && !keepsRight(s.join.node.Kind) {
		return nil
	}
	if s.whole && s.join.env.SpillAlways && right != nil {
		return s.joinBlocks(ctx, right, left)
	}
	t, err := s.table(ctx, right)
	if err != nil {
		s.join.build.memory.Resize(0)
		if !isMemory(err) {
			return err
		}
		if s.whole || depth+1 >= spillDepth {
			return s.joinBlocks(ctx, right, left)
		}
		return s.split(ctx, right, left, depth+1)
	}
	err = s.probe(ctx, t, left)
	s.join.build.memory.Resize(0)
	return err
}

// split joins a partition in smaller ones.
func (s *joinSpill) split(ctx context.Context, right, left *run, depth int) error {
	r, l := newJoinRouter(s, right.types, depth), newJoinRouter(s, s.left.types, depth)
	if err := s.reroute(ctx, right, r, len(s.join.build.kept)); err != nil {
		return err
	}
	if err := s.reroute(ctx, left, l, len(s.leftKept)); err != nil {
		return err
	}
	return s.joinParts(ctx, r, l)
}

func (s *joinSpill) reroute(ctx context.Context, from *run, to *joinRouter, payload int) error {
	err := s.each(ctx, from, func(b *batch.Batch) error {
		_, words, _ := s.keysOf(b, payload)
		return to.add(ctx, b, words)
	})
	if eerr := to.end(ctx); err == nil {
		err = eerr
	}
	return err
}

// each calls f with the batches of a run.
func (s *joinSpill) each(ctx context.Context, r *run, f func(b *batch.Batch) error) error {
	if r == nil {
		return nil
	}
	in, err := r.open(ctx)
	if err != nil {
		return err
	}
	for err == nil {
		var b *batch.Batch
		if b, err = in.next(ctx); err == nil {
			err = f(b)
		}
	}
	if cerr := in.close(); err == io.EOF {
		err = cerr
	}
	return err
}

// keysOf gives the key part of spilled rows whose columns before are payload.
func (s *joinSpill) keysOf(b *batch.Batch, payload int) (keys []*batch.Column, words []uint64, able batch.Bitmap) {
	keys = b.Columns[payload : len(b.Columns)-1]
	k := s.join.keys
	if k.packed {
		k.words = intWords(keys[0], growWords(k.words, b.N))
		return keys, k.words, rowValid(keys[0])
	}
	able = k.able(keys, b.N)
	k.words = k.hasher.Hash(keys, b.N, k.words)
	return keys, k.words, able
}
