package builtin

import (
	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/sql/diag"
	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/udf"
)

// windowFunctions lists the functions that exist over windows only.
func windowFunctions() []*udf.Function {
	number := []types.Type{types.BigIntType}
	return append(valueFunctions(),
		&udf.Function{Name: "row_number", Family: "window", Returns: types.BigIntType, Window: ranking(rowNumber),
			Doc: udf.Doc{Summary: "The place of the row in its partition, from 1.", Example: "row_number() over (order by 1)", Result: "1"}},
		&udf.Function{Name: "rank", Family: "window", Returns: types.BigIntType, Window: ranking(rank),
			Doc: udf.Doc{Summary: "The place of the first of the row's peers; places of peers are left out behind them.", Example: "rank() over (order by 1)", Result: "1"}},
		&udf.Function{Name: "dense_rank", Family: "window", Returns: types.BigIntType, Window: ranking(denseRank),
			Doc: udf.Doc{Summary: "The number of the row's group of peers, from 1.", Example: "dense_rank() over (order by 1)", Result: "1"}},
		&udf.Function{Name: "percent_rank", Family: "window", Returns: types.DoubleType, Window: &udf.Window{New: unprepared(percentRank)},
			Doc: udf.Doc{Summary: "(rank - 1) / (rows of the partition - 1), 0 for a single row.", Example: "percent_rank() over (order by 1)", Result: "0.0"}},
		&udf.Function{Name: "cume_dist", Family: "window", Returns: types.DoubleType, Window: &udf.Window{New: unprepared(cumeDist)},
			Doc: udf.Doc{Summary: "The part of the partition's rows that do not come behind the row's peers.", Example: "cume_dist() over (order by 1)", Result: "1.0"}},
		&udf.Function{Name: "ntile", Family: "window", Args: number, Returns: types.BigIntType, Window: &udf.Window{New: newNtile},
			Doc: udf.Doc{Summary: "The number, from 1, of the row's bucket when the partition is cut into n; the first ones have a row more if it must be.", Example: "ntile(4) over (order by 1)", Result: "1"}},
		&udf.Function{Name: "cluster_sample", Family: "window", Args: []types.Type{types.BigIntType, types.BigIntType}, Optional: 1,
			Returns: types.BooleanType, Window: &udf.Window{New: newSample},
			Doc: udf.Doc{Summary: "Whether the row is in a sample of n rows of its partition or, with m, of m/n of them.", Example: "cluster_sample(1) over (partition by 1)", Result: "true"}},
	)
}

func ranking(f udf.WindowEval) *udf.Window { return &udf.Window{Backward: true, New: unprepared(f)} }

func unprepared(f udf.WindowEval) func(*udf.Call, bool) (udf.WindowEval, error) {
	return func(*udf.Call, bool) (udf.WindowEval, error) { return f, nil }
}

// pieceOf is the piece that r is, or where whole partitions begin.
func pieceOf(r *udf.WindowRows) udf.Piece {
	if r.Piece != nil {
		return *r.Piece
	}
	return udf.Piece{}
}

// eachPartition calls f for the rows [from, to) of each partition and the number
// of rows that it has in all.
func eachPartition(r *udf.WindowRows, f func(from, to int, size int64)) {
	for p := 0; p+1 < len(r.Starts); p++ {
		from, to := int(r.Starts[p]), int(r.Starts[p+1])
		size := int64(to - from)
		if r.Piece != nil {
			size = r.Piece.Size
		}
		f(from, to, size)
	}
}

// eachGroup calls f for the rows [from, to) of each group of peers: start is the
// first row of their partition, nth counts the groups before it in that.
func eachGroup(r *udf.WindowRows, f func(from, to, start int, nth int64)) {
	partition, nth := 0, int64(0)
	for g := 0; g+1 < len(r.Peers); g++ {
		from, to := r.Peers[g], r.Peers[g+1]
		if from == r.Starts[partition+1] {
			partition++
			nth = 0
		}
		f(int(from), int(to), int(r.Starts[partition]), nth)
		nth++
	}
}

func bigints(v []int64) *batch.Column {
	return batch.FromValues(types.BigIntType, batch.PhysI64, v, nil)
}

func rowNumber(r *udf.WindowRows, _ []*batch.Column) (*batch.Column, error) {
	out, before := make([]int64, r.N), pieceOf(r).Before
	eachPartition(r, func(from, to int, _ int64) {
		for i := range out[from:to] {
			out[from+i] = before + int64(i) + 1
		}
	})
	return bigints(out), nil
}

// ranks gives each row the place of its first peer.
func ranks(r *udf.WindowRows) []int64 {
	out, piece := make([]int64, r.N), pieceOf(r)
	eachGroup(r, func(from, to, start int, _ int64) {
		v := piece.Before + int64(from-start) + 1
		if from == start {
			v -= piece.Open
		}
		fill(out[from:to], v)
	})
	return out
}

func fill[T any](s []T, v T) {
	for i := range s {
		s[i] = v
	}
}

func rank(r *udf.WindowRows, _ []*batch.Column) (*batch.Column, error) {
	return bigints(ranks(r)), nil
}

func denseRank(r *udf.WindowRows, _ []*batch.Column) (*batch.Column, error) {
	out, piece := make([]int64, r.N), pieceOf(r)
	if piece.Open > 0 {
		piece.Groups--
	}
	eachGroup(r, func(from, to, _ int, nth int64) { fill(out[from:to], piece.Groups+nth+1) })
	return bigints(out), nil
}

func percentRank(r *udf.WindowRows, _ []*batch.Column) (*batch.Column, error) {
	out, ranks := make([]float64, r.N), ranks(r)
	eachPartition(r, func(from, to int, size int64) {
		if size == 1 {
			return
		}
		for i := from; i < to; i++ {
			out[i] = float64(ranks[i]-1) / float64(size-1)
		}
	})
	return batch.FromValues(types.DoubleType, batch.PhysF64, out, nil), nil
}

func cumeDist(r *udf.WindowRows, _ []*batch.Column) (*batch.Column, error) {
	out, piece := make([]float64, r.N), pieceOf(r)
	eachGroup(r, func(from, to, start int, _ int64) {
		n := piece.Before + int64(to-start)
		if to == r.N {
			n += piece.Behind
		}
		fill(out[from:to], float64(n))
	})
	eachPartition(r, func(from, to int, size int64) {
		for i := from; i < to; i++ {
			out[i] /= float64(size)
		}
	})
	return batch.FromValues(types.DoubleType, batch.PhysF64, out, nil), nil
}

// constant is argument i of a call, which must be a constant of at least least.
func constant(name string, call *udf.Call, i int, least int64) (int64, error) {
	if !call.IsConst[i] {
		return 0, diag.Errorf(diag.CodeWindow, diag.Pos{}, "argument %d of %s must be a constant", i+1, name)
	}
	v, ok := call.Consts[i].(int64)
	if !ok || v < least {
		return 0, diag.Errorf(diag.CodeInvalidArgument, diag.Pos{}, "argument %d of %s must be a whole number of at least %d", i+1, name, least)
	}
	return v, nil
}

func newNtile(call *udf.Call, _ bool) (udf.WindowEval, error) {
	n, err := constant("ntile", call, 0, 1)
	if err != nil {
		return nil, err
	}
	return func(r *udf.WindowRows, _ []*batch.Column) (*batch.Column, error) {
		out, before := make([]int64, r.N), pieceOf(r).Before
		eachPartition(r, func(from, to int, size int64) {
			small, larger := size/n, size%n // the first larger buckets have small+1 rows
			for i := from; i < to; i++ {
				at := before + int64(i-from)
				if at < larger*(small+1) {
					out[i] = at/(small+1) + 1
				} else {
					out[i] = larger + (at-larger*(small+1))/small + 1
				}
			}
		})
		return bigints(out), nil
	}, nil
}

// newSample chooses rows one by one, each with the part of the rows still wanted
// in those still to come (Knuth's algorithm S), by numbers that follow from the
// rows' places, so that the sample is always the same.
func newSample(call *udf.Call, _ bool) (udf.WindowEval, error) {
	n, err := constant("cluster_sample", call, 0, 1)
	if err != nil {
		return nil, err
	}
	part := int64(0)
	if len(call.Args) > 1 {
		if part, err = constant("cluster_sample", call, 1, 1); err != nil {
			return nil, err
		}
		if part > n {
			return nil, diag.Errorf(diag.CodeInvalidArgument, diag.Pos{}, "cluster_sample(n, m) takes m/n of the rows, and %d/%d is more than all", part, n)
		}
	}
	chosen := int64(0) // in the partition, pieces before included
	return func(r *udf.WindowRows, _ []*batch.Column) (*batch.Column, error) {
		bits, before := batch.NewBitmap(r.N), pieceOf(r).Before
		eachPartition(r, func(from, to int, size int64) {
			if before == 0 {
				chosen = 0
			}
			want := min(n, size)
			if part > 0 {
				want = int64(float64(size) * float64(part) / float64(n))
			}
			for i := from; i < to; i++ {
				at := before + int64(i-from)
				if mix(uint64(size), uint64(at))%uint64(size-at) < uint64(want-chosen) {
					bits.Set(i)
					chosen++
				}
			}
		})
		return batch.FromBits(bits, r.N, nil), nil
	}, nil
}
