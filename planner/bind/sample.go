package bind

import (
	"strconv"
	"strings"

	"github.com/bixidata/bixi/planner/logical"
	"github.com/bixidata/bixi/planner/scalar"
	"github.com/bixidata/bixi/planner/setting"
	"github.com/bixidata/bixi/sql/diag"
	"github.com/bixidata/bixi/sql/syntax"
	"github.com/bixidata/bixi/sql/types"
)

// sample restricts n to the rows that TABLESAMPLE takes. Apart from n ROWS, a row
// is taken by the hash of its values, so that the sample is the same however the
// table is stored and the work is divided, and rows that are equal go together.
func (b *Binder) sample(n logical.Node, rels []relation, s *syntax.Sample, err error) (logical.Node, []relation, error) {
	if err != nil || s == nil {
		return n, rels, err
	}
	if s.Kind == syntax.SampleRows {
		count, err := strconv.ParseInt(s.Size, 10, 64)
		if err != nil {
			return nil, nil, semantic(s.Pos(), "TABLESAMPLE takes a whole number of rows, not %s", s.Size)
		}
		return &logical.Limit{Input: n, Count: count}, rels, nil
	}
	low, high, err := b.share(n, s)
	if err != nil {
		return nil, nil, err
	}
	if low == 0 && high >= 1 {
		return n, rels, nil
	}
	args := []scalar.Expr{&scalar.Literal{Value: low, Typ: types.DoubleType}, &scalar.Literal{Value: high, Typ: types.DoubleType}}
	names := &scope{rels: rels}
	for _, c := range names.columns() {
		if len(s.On) == 0 {
			args = append(args, c.Ref())
		}
	}
	on, err := b.exprs(s.On, &exprScope{names: names, clause: "TABLESAMPLE"})
	if err != nil {
		return nil, nil, err
	}
	cond, err := b.apply("sample_share", s.Pos(), append(args, on...))
	if err != nil {
		return nil, nil, err
	}
	return &logical.Filter{Input: n, Conds: []scalar.Expr{cond}}, rels, nil
}

// share is the part of all hashes that s takes, from low to less than high.
func (b *Binder) share(n logical.Node, s *syntax.Sample) (low, high float64, err error) {
	switch s.Kind {
	case syntax.SampleBucket:
		x, errX := strconv.ParseInt(s.Size, 10, 64)
		y, errY := strconv.ParseInt(s.OutOf, 10, 64)
		if errX != nil || errY != nil || x < 1 || x > y {
			return 0, 0, semantic(s.Pos(), "there is no bucket %s out of %s", s.Size, s.OutOf).WithHint("buckets count from 1")
		}
		return float64(x-1) / float64(y), float64(x) / float64(y), nil
	case syntax.SamplePercent:
		p, err := strconv.ParseFloat(s.Size, 64)
		if err != nil || p > 100 {
			return 0, 0, semantic(s.Pos(), "TABLESAMPLE takes from 0 to 100 percent, not %s", s.Size)
		}
		return 0, p / 100, nil
	}
	scan, ok := n.(*logical.Scan)
	if !ok {
		return 0, 0, diag.Errorf(diag.CodeUnsupported, s.Pos(), "a sample by size is of a stored table, not of a query").WithHint("sample by PERCENT or ROWS")
	}
	size, err := setting.ParseBytes(strings.ToLower(s.Size))
	if err != nil {
		return 0, 0, semantic(s.Pos(), "%s is not a size", s.Size)
	}
	st, err := b.env.Catalog.Statistics(b.ctx, scan.Table, nil)
	if err != nil {
		return 0, 0, At(err, s.Pos())
	}
	if st.Bytes <= size {
		return 0, 1, nil
	}
	return 0, float64(size) / float64(st.Bytes), nil
}

// sampled adds the columns of the row to a call of SAMPLE that names none: rows are
// chosen by what they hold, not by chance, so that every run chooses the same.
func sampled(name string, args []scalar.Expr, s *exprScope) []scalar.Expr {
	if name != "sample" || len(args) == 0 || len(args) > 2 || s.aggs != nil || len(s.names.columns()) == 0 {
		return args
	}
	if len(args) == 1 {
		args = append(args, &scalar.Literal{Value: int64(1), Typ: types.BigIntType})
	}
	for _, c := range s.names.columns() {
		args = append(args, c.Ref())
	}
	return args
}
