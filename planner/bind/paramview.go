package bind

import (
	"fmt"
	"slices"
	"strings"

	"github.com/bixidata/bixi/planner/logical"
	"github.com/bixidata/bixi/planner/scalar"
	"github.com/bixidata/bixi/sql/diag"
	"github.com/bixidata/bixi/sql/syntax"
	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/table"
)

// ViewWithParams parses the text of a stored view that takes parameters; nil for
// the query of one that takes none.
func ViewWithParams(t *table.Table) *syntax.CreateView {
	if !strings.HasPrefix(t.View, "CREATE VIEW ") {
		return nil
	}
	st, err := syntax.ParseStatement(t.View)
	if err != nil {
		return nil
	}
	v, _ := st.(*syntax.CreateView)
	return v
}

// viewCall binds a call of a view with parameters in FROM.
func (b *Binder) viewCall(ref *syntax.FuncTable, outer *scope) (logical.Node, []relation, error) {
	e := ref.Call
	name := syntax.Name{Start: e.Name.Start, Parts: []syntax.Ident{e.Name}}
	if !e.Project.IsZero() {
		name.Parts = []syntax.Ident{e.Project, e.Name}
	}
	t, err := b.Resolve(name)
	if isMissing(err) {
		_, err = b.lookup(strings.ToLower(e.Name.Name), e.Pos())
	}
	if err != nil {
		return nil, nil, err
	}
	def := ViewWithParams(t)
	if def == nil {
		return nil, nil, semantic(e.Pos(), "%s is a %s, and takes no parameters", t.Name, t.Kind())
	}
	vars, err := b.viewArguments(t.Name, def, e, outer)
	if err != nil {
		return nil, nil, err
	}
	n, err := b.viewRows(t.Name, def, vars, e.Pos())
	if err != nil {
		return nil, nil, err
	}
	alias := strings.ToLower(ref.Alias.Name)
	if alias == "" {
		alias = strings.ToLower(e.Name.Name)
	}
	return b.named(n, alias, ref.Columns, t.Name.Project)
}

// viewRows binds the body of a view with its arguments.
func (b *Binder) viewRows(name table.Name, def *syntax.CreateView, vars *Variables, pos diag.Pos) (logical.Node, error) {
	if b.depth++; b.depth > maxViewDepth {
		return nil, semantic(pos, "view %s refers to itself", name)
	}
	outside := b.env
	env := *b.env
	env.Project, env.Schema = name.Project, name.Schema
	b.env = &env
	defer func() { b.depth--; b.env = outside }()
	n, err := b.withVariables(vars, func() (logical.Node, error) { return b.viewBody(name, def) })
	if err != nil {
		d := diag.Of(err)
		where := ""
		if d.Pos.IsValid() {
			where = fmt.Sprintf(" at %d,%d", d.Pos.Line, d.Pos.Col)
		}
		return nil, &diag.Error{Class: d.Class, Code: d.Code, Pos: pos, Msg: fmt.Sprintf("in view %s%s: %s", name, where, d.Msg), Hint: d.Hint, Err: d.Err}
	}
	return n, nil
}

func (b *Binder) viewBody(name table.Name, def *syntax.CreateView) (logical.Node, error) {
	for _, st := range def.Block {
		a, ok := st.(*syntax.Assign)
		switch {
		case !ok:
			return nil, semantic(st.Pos(), "the body of a view is a list of @name := query or expression")
		case a.Cache:
			return nil, semantic(st.Pos(), "CACHE ON is for scripts")
		case a.Query != nil:
			b.vars = b.vars.WithQuery(a.Name.Name, a.Query, a.Type)
			continue
		}
		x, err := b.expr(a.Expr, &exprScope{names: &scope{}, clause: "@" + a.Name.Name})
		if err == nil && a.Type != nil {
			x, err = b.asScalar(x, a.Type, "@"+a.Name.Name, a.Expr.Pos())
		}
		if err != nil {
			return nil, err
		}
		b.vars = b.vars.with(a.Name.Name, &value{expr: x})
	}
	var n logical.Node
	var err error
	pos := def.Pos()
	switch {
	case def.Query != nil:
		pos = def.Query.Pos()
		n, err = b.query(def.Query, nil, nil)
	case def.Result.IsZero():
		return nil, semantic(def.Pos(), "a view with BEGIN … END needs RETURNS @name TABLE(…)")
	default:
		n, err = b.rowsOf(def.Result)
	}
	if err != nil || def.Returns == nil {
		return n, err
	}
	return b.asTable(n, def.Returns, "the result of "+name.Table, pos)
}

// viewArguments binds the arguments of a call of a view.
func (b *Binder) viewArguments(name table.Name, def *syntax.CreateView, e *syntax.Call, outer *scope) (*Variables, error) {
	least := 0
	for i, p := range def.Params {
		if p.Default == nil {
			least = i + 1
		}
	}
	if len(e.Args) > len(def.Params) || len(e.Args) < least {
		want := fmt.Sprint(len(def.Params))
		if least < len(def.Params) {
			want = fmt.Sprintf("%d to %d", least, len(def.Params))
		}
		usage := Usage(&syntax.CreateFunction{Name: def.Name, Params: def.Params, Result: def.Result, Returns: def.Returns})
		return nil, diag.Errorf(diag.CodeArgument, e.Pos(), "the view %s takes %s arguments, not %d", name, want, len(e.Args)).WithHint("it is %s", usage)
	}
	vars := &Variables{}
	for i, p := range def.Params {
		arg := p.Default
		if i < len(e.Args) {
			arg = e.Args[i]
		}
		v, err := b.viewArgument(p, arg, fmt.Sprintf("the argument @%s of %s", p.Name.Name, name.Table), outer)
		if err != nil {
			return nil, err
		}
		vars = vars.with(p.Name.Name, v)
	}
	return vars, nil
}

func (b *Binder) viewArgument(p *syntax.Param, arg syntax.Expr, what string, outer *scope) (*value, error) {
	s := &exprScope{names: &scope{}, clause: what}
	switch p.Type.Kind {
	case syntax.ParamTable:
		n, err := b.tableArgument(arg, what, outer)
		if err == nil {
			n, err = b.asTable(n, p.Type, what, arg.Pos())
		}
		if err != nil {
			return nil, err
		}
		if len(logical.Free(n)) > 0 {
			return nil, unsupported(arg.Pos(), "a table that refers to an outer query, as "+what+" does,")
		}
		return &value{node: b.Share(p.Name.Name, n)}, nil
	case syntax.ParamFunction:
		c, err := b.closure(arg, p.Type, what, s)
		return &value{closure: c}, err
	}
	x, err := b.expr(arg, s)
	if err == nil {
		x, err = b.asScalar(x, p.Type, what, arg.Pos())
	}
	return &value{expr: x}, err
}

// tableArgument binds the name of a table, a table variable, or a query.
func (b *Binder) tableArgument(arg syntax.Expr, what string, outer *scope) (logical.Node, error) {
	switch arg := arg.(type) {
	case *syntax.ColumnRef:
		ref := &syntax.Table{Name: syntax.Name{Start: arg.Start, Parts: arg.Parts}}
		ref.At = arg.Pos()
		n, rels, err := b.table(ref, outer)
		if err != nil || slices.EqualFunc(rels[0].cols, n.Columns(), func(a, b logical.Column) bool { return a.Name == b.Name }) {
			return n, err
		}
		p := &logical.Project{Input: n} // a WITH clause has renamed the columns
		for _, c := range rels[0].cols {
			p.Items, p.Cols = append(p.Items, c.Ref()), append(p.Cols, b.NewColumn(c.Name, c.Type, c.Required))
		}
		return p, nil
	case *syntax.Variable:
		return b.rowsOf(arg.Name)
	case *syntax.Subquery:
		return b.query(arg.Query, outer, nil)
	}
	return nil, diag.Errorf(diag.CodeArgument, arg.Pos(), "%s is a table", what).WithHint("give the name of a table, a table variable or a query")
}

// CheckView binds the body of a view with parameters as far as their types are
// known, and gives the columns of its rows; nil if they follow from the arguments.
func (b *Binder) CheckView(def *syntax.CreateView, name table.Name) ([]logical.Column, error) {
	vars := &Variables{}
	known := true
	for _, p := range def.Params {
		if vars.value(p.Name.Name) != nil {
			return nil, semantic(p.Pos(), "the view has two parameters @%s", p.Name.Name)
		}
		v := &value{}
		switch p.Type.Kind {
		case syntax.ParamTable:
			rows := &logical.Values{}
			for _, c := range p.Type.Columns {
				known = known && c.Type.Kind == syntax.ParamScalar
				rows.Cols = append(rows.Cols, b.NewColumn(strings.ToLower(c.Name.Name), c.Type.Type, false))
			}
			known = known && p.Type.Columns != nil
			v.node = b.Share(p.Name.Name, rows)
		case syntax.ParamScalar:
			lit := &scalar.Literal{Typ: p.Type.Type}
			if p.Type.Type.Kind == types.BigInt || p.Type.Type.Kind == types.Int {
				lit.Value = int64(1) // it may be a LIMIT
			}
			v.expr = lit
		default:
			known = false
			v.expr = &scalar.Literal{Typ: types.NullType}
		}
		if p.Default != nil {
			if _, err := b.viewArgument(p, p.Default, "the default of @"+p.Name.Name, nil); err != nil {
				return nil, err
			}
		}
		vars = vars.with(p.Name.Name, v)
	}
	if def.Returns != nil && (def.Returns.Kind != syntax.ParamTable || def.Returns.Columns == nil) {
		return nil, semantic(def.Returns.Pos(), "a view returns TABLE(…) with its columns")
	}
	if known {
		n, err := b.viewRows(name, def, vars, def.Name.Pos())
		if err != nil {
			return nil, err
		}
		return n.Columns(), nil
	}
	var cols []logical.Column
	if def.Returns != nil {
		for _, c := range def.Returns.Columns {
			cols = append(cols, b.NewColumn(strings.ToLower(c.Name.Name), c.Type.Type.Known(), false))
		}
	}
	return cols, nil
}
