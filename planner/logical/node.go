// Package logical is the relational tree between binder and lowering: what a
// query asks for, not how it is done. Columns have query-wide numbers, so a node
// can move without its expressions being rewritten. Nodes are immutable; rules
// build new ones.
package logical

import (
	"fmt"
	"strings"

	"github.com/bixidata/bixi/planner/scalar"
	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/table"
)

// Column is a column a node gives.
type Column struct {
	ID   int
	Name string
	Type types.Type
	// Required says that the column is never NULL.
	Required bool
}

// Ref is an expression that reads c.
func (c Column) Ref() *scalar.Column { return &scalar.Column{ID: c.ID, Name: c.Name, Typ: c.Type} }

// Node is an element of the tree.
type Node interface {
	Columns() []Column
	Inputs() []Node
	// WithInputs is the same node over other inputs.
	WithInputs(in []Node) Node
	// Exprs lists the expressions of the node itself; MapExprs rebuilds it with
	// each replaced by f of it.
	Exprs() []scalar.Expr
	MapExprs(f func(scalar.Expr) scalar.Expr) Node
	Describe() string
}

// Scan reads a stored table. Ordinals are the positions of Cols in the table's
// schema (data columns, then partition columns). Conds were pushed into it.
type Scan struct {
	Table    *table.Table
	Cols     []Column
	Ordinals []int
	Conds    []scalar.Expr
	// Files, if Fixed, are the files read, whatever Conds say of them.
	Files []table.DataFile
	Fixed bool
}

// Values gives constant rows.
type Values struct {
	Cols []Column
	Rows [][]types.Datum
}

// Filter keeps the rows for which all Conds are true.
type Filter struct {
	Input Node
	Conds []scalar.Expr
}

// Project computes one column an expression.
type Project struct {
	Input Node
	Items []scalar.Expr
	Cols  []Column
}

// Aggregate groups by Keys and computes Aggs; Cols are keys then aggregates.
type Aggregate struct {
	Input Node
	Keys  []scalar.Expr
	Aggs  []scalar.Aggregate
	Cols  []Column
	// Always lists the keys of groups that there are even without rows.
	Always [][]types.Datum
}

// JoinKind says which rows a join gives; Apply kinds are gone after decorrelation.
type JoinKind uint8

// The join kinds. Mark gives the left columns and Join.Mark: whether a row of the
// right side satisfies On. Single gives left and right columns with at most one
// right row for a left row (NULLs if none), an error if there are more.
const (
	Inner JoinKind = iota
	Left
	Right
	Full
	Semi
	Anti
	AntiNull // NOT IN: see physical.LeftAntiNull
	Mark
	Single
)

var joinNames = [...]string{"inner", "left", "right", "full", "semi", "anti", "null-aware anti", "mark", "single"}

func (k JoinKind) String() string { return joinNames[k] }

// Join pairs rows for which all On are true. If Apply, the right side may refer
// to columns of the left (a correlated subquery).
type Join struct {
	Kind  JoinKind
	L, R  Node
	On    []scalar.Expr
	Mark  Column // of kind Mark
	Apply bool
	// Many is the message of the error when a left row has several right rows (of
	// kind Single without Apply).
	Many string

	known joinColumns
}

// Sort orders rows. Limit may cut it to a top-n.
type Sort struct {
	Input Node
	Keys  []scalar.SortKey
}

// Limit passes Count rows (all when negative) after Offset.
type Limit struct {
	Input  Node
	Count  int64
	Offset int64
}

// Union gives the rows of all inputs; column i of Cols is column i of each.
type Union struct {
	All  []Node
	Cols []Column
}

// SingleRow fails if there is more than one row, and gives NULLs if there is none.
type SingleRow struct {
	Input Node
}

func (n *Scan) Columns() []Column      { return n.Cols }
func (n *Values) Columns() []Column    { return n.Cols }
func (n *Filter) Columns() []Column    { return n.Input.Columns() }
func (n *Project) Columns() []Column   { return n.Cols }
func (n *Aggregate) Columns() []Column { return n.Cols }
func (n *Sort) Columns() []Column      { return n.Input.Columns() }
func (n *Limit) Columns() []Column     { return n.Input.Columns() }
func (n *Union) Columns() []Column     { return n.Cols }
func (n *SingleRow) Columns() []Column { return nullable(n.Input.Columns()) }
func (n *Join) Columns() []Column      { return n.known.of(n) }

func nullable(cols []Column) []Column {
	out := append([]Column{}, cols...)
	for i := range out {
		out[i].Required = false
	}
	return out
}

func (n *Scan) Inputs() []Node      { return nil }
func (n *Values) Inputs() []Node    { return nil }
func (n *Filter) Inputs() []Node    { return []Node{n.Input} }
func (n *Project) Inputs() []Node   { return []Node{n.Input} }
func (n *Aggregate) Inputs() []Node { return []Node{n.Input} }
func (n *Join) Inputs() []Node      { return []Node{n.L, n.R} }
func (n *Sort) Inputs() []Node      { return []Node{n.Input} }
func (n *Limit) Inputs() []Node     { return []Node{n.Input} }
func (n *Union) Inputs() []Node     { return n.All }
func (n *SingleRow) Inputs() []Node { return []Node{n.Input} }

func (n *Scan) WithInputs([]Node) Node         { return n }
func (n *Values) WithInputs([]Node) Node       { return n }
func (n *Filter) WithInputs(in []Node) Node    { c := *n; c.Input = in[0]; return &c }
func (n *Project) WithInputs(in []Node) Node   { c := *n; c.Input = in[0]; return &c }
func (n *Aggregate) WithInputs(in []Node) Node { c := *n; c.Input = in[0]; return &c }
func (n *Join) WithInputs(in []Node) Node      { c := *n; c.L, c.R = in[0], in[1]; return &c }
func (n *Sort) WithInputs(in []Node) Node      { c := *n; c.Input = in[0]; return &c }
func (n *Limit) WithInputs(in []Node) Node     { c := *n; c.Input = in[0]; return &c }
func (n *Union) WithInputs(in []Node) Node     { c := *n; c.All = in; return &c }
func (n *SingleRow) WithInputs(in []Node) Node { c := *n; c.Input = in[0]; return &c }

func (n *Scan) Exprs() []scalar.Expr      { return n.Conds }
func (n *Values) Exprs() []scalar.Expr    { return nil }
func (n *Filter) Exprs() []scalar.Expr    { return n.Conds }
func (n *Project) Exprs() []scalar.Expr   { return n.Items }
func (n *Join) Exprs() []scalar.Expr      { return n.On }
func (n *Limit) Exprs() []scalar.Expr     { return nil }
func (n *Union) Exprs() []scalar.Expr     { return nil }
func (n *SingleRow) Exprs() []scalar.Expr { return nil }
func (n *Aggregate) Exprs() []scalar.Expr {
	out := append([]scalar.Expr{}, n.Keys...)
	for _, a := range n.Aggs {
		out = append(out, a.Args...)
		if a.Filter != nil {
			out = append(out, a.Filter)
		}
	}
	return out
}
func (n *Sort) Exprs() []scalar.Expr {
	out := make([]scalar.Expr, len(n.Keys))
	for i, k := range n.Keys {
		out[i] = k.Expr
	}
	return out
}

// Map applies f to each of es.
func Map(es []scalar.Expr, f func(scalar.Expr) scalar.Expr) []scalar.Expr {
	if es == nil {
		return nil
	}
	out := make([]scalar.Expr, len(es))
	for i, e := range es {
		out[i] = f(e)
	}
	return out
}

func (n *Scan) MapExprs(f func(scalar.Expr) scalar.Expr) Node {
	c := *n
	c.Conds = Map(n.Conds, f)
	return &c
}
func (n *Values) MapExprs(func(scalar.Expr) scalar.Expr) Node { return n }
func (n *Filter) MapExprs(f func(scalar.Expr) scalar.Expr) Node {
	return &Filter{n.Input, Map(n.Conds, f)}
}
func (n *Project) MapExprs(f func(scalar.Expr) scalar.Expr) Node {
	return &Project{n.Input, Map(n.Items, f), n.Cols}
}
func (n *Aggregate) MapExprs(f func(scalar.Expr) scalar.Expr) Node {
	c := *n
	c.Keys = Map(n.Keys, f)
	c.Aggs = make([]scalar.Aggregate, len(n.Aggs))
	for i, a := range n.Aggs {
		a.Args = Map(a.Args, f)
		if a.Filter != nil {
			a.Filter = f(a.Filter)
		}
		c.Aggs[i] = a
	}
	return &c
}
func (n *Join) MapExprs(f func(scalar.Expr) scalar.Expr) Node {
	c := *n
	c.On = Map(n.On, f)
	return &c
}
func (n *Sort) MapExprs(f func(scalar.Expr) scalar.Expr) Node {
	c := *n
	c.Keys = append([]scalar.SortKey{}, n.Keys...)
	for i := range c.Keys {
		c.Keys[i].Expr = f(c.Keys[i].Expr)
	}
	return &c
}
func (n *Limit) MapExprs(func(scalar.Expr) scalar.Expr) Node     { return n }
func (n *Union) MapExprs(func(scalar.Expr) scalar.Expr) Node     { return n }
func (n *SingleRow) MapExprs(func(scalar.Expr) scalar.Expr) Node { return n }

func list[E fmt.Stringer](es []E) string {
	parts := make([]string, len(es))
	for i, e := range es {
		parts[i] = e.String()
	}
	return strings.Join(parts, ", ")
}

func names(cols []Column) string {
	parts := make([]string, len(cols))
	for i, c := range cols {
		parts[i] = fmt.Sprintf("%s#%d", c.Name, c.ID)
	}
	return strings.Join(parts, ", ")
}

func (n *Scan) Describe() string {
	d := fmt.Sprintf("Scan %s [%s]", n.Table.Name, names(n.Cols))
	if len(n.Conds) > 0 {
		d += " where " + list(n.Conds)
	}
	return d
}
func (n *Values) Describe() string { return fmt.Sprintf("Values %d [%s]", len(n.Rows), names(n.Cols)) }
func (n *Filter) Describe() string { return "Filter " + list(n.Conds) }
func (n *Project) Describe() string {
	parts := make([]string, len(n.Items))
	for i, e := range n.Items {
		parts[i] = fmt.Sprintf("%s#%d = %s", n.Cols[i].Name, n.Cols[i].ID, e)
	}
	return "Project " + strings.Join(parts, ", ")
}
func (n *Aggregate) Describe() string {
	return fmt.Sprintf("Aggregate [%s] keys=[%s] aggs=[%s]", names(n.Cols), list(n.Keys), list(n.Aggs))
}
func (n *Join) Describe() string {
	d := "Join " + n.Kind.String()
	if n.Apply {
		d = "Apply " + n.Kind.String()
	}
	if len(n.On) > 0 {
		d += " on " + list(n.On)
	}
	return d
}
func (n *Sort) Describe() string      { return "Sort " + list(n.Keys) }
func (n *Limit) Describe() string     { return fmt.Sprintf("Limit %d offset %d", n.Count, n.Offset) }
func (n *Union) Describe() string     { return "Union [" + names(n.Cols) + "]" }
func (n *SingleRow) Describe() string { return "SingleRow" }

// Format draws the tree and the definitions it uses.
func Format(n Node) string {
	var b strings.Builder
	var draw func(Node, int)
	draw = func(n Node, depth int) {
		fmt.Fprintf(&b, "%s%s\n", strings.Repeat("  ", depth), n.Describe())
		for _, in := range n.Inputs() {
			draw(in, depth+1)
		}
	}
	draw(n, 0)
	for _, d := range Definitions(n) {
		fmt.Fprintf(&b, "Definition %s\n", d.Name)
		draw(d.Root, 1)
	}
	return b.String()
}

// Transform rebuilds the tree bottom-up through f.
func Transform(n Node, f func(Node) Node) Node {
	in := n.Inputs()
	if len(in) > 0 {
		out := make([]Node, len(in))
		same := true
		for i, k := range in {
			out[i] = Transform(k, f)
			same = same && out[i] == k
		}
		if !same {
			n = n.WithInputs(out)
		}
	}
	return f(n)
}

// IDs is the set of column numbers n gives.
func IDs(n Node) map[int]bool {
	set := map[int]bool{}
	for _, c := range n.Columns() {
		set[c.ID] = true
	}
	return set
}

// Free is the set of columns that n's subtree refers to but does not produce:
// the correlation of a subquery.
func Free(n Node) map[int]bool {
	used, made := map[int]bool{}, map[int]bool{}
	var walk func(Node)
	walk = func(n Node) {
		for _, e := range n.Exprs() {
			scalar.Columns(e, used)
		}
		for _, c := range n.Columns() {
			made[c.ID] = true
		}
		for _, in := range n.Inputs() {
			walk(in)
		}
	}
	walk(n)
	for id := range made {
		delete(used, id)
	}
	return used
}

// Refs reports whether e reads any column of set.
func Refs(e scalar.Expr, set map[int]bool) bool {
	used := map[int]bool{}
	scalar.Columns(e, used)
	for id := range used {
		if set[id] {
			return true
		}
	}
	return false
}

// Within reports whether e reads only columns of set.
func Within(e scalar.Expr, set map[int]bool) bool {
	used := map[int]bool{}
	scalar.Columns(e, used)
	for id := range used {
		if !set[id] {
			return false
		}
	}
	return true
}

// Substitute replaces column references by the expressions in by.
func Substitute(e scalar.Expr, by map[int]scalar.Expr) scalar.Expr {
	return scalar.Transform(e, func(e scalar.Expr) scalar.Expr {
		if c, ok := e.(*scalar.Column); ok {
			if r := by[c.ID]; r != nil {
				return r
			}
		}
		return e
	})
}
