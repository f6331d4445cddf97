package operator

import (
	"context"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/sql/diag"
	"github.com/bixidata/bixi/sql/types"
)

// joinRouter spills rows to a run for each partition of their words. depth
// chooses the bits of the words that count.
type joinRouter struct {
	spill   *joinSpill
	types   []types.Type
	depth   int
	parts   []partBuilder
	writers []*runWriter
	runs    []*run // of the partitions when the router has ended; nil: no rows
	held    int64  // reserved for parts
	order   [spillFan][]int32
}

func newJoinRouter(s *joinSpill, ts []types.Type, depth int) *joinRouter {
	return &joinRouter{spill: s, types: ts, depth: depth}
}

// spillBlock is the bytes collected for a partition before they are written:
// less than usual when there is little memory at all.
func (s *joinSpill) spillBlock() int64 {
	if limit := s.join.env.Memory.Limit(); limit > 0 {
		return max(min(blockBytes, limit/(4*spillFan)), 4<<10)
	}
	return blockBytes
}

// partition of a word at a depth; it does not depend on the hash's high bits,
// which the exchange has used, more than on others.
func (r *joinRouter) partition(word uint64) int {
	if r.spill.whole {
		return 0
	}
	x := word + uint64(r.depth+1)*slotMix
	x ^= x >> 32
	x *= 0xD6E8FEB86659FD93
	x ^= x >> 32
	x *= 0xD6E8FEB86659FD93
	return int(x >> 60)
}

// rows is the number of rows that are written at a time. What is joined in blocks
// comes in smaller ones when everything spills, so that there are several.
func (r *joinRouter) rows() int {
	if env := r.spill.join.env; r.spill.whole && env.SpillAlways {
		return max(env.batchRows(), 64)
	}
	return batch.TargetRows
}

// add routes the rows of a dense batch.
func (r *joinRouter) add(ctx context.Context, b *batch.Batch, words []uint64) error {
	if r.parts == nil {
		r.parts, r.writers = make([]partBuilder, spillFan), make([]*runWriter, spillFan)
		for p := range r.parts {
			r.parts[p].init(r.types)
		}
		r.held = spillFan * r.spill.spillBlock()
		r.spill.buffers.Must(r.held)
	}
	for p := range r.order {
		r.order[p] = r.order[p][:0]
	}
	for i, w := range words {
		p := r.partition(w)
		r.order[p] = append(r.order[p], int32(i))
	}
	for p, rows := range r.order {
		if len(rows) == 0 {
			continue
		}
		part := &r.parts[p]
		part.add(b, rows)
		if part.rows >= r.rows() || part.size() >= r.spill.spillBlock() {
			if err := r.flush(ctx, p); err != nil {
				return err
			}
		}
	}
	return nil
}

func (r *joinRouter) flush(ctx context.Context, p int) error {
	if r.parts[p].rows == 0 {
		return nil
	}
	if r.writers[p] == nil {
		w, err := newRunWriter(ctx, r.spill.join.env, r.types)
		if err != nil {
			return err
		}
		r.writers[p] = w
	}
	return r.writers[p].write(r.parts[p].finish())
}

// end completes the runs. Whatever happens no writer stays open.
func (r *joinRouter) end(ctx context.Context) error {
	r.runs = make([]*run, spillFan)
	var err error
	for p := range r.parts {
		if err == nil {
			err = r.flush(ctx, p)
		}
		if r.writers[p] != nil {
			if err != nil {
				r.writers[p].abort()
			} else {
				r.runs[p], err = r.spill.finished(r.writers[p])
			}
		}
	}
	r.spill.buffers.Must(-r.held)
	r.parts, r.writers, r.held = nil, nil, 0
	return err
}

// finished completes a run and keeps track of it.
func (s *joinSpill) finished(w *runWriter) (*run, error) {
	r, err := w.finish()
	if err == nil {
		s.bytes += r.bytes
		s.runs = append(s.runs, r)
	}
	return r, err
}

func isMemory(err error) bool { return diag.Of(err).Code == diag.CodeMemory }

// joinResult spills results with their numbers. Dictionaries become flat.
type joinResult struct {
	spill *joinSpill
	types []types.Type
	w     *runWriter
}

func (s *joinSpill) newResult() *joinResult {
	return &joinResult{spill: s, types: append([]types.Type{types.BigIntType}, schemaTypes(s.join.node)...)}
}

// write spills the rows of a piece: their number and the columns that leave the
// join among cols, the columns of both sides.
func (r *joinResult) write(ctx context.Context, piece *batch.Batch, number *batch.Column, cols []*batch.Column) error {
	if r.w == nil {
		w, err := newRunWriter(ctx, r.spill.join.env, r.types)
		if err != nil {
			return err
		}
		r.w = w
	}
	picked := pickColumns(batch.New(piece.N, cols...), r.spill.join.node.Output)
	b := &batch.Batch{N: piece.N, Sel: piece.Sel, Columns: append([]*batch.Column{number}, picked.Columns[:len(r.types)-1]...)}
	b = b.Dense()
	step := max(1, int(int64(b.N)*r.spill.spillBlock()/max(rowBytes(b), 1)))
	for at := 0; at < b.N; at += step {
		if err := r.w.write(b.Slice(at, min(b.N, at+step))); err != nil {
			return err
		}
	}
	return nil
}

// end gives the run that was written, if any.
func (r *joinResult) end(err error) ([]*run, error) {
	if r.w == nil {
		return nil, err
	}
	if err != nil {
		r.w.abort()
		return nil, err
	}
	done, err := r.spill.finished(r.w)
	if err != nil {
		return nil, err
	}
	return []*run{done}, nil
}

// close removes the files that are left.
func (s *joinSpill) close() error {
	var err error
	if s.merge != nil {
		err = s.merge.close()
	}
	for _, r := range []*joinRouter{s.right, s.left} {
		for _, w := range r.writers {
			if w != nil {
				w.abort()
			}
		}
	}
	for _, r := range s.runs {
		if rerr := r.remove(); err == nil {
			err = rerr
		}
	}
	s.runs = nil
	s.buffers.Free()
	s.join.build.memory.Free()
	return err
}
