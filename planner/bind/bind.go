// Package bind gives a statement meaning: it resolves names against the catalog,
// finds types, makes implicit conversions explicit and turns the syntax tree
// into a logical tree. It neither optimises nor runs anything. Start at Query.
package bind

import (
	"context"

	"github.com/bixidata/bixi/planner/logical"
	"github.com/bixidata/bixi/planner/scalar"
	"github.com/bixidata/bixi/sql/diag"
	"github.com/bixidata/bixi/sql/syntax"
	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/table"
	"github.com/bixidata/bixi/udf"
)

// Env is what binding needs to know of its surroundings.
type Env struct {
	Catalog table.Catalog
	Project string
	User    string // who runs the statement
	Schema  string // of names without one
	// TwoPartSchemas lets a.b also be table b of the schema a.
	TwoPartSchemas bool
	// GroupPositions and OrderPositions make a number in GROUP BY and ORDER BY the
	// item of the select list at that place.
	GroupPositions, OrderPositions bool
	// OrderNeedsLimit refuses ORDER BY without LIMIT.
	OrderNeedsLimit bool
	Functions       *udf.Registry
	Session         *udf.Session
	// Warnings receives what the user should know; nil if nobody does.
	Warnings *diag.Warnings
	// ForbidScripts refuses SELECT TRANSFORM.
	ForbidScripts bool
	// Fold evaluates an expression without columns; ok is false if it cannot be
	// evaluated ahead of time (volatile, or it fails: then it fails at run time).
	Fold func(scalar.Expr) (v types.Datum, ok bool)
	// Variables are what @names mean; nil outside of scripts.
	Variables *Variables
	// HiveFrames makes RANGE the unit of frames that are not written out.
	HiveFrames bool
}

// Binder binds one statement. It is not reused.
type Binder struct {
	env  *Env
	ctx  context.Context
	next int
	// Loaded caches tables, so that a statement sees one snapshot of each.
	loaded map[table.Name]*table.Table
	depth  int // of views
	// named are the relations of FROM clauses in the order they were bound.
	relations    []relation
	broadcasts   []*logical.Broadcast
	recursions   []*Recursion
	vars         *Variables
	tables       map[*value]*logical.Definition // table variables that are read
	functions    map[table.Name]*function       // stored functions; nil for names that are none
	inlinedCalls int
	calls        int // of SQL functions, one in another
	// growing are the tables of recursive names whose steps are being bound.
	growing map[*table.Table]bool
}

// New makes a binder.
func New(ctx context.Context, env *Env) *Binder {
	return &Binder{env: env, ctx: ctx, loaded: map[table.Name]*table.Table{}, growing: map[*table.Table]bool{}, vars: env.Variables,
		tables: map[*value]*logical.Definition{}, functions: map[table.Name]*function{}}
}

// Query binds a query. Its columns are the result's.
func (b *Binder) Query(q *syntax.Query) (logical.Node, error) { return b.query(q, nil, nil) }

// Known binds a query whose columns have types that a result or a new table can
// have: an untyped NULL is a STRING.
func (b *Binder) Known(q *syntax.Query) (logical.Node, error) {
	n, err := b.Query(q)
	if err != nil {
		return nil, err
	}
	var ts []types.Type
	for _, c := range n.Columns() {
		ts = append(ts, c.Type.Known())
	}
	return b.CastColumns(n, ts), nil
}

// Tables lists the tables that were read.
func (b *Binder) Tables() []*table.Table {
	out := make([]*table.Table, 0, len(b.loaded))
	for _, t := range b.loaded {
		out = append(out, t)
	}
	return out
}

// NewColumn numbers a fresh column.
func (b *Binder) NewColumn(name string, t types.Type, required bool) logical.Column {
	b.next++
	return logical.Column{ID: b.next, Name: name, Type: t, Required: required}
}

// warn tells the user something about the statement at pos. Within a view there
// is no place to point at.
func (b *Binder) warn(pos diag.Pos, format string, args ...any) {
	if b.depth > 0 {
		pos = diag.Pos{}
	}
	if b.env.Warnings != nil {
		b.env.Warnings.Add(diag.Warningf(pos, format, args...))
	}
}

// At gives an error that has no place yet the place pos.
func At(err error, pos diag.Pos) error {
	if e, ok := err.(*diag.Error); ok && !e.Pos.IsValid() {
		c := *e
		c.Pos = pos
		return &c
	}
	return err
}

func semantic(pos diag.Pos, format string, args ...any) *diag.Error {
	return diag.Errorf(diag.CodeSemantic, pos, format, args...)
}

func unsupported(pos diag.Pos, feature string) *diag.Error {
	return diag.Errorf(diag.CodeUnsupported, pos, "%s is not supported yet", feature)
}

// Constant binds an expression without columns and converts it to t.
func (b *Binder) Constant(e syntax.Expr, t types.Type) (scalar.Expr, error) {
	bound, err := b.expr(e, &exprScope{names: &scope{}, clause: "a constant"})
	if err != nil {
		return nil, err
	}
	return b.assign(bound, t, "a constant", e.Pos())
}

// Assign converts a query's column to the type of the table column called name
// that it is stored in.
func (b *Binder) Assign(c logical.Column, t types.Type, name string, pos diag.Pos) (scalar.Expr, error) {
	return b.assign(c.Ref(), t, "column "+name, pos)
}

func (b *Binder) assign(e scalar.Expr, t types.Type, what string, pos diag.Pos) (scalar.Expr, error) {
	from := e.Type()
	if b.assignable(from, t) {
		return b.convert(e, t, pos), nil
	}
	return nil, diag.Errorf(diag.CodeImplicitCast, pos, "%s is %s, and %s does not convert to it implicitly", what, t, from).
		WithHint("write CAST(… AS %s)", t)
}
