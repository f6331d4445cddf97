package operator

import (
	"context"
	"io"

	"github.com/bixidata/bixi/batch"
)

type largePartition struct{ full bool }

func (l *largePartition) next(ctx context.Context) (*batch.Batch, error) { return nil, io.EOF }
func (l *largePartition) finish(ctx context.Context) error               { return nil }
func (l *largePartition) close() error                                   { return nil }
func (w *windowOp) continueLarge(ctx context.Context, b *batch.Batch, at []int32) (*batch.Batch, []int32, error) {
	return b, at, nil
}
func (w *windowOp) openLarge(ctx context.Context) error { return nil }
func piecewise(funcs []*windowFunc) bool                { return false }
