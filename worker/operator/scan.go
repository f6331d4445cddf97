package operator

import (
	"context"
	"io"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/planner/physical"
	"github.com/bixidata/bixi/planner/scalar"
	"github.com/bixidata/bixi/sql/diag"
	"github.com/bixidata/bixi/table/parquet"
	"github.com/bixidata/bixi/worker/expr"
)

// scan reads the task's splits one after the other. The columns that filters
// read are decoded first, the others only where a row survives.
type scan struct {
	node *physical.Scan
	env  *Env
	cond *expr.Filter

	read    []int // positions in node.Columns of the columns read, filters' first
	filters int   // how many of them filters read
	at      []int // position in read of each of node.Columns, or -1
	cols    []parquet.Column
	prune   pruner
	keys    []*runtimeKey
	did     scanStats
	split   int
	file    *parquet.File
	reader  rowReader   // of the split, nil between splits
	probe   batch.Batch // the filter's view: node.Columns, those not read nil
	out     batch.Batch
	all     []int32
}

// runtimeKey is a runtime filter that has been published, and its column.
type runtimeKey struct {
	column int
	filter *KeyFilter
	probe  *keyProbe
	passed passed
}

func newScan(n *physical.Scan, _ []Operator, env *Env) (*scan, error) {
	s := &scan{node: n, env: env, at: make([]int, len(n.Columns))}
	first := map[int]bool{}
	if n.Filter != nil {
		var err error
		if s.cond, err = expr.CompileFilter(n.Filter, env.Functions, env.Session); err != nil {
			return nil, err
		}
		scalar.Columns(n.Filter, first)
	}
	for _, f := range n.RuntimeFilters {
		first[f.Column] = true
	}
	for i := range s.at {
		s.at[i] = -1
	}
	add := func(i int) {
		if s.at[i] < 0 && n.Columns[i].Partition == 0 {
			s.at[i] = len(s.read)
			s.read = append(s.read, i)
			c := n.Columns[i]
			s.cols = append(s.cols, parquet.Column{Name: c.Name, FieldID: c.FieldID, Type: c.Type})
		}
	}
	for i := range n.Columns {
		if first[i] {
			add(i)
		}
	}
	s.filters = len(s.read)
	for _, i := range n.Output {
		add(i)
	}
	s.prune = newPruner(n.Filter, s.at)
	return s, nil
}

// Open waits for nothing: the runtime filters there are were published by the
// joins above, which build before they open their probe side.
func (s *scan) Open(context.Context) error {
	for _, f := range s.node.RuntimeFilters {
		if k := s.env.Filters.Find(f.Join, f.Key); k != nil {
			s.keys = append(s.keys, &runtimeKey{column: f.Column, filter: k, probe: &keyProbe{filter: k}})
		}
	}
	return nil
}

func (s *scan) Next(ctx context.Context) (*batch.Batch, error) {
	for {
		if s.reader == nil {
			if err := s.next(ctx); err != nil {
				return nil, err
			}
		}
		b, err := s.reader.Next(ctx)
		if err == io.EOF {
			if err := s.closeFile(); err != nil {
				return nil, err
			}
			continue
		}
		if err != nil {
			return nil, err
		}
		if b.N == 0 {
			continue
		}
		return s.output(b), nil
	}
}

// next opens the next split.
func (s *scan) next(ctx context.Context) error {
	splits := s.env.Splits[s.node.ID]
	for s.split < len(splits) && s.barren(splits[s.split]) {
		s.split++
		s.did.barren++
	}
	if s.split == len(splits) {
		return io.EOF
	}
	sp := splits[s.split]
	s.split++
	s.did.splits++
	s.probe.Columns = make([]*batch.Column, len(s.node.Columns))
	for i, c := range s.node.Columns {
		if c.Partition > 0 {
			s.probe.Columns[i] = batch.DatumColumn(c.Type, sp.Partition[c.Partition-1], 1)
		}
	}
	if s.node.Text != nil {
		rows, err := s.openText(ctx, sp)
		if err == nil {
			s.reader = rows
		}
		return err
	}
	if sp.Format != physical.FormatParquet {
		return diag.Errorf(diag.CodeUnsupported, diag.Pos{}, "%s files cannot be scanned", sp.Format)
	}
	file, err := s.env.Parquet.Open(ctx, s.env.Files, sp.Path)
	if err != nil {
		return err
	}
	opts := parquet.ReaderOptions{From: sp.From, To: sp.To, BatchRows: s.env.batchRows()}
	if s.cond != nil || len(s.keys) > 0 {
		opts.Filter, opts.FilterColumns = s.filter, s.filters
		opts.SkipRowGroup, opts.SkipRange = s.refuse(&s.did.groups, oneOf), s.refuse(&s.did.pages, rowsOf)
	}
	reader, err := parquet.NewReader(file, s.cols, opts)
	if err != nil {
		file.Close()
		return err
	}
	s.file, s.reader = file, reader
	return nil
}

// barren reports whether the runtime filters leave no row of a split, by its
// partition's values or because a join has an empty side: its file is not opened.
func (s *scan) barren(sp physical.Split) bool {
	for _, k := range s.keys {
		if !k.filter.MayContainRange(nil, nil) {
			return true
		}
		if c := s.node.Columns[k.column]; c.Partition > 0 {
			value := batch.DatumColumn(c.Type, sp.Partition[c.Partition-1], 1)
			if len(k.filter.Select(value, s.every(1))) == 0 {
				return true
			}
		}
	}
	return false
}

// ruledOut reports whether no row of a range with these statistics can survive the
// runtime filters.
func (s *scan) ruledOut(st parquet.Stats) bool {
	for _, k := range s.keys {
		if at := s.at[k.column]; at >= 0 {
			c := st.Columns[at]
			if c.Min != nil && c.Max != nil && !k.filter.MayContainRange(c.Min, c.Max) {
				return true
			}
		}
	}
	return false
}

// filter selects rows of the columns that filters read.
func (s *scan) filter(b *batch.Batch) ([]int32, error) {
	s.view(b)
	var sel []int32
	if s.cond != nil {
		var err error
		if sel, err = s.cond.Select(&s.probe); err != nil {
			return nil, err
		}
		s.did.satisfy += int64(len(sel))
	}
	for _, k := range s.keys {
		if sel == nil && s.cond == nil {
			sel = s.every(b.N)
		}
		if len(sel) == 0 {
			break
		}
		in := len(sel)
		sel = k.probe.Select(s.probe.Columns[k.column], sel)
		k.passed.add(in, len(sel))
	}
	if len(sel) == b.N {
		return nil, nil
	}
	if sel == nil {
		sel = []int32{}
	}
	return sel, nil
}

// every lists 0 to n-1 in a buffer that may be written to.
func (s *scan) every(n int) []int32 {
	s.all = s.all[:0]
	for i := range n {
		s.all = append(s.all, int32(i))
	}
	return s.all
}

// view lays the columns of b, and constants for the partition columns, out as
// node.Columns.
func (s *scan) view(b *batch.Batch) {
	s.probe.N = b.N
	for i, c := range s.node.Columns {
		if c.Partition > 0 {
			one := *s.probe.Columns[i]
			one.N = b.N
			s.probe.Columns[i] = &one
		} else if at := s.at[i]; at >= 0 && at < len(b.Columns) {
			s.probe.Columns[i] = b.Columns[at]
		}
	}
}

func (s *scan) output(b *batch.Batch) *batch.Batch {
	s.view(b)
	s.out.Columns, s.out.N = s.out.Columns[:0], b.N
	for _, i := range s.node.Output {
		s.out.Columns = append(s.out.Columns, s.probe.Columns[i])
	}
	return &s.out
}

func (s *scan) closeFile() error {
	if s.reader == nil {
		return nil
	}
	err := s.reader.Close()
	if s.file != nil {
		s.did.file(s.file)
		s.did.reader(s.reader.(*parquet.Reader).Counts())
		if ferr := s.file.Close(); err == nil {
			err = ferr
		}
	}
	s.reader, s.file = nil, nil
	return err
}

func (s *scan) Close() error { return s.closeFile() }
