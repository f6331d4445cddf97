// Package scalar is the bound scalar expression: names are resolved, types are
// known and implicit conversions are explicit casts. Logical and physical plans
// share it; only the meaning of a Column differs (see Column). Expressions are
// plain data: the plan codec carries them and worker/expr compiles them.
package scalar

import (
	"fmt"
	"strings"

	"github.com/bixidata/bixi/sql/decimal"
	"github.com/bixidata/bixi/sql/types"
)

// Expr is an expression of one value per row.
type Expr interface {
	// Type is the type of the value.
	Type() types.Type
	// Children lists the operands in order.
	Children() []Expr
	// WithChildren is the same expression over other operands.
	WithChildren(kids []Expr) Expr
	String() string
}

// Column is a reference to a column. In a logical plan ID is the query-wide
// number the binder gave the column; in a physical plan it is the position in
// the input batch (in the concatenation of left and right for a join condition).
type Column struct {
	ID   int
	Name string // for display
	Typ  types.Type
}

// Literal is a constant.
type Literal struct {
	Value types.Datum
	Typ   types.Type
}

// Call applies the scalar function of the registry called Name. Operators are
// functions too: + - * / % div = <> < <= > >= <=> and or not || like in
// is_null is_true is_false … (udf/builtin lists them).
type Call struct {
	Name string
	Args []Expr
	Typ  types.Type
	// Pos is where the call stands in the statement, for run-time errors.
	Line, Col int
}

// Cast converts Arg to Typ. If Safe, a value without conversion gives NULL,
// otherwise an error.
type Cast struct {
	Arg       Expr
	Typ       types.Type
	Safe      bool
	Line, Col int
}

// Case is the searched CASE: the value of the first When that is true. A simple
// CASE is bound to this form. Else may be a NULL literal, never nil.
type Case struct {
	Whens []Expr
	Thens []Expr
	Else  Expr
	Typ   types.Type
}

// In tests Arg for membership in a list of constants of Arg's type. Negate makes
// it NOT IN. A NULL in List makes a miss NULL.
type In struct {
	Arg    Expr
	List   []types.Datum
	Negate bool
}

func (e *Column) Type() types.Type  { return e.Typ }
func (e *Literal) Type() types.Type { return e.Typ }
func (e *Call) Type() types.Type    { return e.Typ }
func (e *Cast) Type() types.Type    { return e.Typ }
func (e *Case) Type() types.Type    { return e.Typ }
func (e *In) Type() types.Type      { return types.BooleanType }

func (e *Column) Children() []Expr  { return nil }
func (e *Literal) Children() []Expr { return nil }
func (e *Call) Children() []Expr    { return e.Args }
func (e *Cast) Children() []Expr    { return []Expr{e.Arg} }
func (e *In) Children() []Expr      { return []Expr{e.Arg} }

// Children of a Case are when, then, when, then, …, else.
func (e *Case) Children() []Expr {
	kids := make([]Expr, 0, 2*len(e.Whens)+1)
	for i := range e.Whens {
		kids = append(kids, e.Whens[i], e.Thens[i])
	}
	return append(kids, e.Else)
}

func (e *Column) WithChildren([]Expr) Expr  { return e }
func (e *Literal) WithChildren([]Expr) Expr { return e }
func (e *Call) WithChildren(k []Expr) Expr  { c := *e; c.Args = k; return &c }
func (e *Cast) WithChildren(k []Expr) Expr  { c := *e; c.Arg = k[0]; return &c }
func (e *In) WithChildren(k []Expr) Expr    { c := *e; c.Arg = k[0]; return &c }
func (e *Case) WithChildren(k []Expr) Expr {
	c := &Case{Else: k[len(k)-1], Typ: e.Typ}
	for i := 0; i+1 < len(k); i += 2 {
		c.Whens, c.Thens = append(c.Whens, k[i]), append(c.Thens, k[i+1])
	}
	return c
}

func (e *Column) String() string { return fmt.Sprintf("%s#%d", e.Name, e.ID) }

func (e *Literal) String() string { return FormatDatum(e.Value, e.Typ) }

func (e *Call) String() string {
	args := make([]string, len(e.Args))
	for i, a := range e.Args {
		args[i] = a.String()
	}
	if len(args) == 2 && !isWord(e.Name) || e.Name == "and" || e.Name == "or" || e.Name == "like" {
		return "(" + strings.Join(args, " "+e.Name+" ") + ")"
	}
	return e.Name + "(" + strings.Join(args, ", ") + ")"
}

func isWord(name string) bool { return name[0] >= 'a' && name[0] <= 'z' }

func (e *Cast) String() string { return fmt.Sprintf("cast(%s as %s)", e.Arg, e.Typ) }

func (e *Case) String() string {
	var b strings.Builder
	b.WriteString("case")
	for i := range e.Whens {
		fmt.Fprintf(&b, " when %s then %s", e.Whens[i], e.Thens[i])
	}
	fmt.Fprintf(&b, " else %s end", e.Else)
	return b.String()
}

func (e *In) String() string {
	vals := make([]string, len(e.List))
	for i, v := range e.List {
		vals[i] = FormatDatum(v, e.Arg.Type())
	}
	op := "in"
	if e.Negate {
		op = "not in"
	}
	return fmt.Sprintf("(%s %s (%s))", e.Arg, op, strings.Join(vals, ", "))
}

// FormatDatum shows a literal in plans. Different values of a type look different:
// equal expressions are found by their text.
func FormatDatum(v types.Datum, t types.Type) string {
	switch v := v.(type) {
	case nil:
		return "NULL"
	case string:
		return "'" + strings.NewReplacer(`\`, `\\`, "'", `\'`).Replace(v) + "'"
	case decimal.Int128:
		return v.Text(t.Scale)
	case []types.Datum:
		parts := make([]string, len(v))
		for i, part := range v {
			parts[i] = FormatDatum(part, partType(t, i))
		}
		return "[" + strings.Join(parts, ", ") + "]"
	}
	return fmt.Sprint(v)
}

// partType is the type of part i of a nested datum.
func partType(t types.Type, i int) types.Type {
	switch {
	case t.Kind == types.Struct:
		return t.Fields[i].Type
	case t.Kind == types.Map && i%2 == 0:
		return *t.Key
	}
	return *t.Elem
}

// Transform rebuilds e bottom-up through f.
func Transform(e Expr, f func(Expr) Expr) Expr {
	kids := e.Children()
	var out []Expr
	for i, k := range kids {
		n := Transform(k, f)
		if n != k && out == nil {
			out = append(make([]Expr, 0, len(kids)), kids[:i]...)
		}
		if out != nil {
			out = append(out, n)
		}
	}
	if out != nil {
		e = e.WithChildren(out)
	}
	return f(e)
}

// Walk visits e and everything below it, parents first, while f gives true.
func Walk(e Expr, f func(Expr) bool) {
	if !f(e) {
		return
	}
	for _, k := range e.Children() {
		Walk(k, f)
	}
}

// Columns collects the IDs of the columns e refers to into set.
func Columns(e Expr, set map[int]bool) {
	Walk(e, func(e Expr) bool {
		if c, ok := e.(*Column); ok {
			set[c.ID] = true
		}
		return true
	})
}

// Conjuncts splits e at its top-level ANDs.
func Conjuncts(e Expr) []Expr {
	if c, ok := e.(*Call); ok && c.Name == "and" {
		var out []Expr
		for _, a := range c.Args {
			out = append(out, Conjuncts(a)...)
		}
		return out
	}
	return []Expr{e}
}

// And joins conditions; nil for none.
func And(conds []Expr) Expr {
	var e Expr
	for _, c := range conds {
		if e == nil {
			e = c
		} else {
			e = &Call{Name: "and", Args: []Expr{e, c}, Typ: types.BooleanType}
		}
	}
	return e
}

// Aggregate is one aggregate call. It is not an Expr: only aggregate nodes hold it.
type Aggregate struct {
	Name     string
	Args     []Expr
	Distinct bool
	// Filter restricts the rows that count; nil for all.
	Filter Expr
	// Order is WITHIN GROUP (ORDER BY …): the last len(Order) of Args are its keys.
	Order []Direction
	Typ   types.Type
	Line  int
	Col   int
}

func (a Aggregate) String() string {
	n := len(a.Args) - len(a.Order)
	args := make([]string, n)
	for i, e := range a.Args[:n] {
		args[i] = e.String()
	}
	s := strings.Join(args, ", ")
	if a.Distinct {
		s = "distinct " + s
	}
	s = a.Name + "(" + s + ")"
	if len(a.Order) > 0 {
		keys := make([]string, len(a.Order))
		for i, d := range a.Order {
			keys[i] = SortKey{Expr: a.Args[n+i], Desc: d.Desc, NullsFirst: d.NullsFirst}.String()
		}
		s += " within group (order by " + strings.Join(keys, ", ") + ")"
	}
	if a.Filter != nil {
		s += fmt.Sprintf(" filter (where %s)", a.Filter)
	}
	return s
}

// Direction is how a key orders.
type Direction struct{ Desc, NullsFirst bool }

// SortKey is one key of an order.
type SortKey struct {
	Expr       Expr
	Desc       bool
	NullsFirst bool
}

func (k SortKey) String() string {
	s := k.Expr.String()
	if k.Desc {
		s += " desc"
	}
	if k.NullsFirst == k.Desc {
		if k.NullsFirst {
			s += " nulls first"
		} else {
			s += " nulls last"
		}
	}
	return s
}
