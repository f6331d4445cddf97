package physical

import (
	"fmt"

	"github.com/bixidata/bixi/planner/scalar"
	"github.com/bixidata/bixi/sql/types"
)

// Format names of data files.
const (
	FormatParquet = "parquet"
	FormatCSV     = "csv"
)

// Scan reads columns of data files. Which files a task reads is not part of the
// node: the stage gives each task its splits, keyed by the scan's ID.
type Scan struct {
	Leaf
	ID      int // unique in the plan
	Table   string
	Columns []ScanColumn
	// Text is the format of the files, nil for Parquet.
	Text *TextFormat
	// Filter, over Columns (not Output), is applied while reading; nil for none.
	Filter scalar.Expr
	// Output lists the positions in Columns that leave the node; the others
	// serve the Filter only.
	Output []int
	// RuntimeFilters name columns of Columns that joins above narrow at run time.
	RuntimeFilters []RuntimeFilter
	// Rows and Bytes are estimates after the filter, for display.
	Rows, Bytes int64
	// Splits are the splits of each task, in canonical order, until the plan is cut
	// into stages.
	Splits [][]Split
}

// ScanColumn is a column of a data file.
type ScanColumn struct {
	Name string
	Type types.Type
	// FieldID is the column's Iceberg field id, by which files are resolved; 0: by name.
	FieldID int
	// Partition is the position among the split's partition values + 1, or 0 for
	// a column kept in the files.
	Partition int
}

// Split is a unit of scan work: row groups [From, To) of a file (To 0: all).
type Split struct {
	Path      string
	Format    string
	From, To  int
	Rows      int64
	Bytes     int64
	Partition []types.Datum
}

// RuntimeFilter connects a hash join's build side with a scan in its probe side:
// Column of the scan's Columns must be among the values of build key Key of join ID.
type RuntimeFilter struct {
	Join   int
	Key    int
	Column int
}

func (s *Scan) Schema() types.Schema {
	out := make(types.Schema, len(s.Output))
	for i, o := range s.Output {
		out[i] = types.Field{Name: s.Columns[o].Name, Type: s.Columns[o].Type}
	}
	return out
}

func (s *Scan) Describe() string {
	d := fmt.Sprintf("Scan %s %v", s.Table, s.Schema().Names())
	if s.Filter != nil {
		d += " where " + s.Filter.String()
	}
	for _, f := range s.RuntimeFilters {
		d += fmt.Sprintf(" runtime(%s in join %d)", s.Columns[f.Column].Name, f.Join)
	}
	return d
}

// Values gives constant rows.
type Values struct {
	Leaf
	Fields types.Schema
	Rows   [][]types.Datum
}

func (v *Values) Schema() types.Schema { return v.Fields }
func (v *Values) Describe() string     { return fmt.Sprintf("Values %d rows", len(v.Rows)) }

// Filter keeps the rows for which Cond is true.
type Filter struct {
	Unary
	Cond scalar.Expr
}

func (f *Filter) Schema() types.Schema { return f.Input.Schema() }
func (f *Filter) Describe() string     { return "Filter " + f.Cond.String() }

// Project computes Exprs.
type Project struct {
	Unary
	Exprs []scalar.Expr
	Names []string
}

func (p *Project) Schema() types.Schema { return fields(p.Names, p.Exprs) }
func (p *Project) Describe() string     { return "Project " + exprs(p.Exprs) }

// Phase is the half of an aggregation.
type Phase uint8

// The phases. Partial takes rows and gives keys and state columns; Final takes
// keys and state columns; Single does both halves at once. Merge takes what Final
// takes and gives what Partial gives.
const (
	Single Phase = iota
	Partial
	Final
	Merge
)

func (p Phase) String() string { return [...]string{"single", "partial", "final", "merge"}[p] }

// TakesStates reports whether the input is keys and states.
func (p Phase) TakesStates() bool { return p == Final || p == Merge }

// GivesStates reports whether the output is keys and states.
func (p Phase) GivesStates() bool { return p == Partial || p == Merge }

// HashAggregate groups by Keys. Its columns are the keys, then one an aggregate
// (its result, or in Partial its state columns). Without keys there is exactly
// one group, also over no rows (in Partial too).
// Where the phase takes states, Keys are columns 0..k-1 of the input and the states follow in order;
// Aggs keep their Args for types only.
type HashAggregate struct {
	Unary
	Phase Phase
	Keys  []scalar.Expr
	Names []string
	Aggs  []scalar.Aggregate
	// States are the state column types of each aggregate.
	States [][]types.Type
	// Ordered makes the groups leave in the order of their keys' hashes, so that
	// the output does not depend on the order of the input.
	Ordered bool
	// Always lists the keys of groups that there are even without rows; of those,
	// like of the one group without keys, a phase that gives states gives empty
	// states.
	Always [][]types.Datum
}

func (a *HashAggregate) Schema() types.Schema {
	out := fields(a.Names[:len(a.Keys)], a.Keys)
	for i, g := range a.Aggs {
		name := a.Names[len(a.Keys)+i]
		if !a.Phase.GivesStates() {
			out = append(out, types.Field{Name: name, Type: g.Typ})
			continue
		}
		for _, t := range a.States[i] {
			out = append(out, types.Field{Name: name, Type: t})
		}
	}
	return out
}

func (a *HashAggregate) Describe() string {
	return fmt.Sprintf("HashAggregate %s keys=[%s] aggs=[%s]", a.Phase, exprs(a.Keys), exprs(a.Aggs))
}

// JoinKind says which rows a join gives.
type JoinKind uint8

// The join kinds. The columns are left then right, but only the preserved
// side's for semi and anti joins. LeftAntiNull is NOT IN: no row passes if the
// right side holds a NULL key, and a NULL left key passes only if the right side
// is empty. LeftMark gives the left columns and a BOOLEAN: whether a match exists
// (NULL as IN defines it).
const (
	Inner JoinKind = iota
	LeftOuter
	RightOuter
	FullOuter
	LeftSemi
	LeftAnti
	LeftAntiNull
	LeftMark
	RightSemi
	RightAnti
)

var joinNames = [...]string{"inner", "left", "right", "full", "semi", "anti", "null-aware anti", "mark", "right semi", "right anti"}

func (k JoinKind) String() string { return joinNames[k] }

// JoinSchema is the columns of a join of that kind.
func JoinSchema(k JoinKind, left, right types.Schema) types.Schema {
	switch k {
	case LeftSemi, LeftAnti, LeftAntiNull:
		return left
	case LeftMark:
		return append(append(types.Schema{}, left...), types.Field{Name: "mark", Type: types.BooleanType})
	case RightSemi, RightAnti:
		return right
	}
	return append(append(types.Schema{}, left...), right...)
}

// HashJoin builds a table over the right input and probes it with the left.
// Keys are over their own side's columns; Residual over left then right columns
// decides whether a pair with equal keys matches. Output rows are in the order
// of the left input (each with its matches in the order of the right input);
// unmatched right rows follow.
type HashJoin struct {
	Binary
	ID        int
	Kind      JoinKind
	LeftKeys  []scalar.Expr
	RightKeys []scalar.Expr
	NullSafe  []bool // per key: <=> instead of =; nil for none
	Residual  scalar.Expr
	// Many, if set, is the message of the error when a left row has several matches
	// (LeftOuter).
	Many string
	// Shared says that every task of the stage reads the same right input
	// (broadcast), so a process builds it once.
	Shared bool
	// Output lists the positions in JoinSchema that leave the node; nil for all.
	Output []int
}

func (j *HashJoin) Schema() types.Schema {
	return pick(JoinSchema(j.Kind, j.Left.Schema(), j.Right.Schema()), j.Output)
}

// pick is the columns of s at the positions out, or all of them.
func pick(s types.Schema, out []int) types.Schema {
	if out == nil {
		return s
	}
	picked := make(types.Schema, len(out))
	for i, o := range out {
		picked[i] = s[o]
	}
	return picked
}

func (j *HashJoin) Describe() string {
	d := fmt.Sprintf("HashJoin %d %s", j.ID, j.Kind)
	if j.Many != "" {
		d += " single"
	}
	for i := range j.LeftKeys {
		d += fmt.Sprintf(" %s = %s", j.LeftKeys[i], j.RightKeys[i])
	}
	if j.Residual != nil {
		d += " and " + j.Residual.String()
	}
	if j.Shared {
		d += " shared"
	}
	return d
}

// LoopJoin pairs every left row with every right row for which Cond (nil: always)
// is true. All kinds; the mark is NULL, and LeftAntiNull lets no row pass, where
// Cond is NULL for some pair and true for none. The kinds that give right rows
// without a match need all left rows in one task.
type LoopJoin struct {
	Binary
	Kind   JoinKind
	Cond   scalar.Expr
	Many   string // as in HashJoin
	Shared bool
	Output []int // as in HashJoin
}

func (j *LoopJoin) Schema() types.Schema {
	return pick(JoinSchema(j.Kind, j.Left.Schema(), j.Right.Schema()), j.Output)
}

func (j *LoopJoin) Describe() string {
	d := "LoopJoin " + j.Kind.String()
	if j.Many != "" {
		d += " single"
	}
	if j.Cond != nil {
		d += " " + j.Cond.String()
	}
	return d
}

// Sort orders all rows by Keys. Rows with equal keys are ordered by all their
// columns, so the result does not depend on the order of the input.
type Sort struct {
	Unary
	Keys []scalar.SortKey
}

func (s *Sort) Schema() types.Schema { return s.Input.Schema() }
func (s *Sort) Describe() string     { return "Sort " + exprs(s.Keys) }

// TopN is the first Limit rows after Offset of Sort.
type TopN struct {
	Unary
	Keys   []scalar.SortKey
	Limit  int64
	Offset int64
}

func (t *TopN) Schema() types.Schema { return t.Input.Schema() }
func (t *TopN) Describe() string {
	return fmt.Sprintf("TopN %d offset %d %s", t.Limit, t.Offset, exprs(t.Keys))
}

// Limit passes Count rows after the first Offset.
type Limit struct {
	Unary
	Count  int64
	Offset int64
}

func (l *Limit) Schema() types.Schema { return l.Input.Schema() }
func (l *Limit) Describe() string     { return fmt.Sprintf("Limit %d offset %d", l.Count, l.Offset) }

// Union gives the rows of its inputs one after the other; all have the types of
// the first.
type Union struct {
	Nary
}

func (u *Union) Schema() types.Schema { return u.All[0].Schema() }
func (u *Union) Describe() string     { return "Union" }

// ManyRows is the message of a scalar subquery that is none.
const ManyRows = "a scalar subquery gave more rows than one"

// SingleRow gives its input's only row, a row of NULLs if there is none, and
// fails if there are more (scalar subquery).
type SingleRow struct {
	Unary
}

func (s *SingleRow) Schema() types.Schema { return s.Input.Schema() }
func (s *SingleRow) Describe() string     { return "SingleRow" }
