package bind

import (
	"maps"
	"strings"

	"github.com/bixidata/bixi/planner/logical"
	"github.com/bixidata/bixi/planner/scalar"
	"github.com/bixidata/bixi/sql/diag"
	"github.com/bixidata/bixi/sql/syntax"
	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/table"
)

// Variables are what @names mean: the variables and temporary functions of a script, or
// the parameters of a function or view. It is immutable; the With methods give
// others. nil is the empty one.
type Variables struct {
	values    map[string]*value
	functions map[string]*function
}

// value is what one name means; exactly one field but typ and within is set.
type value struct {
	expr    scalar.Expr // a scalar
	closure *closure    // a function
	// query gives the rows of a table; it is bound where it is used, within the frame
	// of its definition, and converted to typ if that is not nil.
	query  *syntax.Query
	typ    *syntax.ParamType
	within *Variables
	// stored are the rows of a table that have been computed, and cols its columns.
	stored *table.Table
	cols   []logical.Column
	// node are the rows of a table that a view gets, bound by its caller.
	node *logical.Definition
}

// isTable reports whether v stands for rows.
func (v *value) isTable() bool { return v.query != nil || v.stored != nil || v.node != nil }

func (f *Variables) value(name string) *value {
	if f == nil {
		return nil
	}
	return f.values[strings.ToLower(name)]
}

func (f *Variables) names() []string {
	var out []string
	if f != nil {
		for n := range f.values {
			out = append(out, n)
		}
	}
	return out
}

func (f *Variables) with(name string, v *value) *Variables {
	out := &Variables{values: map[string]*value{}}
	if f != nil {
		maps.Copy(out.values, f.values)
		out.functions = f.functions
	}
	out.values[strings.ToLower(name)] = v
	return out
}

// WithConstant is f with name a value.
func (f *Variables) WithConstant(name string, v types.Datum, t types.Type) *Variables {
	return f.with(name, &value{expr: &scalar.Literal{Value: v, Typ: t}})
}

// WithQuery is f with name the rows of a query, whose names mean what they mean in
// f.
func (f *Variables) WithQuery(name string, q *syntax.Query, t *syntax.ParamType) *Variables {
	return f.with(name, &value{query: q, typ: t, within: f})
}

// WithRows is f with name the rows of a temporary table, whose columns have the
// names of cols.
func (f *Variables) WithRows(name string, t *table.Table, cols []logical.Column) *Variables {
	return f.with(name, &value{stored: t, cols: cols})
}

// WithFunction is f with a temporary function.
func (f *Variables) WithFunction(def *syntax.CreateFunction) *Variables {
	out := &Variables{functions: map[string]*function{}}
	if f != nil {
		out.values = f.values
		maps.Copy(out.functions, f.functions)
	}
	fn := &function{name: def.Name.Last().Name, def: def, frame: &Variables{functions: out.functions}}
	out.functions[strings.ToLower(fn.name)] = fn
	return out
}

// HasFunction reports whether f has a temporary function.
func (f *Variables) HasFunction(name string) bool {
	return f != nil && f.functions[strings.ToLower(name)] != nil
}

// IsTable reports whether name is a table.
func (f *Variables) IsTable(name string) bool {
	v := f.value(name)
	return v != nil && v.isTable()
}

func (b *Binder) missingVariable(name syntax.Ident) error {
	e := semantic(name.Pos(), "there is no variable @%s", name.Name)
	if b.vars == nil {
		return e.WithHint("variables are those of a script: set odps.sql.submit.mode=script")
	}
	if near := diag.Near(strings.ToLower(name.Name), b.vars.names()); near != "" {
		return e.WithHint("did you mean @%s?", near)
	}
	return e
}

// variable binds @name in an expression. A table of one column and at most one row
// is a scalar too.
func (b *Binder) variable(e *syntax.Variable, s *exprScope) (scalar.Expr, error) {
	if p := s.params.lookup("@" + e.Name.Name); p != nil {
		return p, nil
	}
	v := b.vars.value(e.Name.Name)
	switch {
	case v == nil:
		return nil, b.missingVariable(e.Name)
	case v.closure != nil:
		return nil, semantic(e.Pos(), "@%s is a function; call it, or give it to a function", e.Name.Name)
	case v.isTable():
		star := &syntax.Star{}
		star.At = e.Pos()
		ref := &syntax.VariableTable{Name: e.Name}
		ref.At = e.Pos()
		sel := &syntax.Select{Items: []*syntax.SelectItem{{Expr: star}}, From: ref}
		sel.At = e.Pos()
		q := &syntax.Query{Body: sel}
		q.At = e.Pos()
		sub := &syntax.Subquery{Query: q}
		sub.At = e.Pos()
		return b.scalarSubquery(sub, s)
	}
	return v.expr, nil
}

// variableTable binds @name in FROM.
func (b *Binder) variableTable(ref *syntax.VariableTable) (logical.Node, []relation, error) {
	alias := strings.ToLower(ref.Name.Name)
	if !ref.Alias.IsZero() {
		alias = strings.ToLower(ref.Alias.Name)
	}
	n, err := b.rowsOf(ref.Name)
	if err != nil {
		return nil, nil, err
	}
	return b.named(n, alias, ref.Columns, "")
}

// rowsOf reads a table variable.
func (b *Binder) rowsOf(name syntax.Ident) (logical.Node, error) {
	v := b.vars.value(name.Name)
	switch {
	case v == nil:
		return nil, b.missingVariable(name)
	case v.stored != nil:
		return b.readTemporary(v.stored, v.cols), nil
	case v.node != nil:
		return b.Use(v.node), nil
	case v.query == nil:
		return nil, semantic(name.Pos(), "@%s is no table", name.Name)
	}
	d := b.tables[v]
	if d == nil {
		n, err := b.withVariables(v.within, func() (logical.Node, error) { return b.query(v.query, nil, nil) })
		if err == nil && v.typ != nil {
			n, err = b.asTable(n, v.typ, "@"+name.Name, v.query.Pos())
		}
		if err != nil {
			return nil, err
		}
		d = b.Share(name.Name, n)
		b.tables[v] = d
	}
	return b.Use(d), nil
}

// TableOf reads the table variable name of vars.
func (b *Binder) TableOf(vars *Variables, name syntax.Ident) (logical.Node, error) {
	return b.withVariables(vars, func() (logical.Node, error) { return b.rowsOf(name) })
}

// withVariables binds with other meanings of the @names.
func (b *Binder) withVariables(f *Variables, bind func() (logical.Node, error)) (logical.Node, error) {
	outside := b.vars
	b.vars = f
	defer func() { b.vars = outside }()
	return bind()
}

// asTable converts rows to the columns that TABLE(…) declares.
func (b *Binder) asTable(n logical.Node, t *syntax.ParamType, what string, pos diag.Pos) (logical.Node, error) {
	if t.Kind != syntax.ParamTable {
		return nil, semantic(t.Pos(), "%s is a table, and its type is none", what)
	}
	if t.Columns == nil {
		return n, nil
	}
	cols := n.Columns()
	if len(cols) != len(t.Columns) {
		return nil, semantic(pos, "%s has %d columns, and %d are given", what, len(t.Columns), len(cols))
	}
	p := &logical.Project{Input: n}
	for i, want := range t.Columns {
		var e scalar.Expr = cols[i].Ref()
		if want.Type.Kind == syntax.ParamScalar {
			var err error
			if e, err = b.assign(e, want.Type.Type, "column "+want.Name.Name+" of "+what, pos); err != nil {
				return nil, err
			}
		}
		p.Items = append(p.Items, e)
		p.Cols = append(p.Cols, b.NewColumn(strings.ToLower(want.Name.Name), e.Type(), false))
	}
	return p, nil
}

// ScalarOf binds the expression of a scalar variable over no rows; the type, if
// there is one, is what it is converted to.
func (b *Binder) ScalarOf(e syntax.Expr, t *syntax.ParamType, name string) (logical.Node, error) {
	var n logical.Node = &logical.Values{Rows: [][]types.Datum{{}}}
	x, err := b.expr(e, &exprScope{names: &scope{}, rel: &n, clause: name})
	if err == nil && t != nil {
		x, err = b.asScalar(x, t, name, e.Pos())
	}
	if err != nil {
		return nil, err
	}
	known := b.convert(x, x.Type().Known(), e.Pos())
	return &logical.Project{Input: n, Items: []scalar.Expr{known}, Cols: []logical.Column{b.NewColumn("value", known.Type(), false)}}, nil
}

// asScalar converts a value to the type of a parameter or variable.
func (b *Binder) asScalar(e scalar.Expr, t *syntax.ParamType, what string, pos diag.Pos) (scalar.Expr, error) {
	switch t.Kind {
	case syntax.ParamAny:
		return e, nil
	case syntax.ParamScalar:
		return b.assign(e, t.Type, what, pos)
	}
	return nil, semantic(pos, "%s is a value, and its type is none", what)
}
