package operator

import (
	"context"
	"fmt"
	"io"
	"slices"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/planner/physical"
)

// joinBlocks joins a partition whose right rows do not fit the memory and cannot
// be split: there are no keys, or one key has too many rows, or NULLs of several
// keys are to be compared. The right rows are taken a block at a time, as many as
// fit, and all left rows pass each block.
type joinBlocks struct {
	spill *joinSpill
	probe joinProbe
	kind  physical.JoinKind // of the whole join; probe may have another
	// matched and unknown are the left rows, by number, of which some block said so.
	matched, unknown batch.Bitmap
	block            int64
}

// blockBits is the part of a left row's number that is left to order the results
// of its blocks.
const blockBits = 20

func (s *joinSpill) joinBlocks(ctx context.Context, right, left *run) error {
	b := &joinBlocks{spill: s, kind: s.join.node.Kind, probe: s.numbered()}
	bits := s.rows[1] + 63
	s.buffers.Must(bits / 4)
	defer s.buffers.Must(-bits / 4)
	b.matched, b.unknown = batch.NewBitmap(int(s.rows[1])), batch.NewBitmap(int(s.rows[1]))
	b.probe.join = b.plainJoin()
	in, err := right.open(ctx)
	if err != nil {
		return err
	}
	defer in.close()
	for {
		t, last, err := s.block(ctx, in)
		if err != nil {
			return err
		}
		b.probe.open(t)
		if err := b.pass(ctx, left); err != nil {
			return err
		}
		s.join.build.memory.Resize(0)
		if last {
			return b.end(ctx, left)
		}
		b.block++
	}
}

// plainJoin is the join that is done with one block: what depends on a left row
// having no match at all is decided at the end.
func (b *joinBlocks) plainJoin() *hashJoin {
	own, node := *b.spill.join, *b.spill.join.node
	node.Many = ""
	switch node.Kind {
	case physical.LeftOuter:
		node.Kind = physical.Inner
	case physical.FullOuter:
		node.Kind = physical.RightOuter
	}
	own.node = &node
	return &own
}

// block builds the table of the next right rows that fit, at least one batch.
func (s *joinSpill) block(ctx context.Context, in *runReader) (t *joinTable, last bool, err error) {
	b := s.partBuilder()
	b.full = s.join.env.SpillAlways // a batch a block
	for err == nil {
		var next *batch.Batch
		if next, err = in.next(ctx); err == nil {
			err = s.addSpilled(b, next)
		}
	}
	if err == io.EOF || isMemory(err) {
		last = err == io.EOF
		t, err = s.finishPart(b)
	}
	return t, last, err
}

// pass lets all left rows pass the current block.
func (b *joinBlocks) pass(ctx context.Context, left *run) error {
	out := b.spill.newResult()
	pieces, err := out.end(b.spill.eachLeft(ctx, &b.probe, left, func(numbers []int64) error {
		if !givesPairs(b.kind) {
			return b.decide(numbers)
		}
		return b.pairs(ctx, out)
	}))
	b.spill.pieces = append(b.spill.pieces, pieces...)
	if err != nil || !keepsRight(b.kind) {
		return err
	}
	out = b.spill.newResult()
	tails, err := out.end(b.spill.probeTail(ctx, &b.probe, out))
	b.spill.tails = append(b.spill.tails, tails...)
	return err
}

// givesPairs reports whether a join of that kind works pair by pair.
func givesPairs(k physical.JoinKind) bool {
	return givesRight(k)
}

// decide notes what the block says of the left rows of the batch being probed.
func (b *joinBlocks) decide(numbers []int64) error {
	p := &b.probe
	if err := p.matchLeft(); err != nil {
		return err
	}
	var unknown []bool
	if b.kind == physical.LeftAntiNull || b.kind == physical.LeftMark {
		var err error
		if unknown, err = p.unknownLeft(); err != nil {
			return err
		}
	}
	for i, n := range numbers {
		if p.matched[i] {
			b.matched.Set(int(n >> blockBits))
		} else if unknown != nil && unknown[i] {
			b.unknown.Set(int(n >> blockBits))
		}
	}
	return nil
}

// pairs writes the pairs of the batch being probed.
func (b *joinBlocks) pairs(ctx context.Context, out *joinResult) error {
	width := len(b.probe.wantLeft) - 1
	for {
		piece, err := b.probe.next()
		if piece == nil || err != nil {
			return err
		}
		numbers := slices.Clone(batch.Values[int64](batch.Flatten(piece.Columns[width])))
		before := int64(-1)
		for i, n := range numbers {
			if b.spill.join.node.Many != "" && (n == before || b.matched.Get(int(n>>blockBits))) {
				return b.spill.join.errMany()
			}
			before = n
			numbers[i] = n | b.block
		}
		for _, n := range numbers {
			b.matched.Set(int(n >> blockBits))
		}
		if err := b.write(ctx, out, piece, numbers); err != nil {
			return err
		}
	}
}

func (b *joinBlocks) write(ctx context.Context, out *joinResult, piece *batch.Batch, numbers []int64) error {
	width := len(b.probe.wantLeft) - 1
	number := batch.FromValues(out.types[0], batch.PhysI64, numbers, nil)
	cols := append(append([]*batch.Column{}, piece.Columns[:width]...), piece.Columns[width+1:]...)
	return out.write(ctx, piece, number, cols)
}

// end gives the left rows that depend on all blocks.
func (b *joinBlocks) end(ctx context.Context, left *run) error {
	if b.block >= 1<<blockBits {
		return fmt.Errorf("a join of %d blocks", b.block)
	}
	padded := b.kind == physical.LeftOuter || b.kind == physical.FullOuter
	if givesPairs(b.kind) && !padded {
		return nil
	}
	out := b.spill.newResult()
	pieces, err := out.end(b.spill.eachLeft(ctx, &b.probe, left, func(numbers []int64) error {
		if padded {
			return b.pad(ctx, out, numbers)
		}
		return b.filter(ctx, out, numbers)
	}))
	b.spill.pieces = append(b.spill.pieces, pieces...)
	return err
}

// pad writes the left rows without a match.
func (b *joinBlocks) pad(ctx context.Context, out *joinResult, numbers []int64) error {
	var li, ri []int32
	var own []int64
	for i, n := range numbers {
		if !b.matched.Get(int(n >> blockBits)) {
			li, ri, own = append(li, int32(i)), append(ri, -1), append(own, n)
		}
	}
	if len(li) == 0 {
		return nil
	}
	return b.write(ctx, out, b.probe.output(li, ri), own)
}

// filter writes the left rows that leave a join of left rows only.
func (b *joinBlocks) filter(ctx context.Context, out *joinResult, numbers []int64) error {
	p := &b.probe
	p.matched = make([]bool, len(numbers))
	unknown := make([]bool, len(numbers))
	for i, n := range numbers {
		p.matched[i], unknown[i] = b.matched.Get(int(n>>blockBits)), b.unknown.Get(int(n>>blockBits))
	}
	piece := p.decided(b.kind, unknown)
	if piece.Rows() == 0 {
		return nil
	}
	width := len(p.wantLeft) - 1
	cols := append(append([]*batch.Column{}, piece.Columns[:width]...), piece.Columns[width+1:]...)
	return out.write(ctx, piece, piece.Columns[width], cols)
}
