package operator

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"path"
	"slices"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/planner/physical"
	"github.com/bixidata/bixi/sql/diag"
	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/table"
	"github.com/bixidata/bixi/table/parquet"
)

// maxOpenFiles is the number of partitions a task writes at a time; the file of
// the one that was written to least recently is closed for another.
const maxOpenFiles = 64

// tableSink writes its input to data files, one a partition at a time, and then
// gives a row describing each.
type tableSink struct {
	input
	node  *physical.TableSink
	env   *Env
	cols  []parquet.Column
	open  map[string]*sinkFile
	seen  map[string]bool
	clock int
	done  []table.DataFile
	read  bool
	given bool
}

type sinkFile struct {
	w         *parquet.Writer
	partition []types.Datum
	path      string
	used      int
	sel       []int32
}

func newTableSink(n *physical.TableSink, in []Operator, env *Env) (*tableSink, error) {
	s := &tableSink{input: input{in[0]}, node: n, env: env, open: map[string]*sinkFile{}, seen: map[string]bool{}}
	for _, f := range n.Fields {
		s.cols = append(s.cols, parquet.Column{Name: f.Name, FieldID: f.FieldID, Type: f.Type, Required: f.Required})
	}
	return s, nil
}

func (s *tableSink) Next(ctx context.Context) (*batch.Batch, error) {
	if !s.read {
		if err := s.consume(ctx); err != nil {
			return nil, err
		}
		s.read = true
	}
	if s.given || len(s.done) == 0 {
		return nil, io.EOF
	}
	s.given = true
	col := batch.NewBuilder(types.BinaryType)
	for _, f := range s.done {
		text, err := json.Marshal(f)
		if err != nil {
			return nil, err
		}
		col.AppendDatum(string(text))
	}
	return batch.New(len(s.done), col.Finish()), nil
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
		if err := s.write(ctx, b.Dense()); err != nil {
			return err
		}
	}
	for _, key := range sortedNames(s.open) {
		if err := s.finish(key); err != nil {
			return err
		}
	}
	return nil
}

// write spreads the rows of b over the files of their partitions.
func (s *tableSink) write(ctx context.Context, b *batch.Batch) error {
	data := batch.New(b.N, b.Columns[:len(s.cols)]...)
	keys := b.Columns[len(s.cols):]
	if len(keys) == 0 {
		f, err := s.file(ctx, "", nil)
		if err != nil {
			return err
		}
		return f.w.Write(data)
	}
	names, err := s.route(keys, b.N)
	if err != nil {
		return err
	}
	for _, key := range names.order {
		rows := names.rows[key]
		f, err := s.file(ctx, key, rowDatums(keys, int(rows[0])))
		if err != nil {
			return err
		}
		part := data
		if len(rows) < b.N {
			part = data.Take(rows)
		}
		if err := f.w.Write(part); err != nil {
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
				return nil, diag.Errorf(diag.CodeDynamicPartition, diag.Pos{}, "a value of partition column %s is longer than %d bytes", col.Name, maxPartitionBytes)
			}
			text = append(text, 0)
		}
		rows := r.rows[string(text)]
		if rows == nil {
			r.order = append(r.order, string(text))
		}
		r.rows[string(text)] = append(rows, int32(i))
	}
	return r, nil
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
	s.clock++
	if f := s.open[key]; f != nil {
		f.used = s.clock
		return f, nil
	}
	if !s.seen[key] {
		s.seen[key] = true
		if limit := s.node.MaxPartitions; limit > 0 && s.node.Dynamic > 0 && len(s.seen) > limit {
			return nil, diag.Errorf(diag.CodeDynamicPartition, diag.Pos{}, "the statement writes more than %d dynamic partitions", limit).
				WithHint("raise odps.sql.dynamic.partition.max")
		}
	}
	if len(s.open) >= maxOpenFiles {
		if err := s.finish(s.idlest()); err != nil {
			return nil, err
		}
	}
	f := &sinkFile{used: s.clock, path: path.Join(s.node.Location, s.env.FileName())}
	f.partition = append(append([]types.Datum{}, s.node.Static...), dynamic...)
	w, err := parquet.NewWriter(ctx, s.env.Files, f.path, s.cols, parquet.WriterOptions{})
	if err != nil {
		return nil, err
	}
	f.w = w
	s.open[key] = f
	return f, nil
}

func (s *tableSink) idlest() string {
	best := ""
	for key, f := range s.open {
		if o := s.open[best]; o == nil || f.used < o.used {
			best = key
		}
	}
	return best
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

// Close abandons what was not completed. The files of a task that failed after
// completing some are removed: nobody will commit them.
func (s *tableSink) Close() error {
	err := s.in.Close()
	for _, f := range s.open {
		if aerr := f.w.Abort(); err == nil {
			err = aerr
		}
	}
	if !s.read {
		for _, d := range s.done {
			if rerr := s.env.Files.Remove(context.Background(), d.Path); err == nil && rerr != nil {
				err = fmt.Errorf("removing %s: %w", d.Path, rerr)
			}
		}
	}
	s.open = nil
	return err
}

func sortedNames[V any](m map[string]V) []string {
	names := make([]string, 0, len(m))
	for n := range m {
		names = append(names, n)
	}
	slices.Sort(names)
	return names
}
