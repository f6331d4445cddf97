package operator

import (
	"context"
	"io"
	"slices"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/sql/types"
)

// table builds the table of a partition. Its columns end with the number.
func (s *joinSpill) table(ctx context.Context, right *run) (*joinTable, error) {
	b := s.partBuilder()
	err := s.each(ctx, right, func(in *batch.Batch) error { return s.addSpilled(b, in) })
	if err != nil {
		return nil, err
	}
	return s.finishPart(b)
}

func (s *joinSpill) partBuilder() *joinBuilder {
	from := s.join.build
	b := &joinBuilder{node: s.join.node, keys: from.keys, env: from.env, memory: from.memory, plain: true,
		types:  append(append([]types.Type{}, from.types...), types.BigIntType),
		stored: append(append([]int{}, from.stored...), len(from.types)),
		kept:   append(append([]types.Type{}, from.kept...), types.BigIntType)}
	b.reset()
	return b
}

// addSpilled gives b spilled right rows.
func (s *joinSpill) addSpilled(b *joinBuilder, in *batch.Batch) error {
	n := len(s.join.build.kept)
	keys, words, able := s.keysOf(in, n)
	kept := batch.New(in.N, append(append([]*batch.Column{}, in.Columns[:n]...), in.Columns[len(in.Columns)-1])...)
	return b.addRows(kept, keys, words, able)
}

func (s *joinSpill) finishPart(b *joinBuilder) (*joinTable, error) {
	t, err := b.finish()
	if err == nil {
		t.anyRow, t.anyNull = s.rows[0] > 0, s.anyNull
	}
	return t, err
}

// numbered is the join's probe with the numbers as one more column of each side.
func (s *joinSpill) numbered() joinProbe {
	p := s.join.probe
	p.wantLeft = append(slices.Clone(p.wantLeft), true)
	p.wantRight = append(slices.Clone(p.wantRight), true)
	return p
}

// probe joins a partition's left rows and then its right rows that follow.
func (s *joinSpill) probe(ctx context.Context, t *joinTable, left *run) error {
	p := s.numbered()
	p.open(t)
	out := s.newResult()
	pieces, err := out.end(s.probeLeft(ctx, &p, left, out))
	s.pieces = append(s.pieces, pieces...)
	if err != nil || !keepsRight(s.join.node.Kind) {
		return err
	}
	out = s.newResult()
	tails, err := out.end(s.probeTail(ctx, &p, out))
	s.tails = append(s.tails, tails...)
	return err
}

// eachLeft begins the probe of each batch of spilled left rows and calls f with
// their numbers.
func (s *joinSpill) eachLeft(ctx context.Context, p *joinProbe, left *run, f func(numbers []int64) error) error {
	width := len(p.wantLeft) - 1
	return s.each(ctx, left, func(b *batch.Batch) error {
		keys, words, able := s.keysOf(b, len(s.leftKept))
		in := batch.New(b.N, make([]*batch.Column, width+1)...)
		for i, c := range s.leftKept {
			in.Columns[c] = b.Columns[i]
		}
		in.Columns[width] = b.Columns[len(b.Columns)-1]
		p.beginRows(in, keys, words, able)
		return f(batch.Values[int64](batch.Flatten(in.Columns[width])))
	})
}

func (s *joinSpill) probeLeft(ctx context.Context, p *joinProbe, left *run, out *joinResult) error {
	width := len(p.wantLeft) - 1
	return s.eachLeft(ctx, p, left, func([]int64) error {
		for {
			piece, err := p.next()
			if piece == nil || err != nil {
				return err
			}
			cols := append(append([]*batch.Column{}, piece.Columns[:width]...), piece.Columns[width+1:]...)
			if err := out.write(ctx, piece, piece.Columns[width], cols); err != nil {
				return err
			}
		}
	})
}

func (s *joinSpill) probeTail(ctx context.Context, p *joinProbe, out *joinResult) error {
	tail := &joinTail{probe: p, left: schemaTypes(s.join.node.Left)}
	for {
		b, err := tail.next()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		last := len(b.Columns) - 1
		if err := out.write(ctx, b, b.Columns[last], b.Columns[:last]); err != nil {
			return err
		}
	}
}
