package physical

import (
	"fmt"

	"github.com/bixidata/bixi/planner/scalar"
	"github.com/bixidata/bixi/sql/types"
)

// ExchangeKind says how an exchange spreads rows over the consuming tasks.
type ExchangeKind uint8

// The exchange kinds. Hash sends a row to the partition that its keys' hash
// falls in (partition = high 64 bits of hash × partitions, so that partitions
// are ascending ranges of the hash). Gather sends all to one; Broadcast all to
// everyone; Range gives partition i the rows whose key is not before bound i-1
// but before bound i; RoundRobin deals batches.
const (
	Gather ExchangeKind = iota
	Hash
	Broadcast
	Range
	RoundRobin
)

func (k ExchangeKind) String() string {
	return [...]string{"gather", "hash", "broadcast", "range", "round-robin"}[k]
}

// Mode says how an exchange's two sides relate in time.
type Mode uint8

// The modes. Durable keeps the output until the job ends and starts consumers
// after producers; Pipelined runs both sides at once.
const (
	Durable Mode = iota
	Pipelined
)

func (m Mode) String() string { return [...]string{"durable", "pipelined"}[m] }

// Exchange repartitions its input. The cutter replaces it by a ShuffleWrite
// that ends one stage and a ShuffleRead that begins the next.
type Exchange struct {
	Unary
	Kind ExchangeKind
	Keys []scalar.Expr // Hash
	// Order and Bounds are the key of a Range exchange and the values, in its
	// order, that begin partitions 1, 2, ….
	Order  *scalar.SortKey
	Bounds []types.Datum
	// Partitions is the number of consuming tasks; it follows from the data's
	// size, never from the number of workers.
	Partitions int
	Mode       Mode
	// Merge, if not nil, is the order that producers' outputs have and the
	// reader keeps by merging (Gather and Range).
	Merge []scalar.SortKey
	// Ordered makes the reader give the producers' outputs one after the other
	// in task order; otherwise they come as they arrive.
	Ordered bool
	// Shared, if not 0, numbers the definition whose rows these are: all exchanges
	// of one number read the output of one stage. They differ at most in being
	// Gather or Broadcast, and are always Durable.
	Shared int
}

func (e *Exchange) Schema() types.Schema { return e.Input.Schema() }
func (e *Exchange) Describe() string {
	d := fmt.Sprintf("Exchange %s %s", e.Kind, e.Mode)
	if len(e.Keys) > 0 {
		d += " [" + exprs(e.Keys) + "]"
	}
	if e.Order != nil {
		d += " [" + e.Order.String() + "]"
	}
	if e.Partitions > 1 {
		d += fmt.Sprintf(" %d partitions", e.Partitions)
	}
	if e.Shared > 0 {
		d += fmt.Sprintf(" shared %d", e.Shared)
	}
	if len(e.Merge) > 0 {
		d += " merge " + exprs(e.Merge)
	}
	return d
}

// ShuffleWrite ends a stage: it spreads its input over the output partitions of
// the task. It gives no batches.
type ShuffleWrite struct {
	Unary
	Kind       ExchangeKind
	Keys       []scalar.Expr
	Partitions int
	Order      *scalar.SortKey // as in Exchange
	Bounds     []types.Datum
}

func (w *ShuffleWrite) Schema() types.Schema { return w.Input.Schema() }
func (w *ShuffleWrite) Describe() string {
	return fmt.Sprintf("ShuffleWrite %s [%s] %d partitions", w.Kind, exprs(w.Keys), w.Partitions)
}

// ShuffleRead begins a stage: it gives this task's partition of the outputs of
// all tasks of stage From.
type ShuffleRead struct {
	Leaf
	From    int
	Fields  types.Schema
	Kind    ExchangeKind
	Merge   []scalar.SortKey
	Ordered bool
}

func (r *ShuffleRead) Schema() types.Schema { return r.Fields }
func (r *ShuffleRead) Describe() string {
	d := fmt.Sprintf("ShuffleRead stage %d %s", r.From, r.Kind)
	if len(r.Merge) > 0 {
		d += " merge " + exprs(r.Merge)
	}
	return d
}

// TableSink writes its input to new data files under Location, one file a task
// and partition at a time, and gives one row a file: its encoded description
// (column "file", BINARY), which the statement's owner commits, the Target it
// belongs to, and how many rows of it are new or changed.
// Behind the data columns the input has the values of Dynamic dynamic partition
// columns; Static are the values of the leading ones. If Action is set, the last
// column says what becomes of the row (ActionKeep …); a last row without a
// file then counts the rows affected.
type TableSink struct {
	Unary
	Table    string
	Location string
	Fields   []SinkField // data columns
	Static   []types.Datum
	Keys     []SinkField // all partition columns
	Dynamic  int
	// MaxPartitions bounds the dynamic partitions of one task; 0 for any number.
	MaxPartitions int
	Target        int
	Action        bool
	// Compression is one of table.Compressions; "" is the first of them.
	Compression string
}

// The actions of a row that a TableSink gets: it is kept as it was, stored as
// changed or new, or left out. Rows of the last two kinds count as affected.
const (
	ActionKeep int64 = iota
	ActionPut
	ActionDelete
)

// SinkField is a column of the table written.
type SinkField struct {
	Name     string
	Type     types.Type
	FieldID  int
	Required bool
}

func (s *TableSink) Schema() types.Schema {
	return types.Schema{{Name: "file", Type: types.BinaryType}, {Name: "target", Type: types.BigIntType}, {Name: "affected", Type: types.BigIntType}}
}
func (s *TableSink) Describe() string {
	return fmt.Sprintf("TableSink %s dynamic=%d", s.Table, s.Dynamic)
}

// Program names a user's MapReduce program: Name is how in-process programs are
// registered; Path is the executable that a worker runs as a subprocess, or
// empty; Digest is its SHA-256.
type Program struct {
	Name   string
	Path   string
	Digest string
	Args   []string
}

// Map runs the mapper of input Source (index among the job's inputs) of a
// MapReduce program over its rows, and its combiner if it has one. Its columns are
// the map output (the routing column if the program has a partitioner, then key
// columns, then value columns), or the output table's for a map-only job.
type Map struct {
	Unary
	Program Program
	Source  int
	// Reducers is how many tasks the map output is spread over.
	Reducers int
	Fields   types.Schema
}

func (m *Map) Schema() types.Schema { return m.Fields }
func (m *Map) Describe() string     { return fmt.Sprintf("Map %s input %d", m.Program.Name, m.Source) }

// Reduce runs a reducer over its input, which is sorted so that the rows of a group
// are adjacent. Step counts the reducers of a chain.
type Reduce struct {
	Unary
	Program  Program
	Step     int
	Reducers int
	Fields   types.Schema
}

func (r *Reduce) Schema() types.Schema { return r.Fields }
func (r *Reduce) Describe() string {
	return fmt.Sprintf("Reduce %s step %d", r.Program.Name, r.Step)
}
