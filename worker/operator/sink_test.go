package operator

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"go.uber.org/goleak"

	"github.com/bixidata/bixi/planner/physical"
	"github.com/bixidata/bixi/planner/scalar"
	"github.com/bixidata/bixi/sql/diag"
	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/table"
	"github.com/bixidata/bixi/table/store"
	"github.com/bixidata/bixi/worker/memory"
)

func TestEveryNodeHasABuilder(t *testing.T) {
	names := map[string]bool{}
	for _, n := range physical.Nodes {
		name := nodeName(n)
		names[name] = true
		if _, isExchange := n.(*physical.Exchange); (builders[name] == nil) != isExchange {
			t.Errorf("%s: has a builder: %v", name, builders[name] != nil)
		}
	}
	for name := range builders {
		if !names[name] {
			t.Errorf("the builder %s has no node", name)
		}
	}
}

// sunk is a table on a memory store, written by TableSink and read by Scan.
type sunk struct {
	env  *Env
	node *physical.TableSink
}

// sinkInput is columns k and v and then the dynamic partition columns p and q.
var sinkInput = fieldsOf(types.BigIntType, types.StringType, types.StringType, types.BigIntType)

func newSunk(files store.Store, static row, limit int) *sunk {
	n := 0
	s := &sunk{env: testEnv(64)}
	s.env.Files, s.env.Scratch, s.env.Memory = files, store.NewMemory(), memory.NewBudget(0)
	s.env.FileName = func() string { n++; return fmt.Sprintf("f%04d.parquet", n) }
	s.node = &physical.TableSink{Table: "t", Location: "data", Static: static, MaxPartitions: limit, Dynamic: 2 - len(static),
		Fields: []physical.SinkField{{Name: "k", Type: types.BigIntType, FieldID: 1}, {Name: "v", Type: types.StringType, FieldID: 2}},
		Keys:   []physical.SinkField{{Name: "p", Type: types.StringType, FieldID: 3}, {Name: "q", Type: types.BigIntType, FieldID: 4}}}
	return s
}

// write sinks rows and gives the files it names.
func (s *sunk) write(t *testing.T, rows []row, before func(cancel func())) ([]table.DataFile, error) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	schema := slices.Concat(sinkInput[:2], sinkInput[4-s.node.Dynamic:])
	for i, x := range rows {
		rows[i] = slices.Concat(x[:2], x[4-s.node.Dynamic:])
	}
	src := &source{schema: schema, rows: rows, batch: 64, rand: rand.New(rand.NewPCG(1, 1)), encode: selected}
	if before != nil {
		src.before = func() { before(cancel) }
	}
	in := &physical.Values{Fields: schema}
	s.node.Input = in
	op, err := buildOver(s.node, []physical.Node{in}, []*source{src}, s.env)
	if err != nil {
		t.Fatal(err)
	}
	out, err := collect(ctx, op)
	if cerr := op.Close(); cerr != nil {
		t.Errorf("Close: %v", cerr)
	}
	if n := s.env.Memory.Used(); n != 0 {
		t.Errorf("%d bytes stay reserved", n)
	}
	var files []table.DataFile
	for _, x := range out {
		var f table.DataFile
		if err := json.Unmarshal([]byte(x[0].(string)), &f); err != nil {
			t.Fatal(err)
		}
		files = append(files, f)
	}
	return files, err
}

// stored lists the files there are.
func (s *sunk) stored(t *testing.T) []string {
	t.Helper()
	list, err := s.env.Files.List(context.Background(), "")
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, f := range list {
		out = append(out, f.Path)
	}
	return out
}

// scan reads files back.
func (s *sunk) scan(t *testing.T, node *physical.Scan, files []table.DataFile) ([]row, error) {
	t.Helper()
	s.env.Splits = map[int][]physical.Split{}
	for _, f := range files {
		s.env.Splits[node.ID] = append(s.env.Splits[node.ID], physical.Split{Path: f.Path, Format: physical.FormatParquet, Rows: f.Rows, Partition: f.Partition})
	}
	op, err := Build(node, s.env)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := collect(t.Context(), op)
	if cerr := op.Close(); cerr != nil {
		t.Errorf("Close: %v", cerr)
	}
	return rows, err
}

// wholeScan reads k, v, p and q.
func wholeScan(filter scalar.Expr) *physical.Scan {
	return &physical.Scan{ID: 1, Table: "t", Filter: filter, Output: []int{0, 1, 2, 3}, Columns: []physical.ScanColumn{
		{Name: "k", Type: types.BigIntType, FieldID: 1}, {Name: "v", Type: types.StringType, FieldID: 2},
		{Name: "p", Type: types.StringType, Partition: 1}, {Name: "q", Type: types.BigIntType, Partition: 2}}}
}

func sinkRows(n, partitions int) []row {
	r := rand.New(rand.NewPCG(3, 3))
	out := make([]row, n)
	for i := range out {
		p := r.IntN(partitions)
		out[i] = row{nullable(r, int64(i)), nullable(r, fmt.Sprintf("v%d", i%7)), fmt.Sprintf("p%d", p%10), int64(p / 10)}
	}
	return out
}

func sortedTexts(rows []row, s types.Schema) []string {
	out := texts(rows, s)
	slices.Sort(out)
	return out
}

func TestTableSink(t *testing.T) {
	defer goleak.VerifyNone(t)
	for _, c := range []struct {
		name       string
		static     row
		partitions int
		memory     int64
		spill      bool
	}{
		{"static", row{"here", int64(5)}, 1, 0, false},
		{"half dynamic", row{"here"}, 30, 0, false},
		{"dynamic", nil, 50, 0, false},
		{"more partitions than open files", nil, 300, 0, false},
		{"spilled partitions", nil, 300, 0, true},
		{"little memory", nil, 300, 1000, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newSunk(store.NewMemory(), c.static, 0)
			s.env.Memory, s.env.SpillAlways = memory.NewBudget(c.memory), c.spill
			rows := sinkRows(3000, c.partitions)
			var want []row
			values := map[string]bool{}
			for _, x := range rows {
				y := slices.Concat(x[:2], c.static, x[2+len(c.static):])
				want = append(want, y)
				values[fmt.Sprint(y[2:])] = true
			}
			files, err := s.write(t, rows, nil)
			if err != nil {
				t.Fatal(err)
			}
			if len(files) != len(values) {
				t.Errorf("%d files for %d partitions", len(files), len(values))
			}
			if stored := s.stored(t); len(stored) != len(files) {
				t.Errorf("%d files are stored, %d named", len(stored), len(files))
			}
			if left, _ := s.env.Scratch.List(t.Context(), ""); len(left) > 0 {
				t.Errorf("spilled files %v stay", left)
			}
			n := int64(0)
			for _, f := range files {
				n += f.Rows
				if st := f.Columns[1]; f.Rows > 20 && (st.Min == nil || st.Max == nil) {
					t.Errorf("%s has no bounds of k: %+v", f.Path, st)
				}
			}
			got, err := s.scan(t, wholeScan(nil), files)
			if err != nil || n != 3000 {
				t.Fatalf("%d rows, %v", n, err)
			}
			if g, w := sortedTexts(got, sinkInput), sortedTexts(want, sinkInput); !slices.Equal(g, w) {
				t.Errorf("got  %s\nwant %s", first(g, w), first(w, g))
			}
		})
	}
}

func TestTableSinkOfNothing(t *testing.T) {
	s := newSunk(store.NewMemory(), nil, 0)
	files, err := s.write(t, nil, nil)
	if err != nil || len(files) > 0 || len(s.stored(t)) > 0 {
		t.Errorf("%v, %v, %v", files, s.stored(t), err)
	}
}

// Whatever ends a write early, no file stays.
func TestTableSinkFailures(t *testing.T) {
	defer goleak.VerifyNone(t)
	good := func() []row { return sinkRows(2000, 200) }
	bad := func(at int, v types.Datum) []row { rows := good(); rows[1500][at] = v; return rows }
	asked := 0
	for _, c := range []struct {
		name   string
		rows   []row
		files  store.Store
		limit  int
		before func(cancel func())
		code   diag.Code
		is     error
	}{
		{name: "NULL partition", rows: bad(2, nil), code: diag.CodeDynamicPartition},
		{name: "NULL number partition", rows: bad(3, nil), code: diag.CodeDynamicPartition},
		{name: "empty partition", rows: bad(2, ""), code: diag.CodeDynamicPartition},
		{name: "long partition", rows: bad(2, string(make([]byte, 300))), code: diag.CodeDynamicPartition},
		{name: "too many partitions", rows: good(), limit: 100, code: diag.CodeDynamicPartition},
		{name: "cancelled", rows: good(), is: context.Canceled, before: func(cancel func()) {
			if asked++; asked > 9 {
				cancel()
			}
		}},
		{name: "disk full at once", rows: good(), files: store.NewFaulty(store.NewMemory(), store.Fault{Kind: store.NoSpace, Path: "f00"}), code: diag.CodeDiskFull},
		{name: "disk full later", rows: good(), files: store.NewFaulty(store.NewMemory(), store.Fault{Kind: store.NoSpace, Path: "f0150"}), code: diag.CodeDiskFull},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.files == nil {
				c.files = store.NewMemory()
			}
			s := newSunk(c.files, nil, c.limit)
			_, err := s.write(t, c.rows, c.before)
			if c.code != "" && (err == nil || diag.Of(err).Code != c.code) || c.is != nil && !errors.Is(err, c.is) {
				t.Errorf("got %v", err)
			}
			if left := s.stored(t); len(left) > 0 {
				t.Errorf("%d files stay", len(left))
			}
		})
	}
}

func TestScan(t *testing.T) {
	s := newSunk(store.NewMemory(), nil, 0)
	rows := sinkRows(3000, 40)
	all := slices.Clone(rows)
	files, err := s.write(t, rows, nil)
	if err != nil {
		t.Fatal(err)
	}
	col := func(i int) scalar.Expr { return colOf(sinkInput, i) }
	text := func(v string) scalar.Expr { return &scalar.Literal{Value: v, Typ: types.StringType} }
	is := func(name string, args ...scalar.Expr) scalar.Expr { return callOf(name, types.BooleanType, args...) }
	for _, c := range []struct {
		name string
		cond scalar.Expr
		keep func(x row) bool
	}{
		{"no filter", nil, func(row) bool { return true }},
		{"a number", is("<", col(0), bigint(700)), func(x row) bool { return x[0] != nil && x[0].(int64) < 700 }},
		{"literal first", is("<=", bigint(2900), col(0)), func(x row) bool { return x[0] != nil && x[0].(int64) >= 2900 }},
		{"nothing passes", is(">", col(0), bigint(5000)), func(row) bool { return false }},
		{"partition", is("=", col(2), text("p3")), func(x row) bool { return x[2] == "p3" }},
		{"partition and column", is("and", is("=", col(3), bigint(2)), is("=", col(1), text("v2"))), func(x row) bool { return x[3] == int64(2) && x[1] == "v2" }},
		{"null", is("is_null", col(1)), func(x row) bool { return x[1] == nil }},
		{"list", &scalar.In{Arg: col(0), List: []types.Datum{int64(5), int64(2999), nil}}, func(x row) bool { return x[0] == int64(5) || x[0] == int64(2999) }},
	} {
		var want []row
		for _, x := range all {
			if c.keep(x) {
				want = append(want, x)
			}
		}
		got, err := s.scan(t, wholeScan(c.cond), files)
		if g, w := sortedTexts(got, sinkInput), sortedTexts(want, sinkInput); err != nil || !slices.Equal(g, w) {
			t.Errorf("%s: %v, got %d rows, want %d", c.name, err, len(g), len(w))
		}
		// Without output columns only the number of rows is left: count(*).
		n := wholeScan(c.cond)
		n.Output = []int{}
		got, err = s.scan(t, n, files)
		if err != nil || len(got) != len(want) {
			t.Errorf("%s: counted %d, want %d, %v", c.name, len(got), len(want), err)
		}
	}
}

// A column that the files lack is NULL; one is found by its id, not its name.
func TestScanOfChangedSchema(t *testing.T) {
	s := newSunk(store.NewMemory(), row{"x", int64(1)}, 0)
	files, err := s.write(t, []row{{int64(7), "a", nil, nil}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	n := &physical.Scan{ID: 1, Table: "t", Output: []int{0, 1, 2}, Columns: []physical.ScanColumn{
		{Name: "new", Type: types.DoubleType, FieldID: 9}, {Name: "renamed", Type: types.BigIntType, FieldID: 1}, {Name: "p", Type: types.StringType, Partition: 1}}}
	got, err := s.scan(t, n, files)
	if err != nil || !reflect.DeepEqual(got, []row{{nil, int64(7), "x"}}) {
		t.Errorf("got %v, %v", got, err)
	}
}

func TestScanRuntimeFilter(t *testing.T) {
	s := newSunk(store.NewMemory(), row{"x", int64(1)}, 0)
	rows := sinkRows(2000, 1)
	files, err := s.write(t, slices.Clone(rows), nil)
	if err != nil {
		t.Fatal(err)
	}
	left := fieldsOf(types.BigIntType, types.StringType)
	scan := wholeScan(nil)
	scan.Output = []int{0, 1}
	scan.RuntimeFilters = []physical.RuntimeFilter{{Join: 4, Key: 0, Column: 0}}
	join := &physical.HashJoin{ID: 4, Kind: physical.LeftSemi, LeftKeys: []scalar.Expr{colOf(left, 0)}, RightKeys: []scalar.Expr{colOf(left, 0)}}
	join.Left = scan
	join.Right = &physical.Values{Fields: fieldsOf(types.BigIntType), Rows: []row{{int64(11)}, {int64(1400)}, {int64(99999)}, {nil}}}
	s.env.Splits = map[int][]physical.Split{1: {{Path: files[0].Path, Format: physical.FormatParquet, Partition: row{"x", int64(1)}}}}
	op, err := Build(join, s.env)
	if err != nil {
		t.Fatal(err)
	}
	got, err := collect(t.Context(), op)
	if cerr := op.Close(); err != nil || cerr != nil {
		t.Fatal(err, cerr)
	}
	var want []row
	for _, x := range rows {
		if x[0] == int64(11) || x[0] == int64(1400) {
			want = append(want, x[:2])
		}
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if read := StatsOf(op).Children[0].Rows; read > 100 {
		t.Errorf("the scan gave %d rows: the runtime filter did nothing", read)
	}
}

// Files of partitions that a join's build side does not name are not even opened.
func TestScanSkipsPartitionsByRuntimeFilter(t *testing.T) {
	s := newSunk(store.NewMemory(), row{"x", int64(1)}, 0)
	files, err := s.write(t, sinkRows(50, 1), nil)
	if err != nil {
		t.Fatal(err)
	}
	split := func(path string, p types.Datum) physical.Split {
		return physical.Split{Path: path, Format: physical.FormatParquet, Partition: row{"x", p}}
	}
	for _, c := range []struct {
		name string
		keys []row
		want int
	}{
		{"one partition", []row{{int64(1)}, {int64(7)}, {nil}}, 50},
		{"empty side", nil, 0},
	} {
		scan := wholeScan(nil)
		scan.Output = []int{0, 1}
		q := slices.IndexFunc(scan.Columns, func(c physical.ScanColumn) bool { return c.Partition == 2 })
		scan.Output = append(scan.Output, q)
		scan.RuntimeFilters = []physical.RuntimeFilter{{Join: 4, Key: 0, Column: q}}
		key := scan.Columns[q].Type
		join := &physical.HashJoin{ID: 4, Kind: physical.LeftSemi,
			LeftKeys:  []scalar.Expr{&scalar.Column{ID: 2, Typ: key}},
			RightKeys: []scalar.Expr{&scalar.Column{ID: 0, Typ: key}}}
		join.Left = scan
		join.Right = &physical.Values{Fields: fieldsOf(key), Rows: c.keys}
		first := int64(1)
		if c.keys == nil {
			first = 2 // then no file may be opened
		}
		s.env.Filters = &Filters{}
		s.env.Splits = map[int][]physical.Split{1: {split("missing", int64(3)), split(files[0].Path, first), split("missing too", nil)}}
		op, err := Build(join, s.env)
		if err != nil {
			t.Fatal(err)
		}
		got, err := collect(t.Context(), op)
		if cerr := op.Close(); err != nil || cerr != nil || len(got) != c.want {
			t.Errorf("%s: %d rows, %v, %v", c.name, len(got), err, cerr)
		}
	}
}

func TestScanOfTruncatedFile(t *testing.T) {
	plain := store.NewMemory()
	s := newSunk(plain, row{"x", int64(1)}, 0)
	files, err := s.write(t, sinkRows(500, 1), nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, size := range []int64{0, 3, 100, files[0].Bytes - 1} {
		s.env.Files = store.NewFaulty(plain, store.Fault{Kind: store.Truncated, After: size})
		if _, err := s.scan(t, wholeScan(nil), files); err == nil || diag.Of(err).Code != diag.CodeCorruptFile {
			t.Errorf("cut to %d bytes: %v", size, err)
		}
	}
}

// TestSinkActions keeps, puts and deletes rows, and counts those not kept.
func TestSinkActions(t *testing.T) {
	s := newSunk(store.NewMemory(), row{"a", int64(1)}, 0)
	s.node.Action = true
	schema := fieldsOf(types.BigIntType, types.StringType, types.TinyIntType)
	in := &physical.Values{Fields: schema}
	s.node.Input = in
	var rows []row
	for i := range int64(9) {
		rows = append(rows, row{i, fmt.Sprint(i), i % 3})
	}
	src := &source{schema: schema, rows: rows, batch: 4, rand: rand.New(rand.NewPCG(1, 1)), encode: selected}
	op, err := buildOver(s.node, []physical.Node{in}, []*source{src}, s.env)
	if err != nil {
		t.Fatal(err)
	}
	out, err := collect(t.Context(), op)
	if err := errors.Join(err, op.Close()); err != nil {
		t.Fatal(err)
	}
	if len(out) != 2 || out[0][2] != int64(0) || out[1][0] != nil || out[1][2] != int64(6) {
		t.Fatalf("the report is %v", out)
	}
	var f table.DataFile
	if err := json.Unmarshal([]byte(out[0][0].(string)), &f); err != nil || f.Rows != 6 {
		t.Errorf("%d rows are stored, %v", f.Rows, err)
	}
}
