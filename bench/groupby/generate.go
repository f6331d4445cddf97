package groupby

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"path/filepath"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/table/parquet"
	"github.com/bixidata/bixi/table/store"
)

const (
	seed      = 20260102
	few       = 100     // values of id1, id2, id4 and id5
	blockRows = 8 << 10 // rows written at a time
)

// field is a column and how its values of a block are made.
type field struct {
	name string
	typ  types.Type
	make func(r *rand.Rand, first, n int) *batch.Column
}

// fields are the columns of a table of so many rows.
func fields(rows int) []field {
	return []field{
		{"id1", types.StringType, texts("id%03d", few)},
		{"id2", types.StringType, texts("id%03d", few)},
		{"id3", types.StringType, texts("id%010d", rows/100)},
		{"id4", types.IntType, ints(few)},
		{"id5", types.IntType, ints(few)},
		{"id6", types.IntType, ints(rows / 100)},
		{"id7", types.BigIntType, longs(rows / 10)},
		{"id8", types.StringType, texts("id%010d", rows/10)},
		{"id9", types.BigIntType, unique(rows)},
		{"v1", types.IntType, ints(5)},
		{"v2", types.IntType, ints(15)},
		{"v3", types.DoubleType, doubles},
	}
}

// generate writes the table to x.parquet in dir: the same bytes each time.
func generate(ctx context.Context, dir string, rows int) (err error) {
	all := fields(rows)
	cols := make([]parquet.Column, len(all))
	for i, f := range all {
		cols[i] = parquet.Column{Name: f.name, FieldID: i + 1, Type: f.typ, Required: true}
	}
	w, err := parquet.NewWriter(ctx, store.NewLocal(""), filepath.Join(dir, "x.parquet"), cols, parquet.WriterOptions{Compression: parquet.Snappy})
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, w.Abort())
		}
	}()
	sources := make([]*rand.Rand, len(all)) // one a column, so that a new column changes no other
	for i := range sources {
		sources[i] = rand.New(rand.NewPCG(seed, uint64(i)))
	}
	for first := 0; first < rows; first += blockRows {
		if err := ctx.Err(); err != nil {
			return err
		}
		n := min(blockRows, rows-first)
		b := batch.New(n)
		for i, f := range all {
			b.Columns = append(b.Columns, f.make(sources[i], first, n))
		}
		if err := w.Write(b); err != nil {
			return err
		}
	}
	_, err = w.Close()
	return err
}

func texts(format string, values int) func(*rand.Rand, int, int) *batch.Column {
	return func(r *rand.Rand, _, n int) *batch.Column {
		var data []byte
		offsets := make([]int32, 1, n+1)
		for range n {
			data = fmt.Appendf(data, format, 1+r.IntN(values))
			offsets = append(offsets, int32(len(data)))
		}
		return batch.FromBytes(types.StringType, data, offsets, nil)
	}
}

func ints(values int) func(*rand.Rand, int, int) *batch.Column {
	return func(r *rand.Rand, _, n int) *batch.Column {
		v := make([]int32, n)
		for i := range v {
			v[i] = 1 + r.Int32N(int32(values))
		}
		return batch.FromValues(types.IntType, batch.PhysOf(types.IntType), v, nil)
	}
}

func longs(values int) func(*rand.Rand, int, int) *batch.Column {
	return func(r *rand.Rand, _, n int) *batch.Column {
		v := make([]int64, n)
		for i := range v {
			v[i] = 1 + r.Int64N(int64(values))
		}
		return batch.FromValues(types.BigIntType, batch.PhysOf(types.BigIntType), v, nil)
	}
}

// unique gives each row another number of 1 to rows.
func unique(rows int) func(*rand.Rand, int, int) *batch.Column {
	var order []int
	return func(r *rand.Rand, first, n int) *batch.Column {
		if order == nil {
			order = r.Perm(rows)
		}
		v := make([]int64, n)
		for i := range v {
			v[i] = 1 + int64(order[first+i])
		}
		return batch.FromValues(types.BigIntType, batch.PhysOf(types.BigIntType), v, nil)
	}
}

// doubles are below 100 and have six digits after the point.
func doubles(r *rand.Rand, _, n int) *batch.Column {
	v := make([]float64, n)
	for i := range v {
		v[i] = math.Round(r.Float64()*1e8) / 1e6
	}
	return batch.FromValues(types.DoubleType, batch.PhysOf(types.DoubleType), v, nil)
}
