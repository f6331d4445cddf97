package operator

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/planner/physical"
	"github.com/bixidata/bixi/planner/scalar"
	"github.com/bixidata/bixi/sql/diag"
	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/table"
	"github.com/bixidata/bixi/table/parquet"
	"github.com/bixidata/bixi/worker/memory"
)

// maxOpenFiles is the number of partitions a task writes at a time. Rows of more
// partitions are sorted by partition and written one file after the other.
const maxOpenFiles = 64

// tableSink writes its input to data files, one a partition, and then gives a row
// describing each.
type tableSink struct {
	input
	node  *physical.TableSink
	env   *Env
	cols  []parquet.Column
	mem   *memory.Reservation
	open  map[string]*sinkFile
	seen  map[string]bool
	late  *sorter // rows of partitions beyond maxOpenFiles; nil: none yet
	done  []table.DataFile
	read  bool
	given bool
	// affected counts the rows put and deleted, of a sink with actions.
	affected int64
}

type sinkFile struct {
	w         *parquet.Writer
	partition []types.Datum
}

func newTableSink(n *physical.TableSink, in []Operator, env *Env) (*tableSink, error) {
	s := &tableSink{input: input{in[0]}, node: n, env: env, open: map[string]*sinkFile{}, seen: map[string]bool{}}
	for _, f := range n.Fields {
		s.cols = append(s.cols, parquet.Column{Name: f.Name, FieldID: f.FieldID, Type: f.Type, Required: f.Required})
	}
	return s, nil
}

func (s *tableSink) Open(ctx context.Context) error {
	s.mem = s.env.Memory.Reserve("TableSink")
	return s.in.Open(ctx)
}

func (s *tableSink) Next(ctx context.Context) (*batch.Batch, error) {
	if !s.read {
		if err := s.consume(ctx); err != nil {
			return nil, err
		}
		s.read = true
	}
	if s.given || len(s.done) == 0 && s.affected == 0 {
		return nil, io.EOF
	}
	s.given = true
	return s.report()
}

func (s *tableSink) consume(ctx context.Context) error {
	for {
		b, err := s.in.Next(ctx)
		if err == io.EOF {
			break
		}
		if err != nil {
			return err
		}
		if b.Rows() == 0 {
			continue
		}
		b = b.Dense()
		if s.node.Action {
			if b = s.act(b); b.N == 0 {
				continue
			}
		}
		if err := s.write(ctx, b); err != nil {
			return err
		}
	}
	if err := s.finishAll(); err != nil {
		return err
	}
	return s.writeLate(ctx)
}

// write spreads the rows of b over the files of their partitions.
func (s *tableSink) write(ctx context.Context, b *batch.Batch) error {
	keys := b.Columns[len(s.cols):]
	names := &routes{order: []string{""}}
	if len(keys) > 0 {
		var err error
		if names, err = s.route(keys, b.N); err != nil {
			return err
		}
	}
	var late []int32
	for _, key := range names.order {
		rows := names.rows[key]
		if s.open[key] == nil && len(s.open) >= maxOpenFiles {
			late = append(late, rows...)
			continue
		}
		if err := s.writeTo(ctx, key, b, rows); err != nil {
			return err
		}
	}
	if len(late) > 0 {
		if err := s.keepLate(ctx, b.Take(late)); err != nil {
			return err
		}
	}
	return s.reserve()
}

// writeTo writes rows of b (nil: all) to the file of a partition.
func (s *tableSink) writeTo(ctx context.Context, key string, b *batch.Batch, rows []int32) error {
	first := 0
	if len(rows) > 0 {
		first = int(rows[0])
	}
	f, err := s.file(ctx, key, rowDatums(b.Columns[len(s.cols):], first))
	if err != nil {
		return err
	}
	data := batch.New(b.N, b.Columns[:len(s.cols)]...)
	if rows != nil && len(rows) < b.N {
		data = data.Take(rows)
	}
	return f.w.Write(data)
}

// reserve accounts for what the writers hold. Where memory is short the largest
// row group is written early.
func (s *tableSink) reserve() error {
	for {
		var sum int64
		var largest *parquet.Writer
		for _, f := range s.open {
			sum += f.w.Buffered()
			if largest == nil || f.w.Buffered() > largest.Buffered() {
				largest = f.w
			}
		}
		if largest == nil || s.env.reserve(s.mem, sum) {
			return nil
		}
		if n := largest.Buffered(); n < leastGroup {
			s.mem.Must(sum - s.mem.Held())
			return nil
		}
		if err := largest.Flush(); err != nil {
			return err
		}
	}
}

// leastGroup is the size of a row group that is not worth writing early.
const leastGroup = 256 << 10

// keepLate sorts rows by partition, to be written at the end.
func (s *tableSink) keepLate(ctx context.Context, b *batch.Batch) error {
	if s.late == nil {
		var ts []types.Type
		var keys []scalar.SortKey
		for i, c := range b.Columns {
			ts = append(ts, c.Type)
			if i >= len(s.cols) {
				keys = append(keys, scalar.SortKey{Expr: &scalar.Column{ID: i, Typ: c.Type}})
			}
		}
		var err error
		if s.late, err = newSorter("TableSink", keys, ts, &values{node: &physical.Values{}}, s.env); err != nil {
			return err
		}
		if err := s.late.Open(ctx); err != nil {
			return err
		}
	}
	return s.late.take(ctx, b)
}

// writeLate writes what keepLate has kept, one partition after the other.
func (s *tableSink) writeLate(ctx context.Context) error {
	for s.late != nil {
		b, err := s.late.Next(ctx)
		if err == io.EOF {
			return s.finishAll()
		}
		if err != nil {
			return err
		}
		names, err := s.route(b.Columns[len(s.cols):], b.N)
		if err != nil {
			return err
		}
		for _, key := range names.order {
			if s.open[key] == nil {
				if err := s.finishAll(); err != nil {
					return err
				}
			}
			if err := s.writeTo(ctx, key, b, names.rows[key]); err != nil {
				return err
			}
		}
		if err := s.reserve(); err != nil {
			return err
		}
	}
	return nil
}

// routes are the rows of a batch by partition, in order of first appearance.
type routes struct {
	order []string
	rows  map[string][]int32
}

func (s *tableSink) route(keys []*batch.Column, n int) (*routes, error) {
	r := &routes{rows: map[string][]int32{}}
	var text []byte
	for i := range n {
		text = text[:0]
		for k, c := range keys {
			col := s.node.Keys[len(s.node.Keys)-s.node.Dynamic+k]
			if c.IsNull(i) {
				return nil, diag.Errorf(diag.CodeDynamicPartition, diag.Pos{}, "the value of partition column %s is NULL", col.Name).
					WithHint("filter such rows out, or give them a value with COALESCE")
			}
			at := len(text)
			text = batch.AppendText(text, c, i, s.env.Session.Zone)
			if len(text) == at {
				return nil, diag.Errorf(diag.CodeDynamicPartition, diag.Pos{}, "the value of partition column %s is empty", col.Name)
			}
			if len(text)-at > maxPartitionBytes {
				return nil, diag.Errorf(diag.CodeDynamicPartition, diag.Pos{}, "the value %.40s… of partition column %s is longer than %d bytes", text[at:], col.Name, maxPartitionBytes)
			}
			text = append(text, 0)
		}
		rows := r.rows[string(text)]
		if rows == nil {
			r.order = append(r.order, string(text))
			if err := s.admit(string(text)); err != nil {
				return nil, err
			}
		}
		r.rows[string(text)] = append(rows, int32(i))
	}
	return r, nil
}

// admit counts the partitions.
func (s *tableSink) admit(key string) error {
	s.seen[key] = true
	if limit := s.node.MaxPartitions; limit > 0 && len(s.seen) > limit {
		return diag.Errorf(diag.CodeDynamicPartition, diag.Pos{}, "the statement writes more than %d dynamic partitions", limit).
			WithHint("raise odps.sql.dynamic.partition.max")
	}
	return nil
}

// maxPartitionBytes is the longest text of a partition value.
const maxPartitionBytes = 255

func rowDatums(cols []*batch.Column, row int) []types.Datum {
	out := make([]types.Datum, len(cols))
	for i, c := range cols {
		out[i] = c.Datum(row)
	}
	return out
}

// file gives the open file of a partition.
func (s *tableSink) file(ctx context.Context, key string, dynamic []types.Datum) (*sinkFile, error) {
	if f := s.open[key]; f != nil {
		return f, nil
	}
	f := &sinkFile{partition: append(append([]types.Datum{}, s.node.Static...), dynamic...)}
	w, err := parquet.NewWriter(ctx, s.env.Files, path.Join(s.node.Location, s.env.FileName()), s.cols, parquet.WriterOptions{Compression: parquet.CompressionNamed(s.node.Compression)})
	if err != nil {
		return nil, err
	}
	f.w = w
	s.open[key] = f
	return f, nil
}

func (s *tableSink) finishAll() error {
	for _, key := range sortedNames(s.open) {
		if err := s.finish(key); err != nil {
			return err
		}
	}
	return nil
}

// finish completes a partition's file.
func (s *tableSink) finish(key string) error {
	f := s.open[key]
	d, err := f.w.Close()
	if err != nil {
		return err
	}
	delete(s.open, key)
	d.Partition = f.partition
	s.done = append(s.done, d)
	return nil
}

// Usage tells the decorator what the writers took.
func (s *tableSink) Usage() (peak, spilled int64) {
	peak = s.mem.Peak()
	if s.late != nil {
		more, n := s.late.Usage()
		peak, spilled = peak+more, n
	}
	return peak, spilled
}

// Close abandons what was not completed. The files of a task that failed before
// it named them are removed: nobody will commit them.
func (s *tableSink) Close() error {
	errs := []error{s.in.Close()}
	for _, f := range s.open {
		errs = append(errs, f.w.Abort())
	}
	if s.late != nil {
		errs = append(errs, s.late.Close())
	}
	if !s.given {
		for _, d := range s.done {
			if err := s.env.Files.Remove(context.Background(), d.Path); err != nil {
				errs = append(errs, fmt.Errorf("removing %s: %w", d.Path, err))
			}
		}
	}
	s.open, s.late = nil, nil
	if s.mem != nil {
		s.mem.Free()
	}
	return errors.Join(errs...)
}

func sortedNames[V any](m map[string]V) []string {
	names := make([]string, 0, len(m))
	for n := range m {
		names = append(names, n)
	}
	slices.Sort(names)
	return names
}
