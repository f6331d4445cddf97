package bind

import (
	"fmt"
	"strings"

	"github.com/bixidata/bixi/planner/logical"
	"github.com/bixidata/bixi/planner/scalar"
	"github.com/bixidata/bixi/sql/diag"
	"github.com/bixidata/bixi/sql/syntax"
	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/table"
)

// maxFunctionDepth bounds functions that call functions.
const maxFunctionDepth = 32

// maxInlined bounds the calls of SQL functions that a statement has when all are
// replaced by their bodies.
const maxInlined = 10_000

// function is a SQL function. A call is replaced by its body.
type function struct {
	name  string // as messages show it
	def   *syntax.CreateFunction
	frame *Variables  // the temporary functions that its body sees
	home  *table.Name // where a stored function is; nil for a temporary one
}

// userFunction finds the SQL function that a call means, nil if there is none.
func (b *Binder) userFunction(e *syntax.Call) (*function, error) {
	name := strings.ToLower(e.Name.Name)
	at := table.Name{Project: b.env.Project, Schema: b.schema(), Table: name}
	if !e.Project.IsZero() {
		at.Project, at.Schema = strings.ToLower(e.Project.Name), table.DefaultSchema
	} else if b.vars != nil && b.vars.functions[name] != nil {
		return b.vars.functions[name], nil
	}
	if e.Builtin {
		return nil, nil
	}
	if f, ok := b.functions[at]; ok {
		return f, nil
	}
	stored, err := b.env.Catalog.Function(b.ctx, at)
	if err != nil {
		return nil, At(err, e.Pos())
	}
	var f *function
	if stored != nil {
		def, err := syntax.ParseStatement(stored.Text)
		create, ok := def.(*syntax.CreateFunction)
		if err != nil || !ok {
			return nil, semantic(e.Pos(), "the function %s is damaged: %v", at, err)
		}
		f = &function{name: name, def: create, home: &at}
	}
	b.functions[at] = f
	return f, nil
}

// inlined replaces a call by the body of f, if that could be found.
func (b *Binder) inlined(f *function, err error, e *syntax.Call, s *exprScope) (scalar.Expr, error) {
	if err != nil {
		return nil, err
	}
	if e.Distinct || e.Filter != nil || len(e.WithinGroup) > 0 || e.Over != nil {
		return nil, semantic(e.Pos(), "DISTINCT, FILTER, WITHIN GROUP and OVER go with aggregates only, and %s is none", f.name)
	}
	if b.calls >= maxFunctionDepth {
		return nil, semantic(e.Pos(), "the function %s calls itself, or functions are nested deeper than %d", f.name, maxFunctionDepth)
	}
	if b.inlinedCalls++; b.inlinedCalls > maxInlined {
		return nil, semantic(e.Pos(), "the statement calls SQL functions more than %d times, those in functions included", maxInlined)
	}
	frame, args, err := b.arguments(f, e, s)
	if err != nil {
		return nil, err
	}
	out, err := b.functionBody(f, frame, s)
	if err != nil {
		return nil, inFunction(err, f.name, e.Pos())
	}
	if f.home != nil {
		relocate(out, e.Pos(), args)
	}
	return out, nil
}

// inFunction says in which function an error is, and where there.
func inFunction(err error, name string, pos diag.Pos) error {
	d := diag.Of(err)
	where := ""
	if d.Pos.IsValid() {
		where = fmt.Sprintf(" at %d,%d", d.Pos.Line, d.Pos.Col)
	}
	return &diag.Error{Class: d.Class, Code: d.Code, Pos: pos, Msg: "in function " + name + where + ": " + d.Msg, Hint: d.Hint, Err: d.Err}
}

// relocate gives what a stored function computes the place of its call, as its own
// text is not what the user sees; the arguments keep theirs.
func relocate(e scalar.Expr, pos diag.Pos, args map[scalar.Expr]bool) {
	if args[e] {
		return
	}
	switch e := e.(type) {
	case *scalar.Call:
		e.Line, e.Col = pos.Line, pos.Col
	case *scalar.Cast:
		e.Line, e.Col = pos.Line, pos.Col
	}
	for _, k := range e.Children() {
		relocate(k, pos, args)
	}
}

// functionBody binds the body of f with the arguments of frame.
func (b *Binder) functionBody(f *function, frame *Variables, s *exprScope) (scalar.Expr, error) {
	frameOutside, env, seen := b.vars, b.env, b.relationsSeen()
	defer func() { b.vars, b.env = frameOutside, env; b.calls--; seen() }()
	b.calls++
	b.vars = frame
	if f.home != nil {
		own := *b.env
		own.Project, own.Schema = f.home.Project, f.home.Schema
		b.env = &own
	}
	inner := &exprScope{names: &scope{}, rel: s.rel, clause: "the function " + f.name, params: &lambdaScope{floor: s.params.depth()}}
	body := f.def.Body
	for _, st := range f.def.Block {
		a, ok := st.(*syntax.Assign)
		if !ok || a.Expr == nil {
			return nil, semantic(st.Pos(), "the body of a function is a list of @name := expression")
		}
		e, err := b.expr(a.Expr, inner)
		if err == nil && a.Type != nil {
			e, err = b.asScalar(e, a.Type, "@"+a.Name.Name, a.Expr.Pos())
		}
		if err != nil {
			return nil, err
		}
		b.vars = b.vars.with(a.Name.Name, &value{expr: e})
	}
	if body == nil {
		if f.def.Result.IsZero() {
			return nil, semantic(f.def.Pos(), "a function with BEGIN … END needs RETURNS @name type")
		}
		if b.vars.value(f.def.Result.Name) == nil {
			return nil, semantic(f.def.Result.Pos(), "@%s, which the function returns, gets no value", f.def.Result.Name)
		}
		v := &syntax.Variable{Name: f.def.Result}
		v.At = f.def.Result.Pos()
		body = v
	}
	e, err := b.expr(body, inner)
	if err == nil && f.def.Returns != nil {
		e, err = b.asScalar(e, f.def.Returns, "the result of "+f.name, body.Pos())
	}
	return e, err
}

// relationsSeen lets names of FROM clauses in a body be forgotten behind it.
func (b *Binder) relationsSeen() func() {
	n := len(b.relations)
	return func() { b.relations = b.relations[:n] }
}

// CheckFunction binds the body of a definition as far as its types are known.
// name is its full name.
func (b *Binder) CheckFunction(def *syntax.CreateFunction, name table.Name) error {
	f := &function{name: def.Name.Last().Name, def: def}
	b.functions[name] = &function{name: f.name, def: def, home: &name} // it may be made anew
	frame := b.vars
	seen := map[string]bool{}
	for _, p := range def.Params {
		name := strings.ToLower(p.Name.Name)
		if seen[name] {
			return semantic(p.Pos(), "the function has two parameters @%s", p.Name.Name)
		}
		seen[name] = true
		v := &value{}
		switch p.Type.Kind {
		case syntax.ParamTable:
			return semantic(p.Pos(), "a parameter of a function is no table").WithHint("a view can take tables: CREATE VIEW v(@t TABLE(*)) AS …")
		case syntax.ParamAny:
			return nil
		case syntax.ParamFunction:
			for _, t := range append([]*syntax.ParamType{p.Type.Returns}, p.Type.Params...) {
				if t.Kind != syntax.ParamScalar {
					return nil
				}
			}
			v.closure = &closure{typ: p.Type, untold: true}
		default:
			v.expr = b.NewColumn(name, p.Type.Type, false).Ref()
		}
		if p.Default != nil {
			if _, err := b.argument(f, p, 0, &syntax.Call{}, &exprScope{}); err != nil {
				return err
			}
		}
		frame = frame.with(name, v)
	}
	var n logical.Node = &logical.Values{Rows: [][]types.Datum{{}}}
	_, err := b.functionBody(f, frame, &exprScope{names: &scope{}, rel: &n})
	return err
}
