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

// closure is a function that is given to a function: a lambda, or the name of
// one. Its names mean what they mean to the caller.
type closure struct {
	lambda *syntax.Lambda
	name   syntax.Ident
	typ    *syntax.ParamType
	frame  *Variables
	scope  *exprScope
	what   string
	// untold stands for a function that is not known, when a definition is checked.
	untold bool
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

// arguments binds the arguments of a call and makes the frame of the body.
func (b *Binder) arguments(f *function, e *syntax.Call, s *exprScope) (*Variables, map[scalar.Expr]bool, error) {
	params := f.def.Params
	least := 0
	for i, p := range params {
		if p.Default == nil {
			least = i + 1
		}
	}
	if len(e.Args) > len(params) || len(e.Args) < least {
		want := fmt.Sprint(len(params))
		if least < len(params) {
			want = fmt.Sprintf("%d to %d", least, len(params))
		}
		return nil, nil, diag.Errorf(diag.CodeArgument, e.Pos(), "%s takes %s arguments, not %d", f.name, want, len(e.Args)).
			WithHint("it is %s", Usage(f.def))
	}
	frame := f.frame
	given := map[scalar.Expr]bool{}
	for i, p := range params {
		v, err := b.argument(f, p, i, e, s)
		if err != nil {
			return nil, nil, err
		}
		given[v.expr] = true
		frame = frame.with(p.Name.Name, v)
	}
	if frame == nil {
		frame = &Variables{}
	}
	return frame, given, nil
}

// Usage is how a function is called, with its types.
func Usage(def *syntax.CreateFunction) string {
	short := &syntax.CreateFunction{Bare: true, Name: def.Name, Params: def.Params, Result: def.Result, Returns: def.Returns, Body: &syntax.NullLit{}}
	text := strings.TrimSuffix(strings.TrimPrefix(syntax.Print(short), "FUNCTION "), " AS NULL")
	return text
}

func (b *Binder) argument(f *function, p *syntax.Param, i int, e *syntax.Call, s *exprScope) (*value, error) {
	what := fmt.Sprintf("the argument @%s of %s", p.Name.Name, f.name)
	if i >= len(e.Args) {
		x, err := b.expr(p.Default, &exprScope{names: &scope{}, clause: "a default"})
		if err == nil {
			x, err = b.asScalar(x, p.Type, what, p.Default.Pos())
		}
		if err != nil {
			return nil, inFunction(err, f.name, e.Pos())
		}
		return &value{expr: x}, nil
	}
	arg := e.Args[i]
	switch p.Type.Kind {
	case syntax.ParamFunction:
		c, err := b.closure(arg, p.Type, what, s)
		return &value{closure: c}, err
	case syntax.ParamTable:
		return nil, semantic(arg.Pos(), "%s is a table; only views take tables", what)
	}
	x, err := b.expr(arg, s)
	if err == nil {
		x, err = b.asScalar(x, p.Type, what, arg.Pos())
	}
	if err != nil {
		return nil, err
	}
	if b.anyVolatile([][]scalar.Expr{{x}}) && uses(f.def, p.Name.Name) > 1 {
		if x, err = b.once(x, s, what, arg.Pos()); err != nil {
			return nil, err
		}
	}
	return &value{expr: x}, nil
}

// uses counts where the body of a function reads a parameter.
func uses(def *syntax.CreateFunction, name string) int {
	n := 0
	syntax.Inspect(def, func(x syntax.Node) bool {
		if v, ok := x.(*syntax.Variable); ok && strings.EqualFold(v.Name.Name, name) {
			n++
		}
		return true
	})
	return n
}

// once makes x a column of the rows that the expression is computed over, so that a
// volatile argument has one value however often the body reads it.
func (b *Binder) once(x scalar.Expr, s *exprScope, what string, pos diag.Pos) (scalar.Expr, error) {
	outside := false
	if s.rel != nil {
		have := logical.IDs(*s.rel)
		for _, free := range scalar.Free(x) {
			c, ok := free.(*scalar.Column)
			outside = outside || !ok || !have[c.ID]
		}
	}
	if s.rel == nil || outside {
		return nil, unsupported(pos, "a value that differs from call to call, as "+what+" here,").
			WithHint("compute it in a subquery and give its column")
	}
	p := &logical.Project{Input: *s.rel}
	for _, c := range (*s.rel).Columns() {
		p.Items, p.Cols = append(p.Items, c.Ref()), append(p.Cols, c)
	}
	col := b.NewColumn("_argument", x.Type(), false)
	p.Items, p.Cols = append(p.Items, x), append(p.Cols, col)
	*s.rel = p
	return col.Ref(), nil
}

// closure makes a function of an argument: a lambda, the name of a function, or a
// parameter that is one.
func (b *Binder) closure(arg syntax.Expr, t *syntax.ParamType, what string, s *exprScope) (*closure, error) {
	c := &closure{typ: t, frame: b.vars, scope: s, what: what}
	switch arg := arg.(type) {
	case *syntax.Lambda:
		if len(arg.Params) != len(t.Params) {
			return nil, diag.Errorf(diag.CodeArgument, arg.Pos(), "%s takes %d parameters, and the lambda has %d", what, len(t.Params), len(arg.Params))
		}
		c.lambda = arg
		return c, nil
	case *syntax.ColumnRef:
		if len(arg.Parts) == 1 {
			c.name = arg.Parts[0]
			return c, nil
		}
	case *syntax.Variable:
		if v := b.vars.value(arg.Name.Name); v != nil && v.closure != nil {
			return v.closure, nil
		}
	}
	return nil, diag.Errorf(diag.CodeArgument, arg.Pos(), "%s is a function", what).WithHint("give a lambda such as x -> x + 1, or the name of a function")
}

// variableCall binds @name(args).
func (b *Binder) variableCall(e *syntax.VariableCall, s *exprScope) (scalar.Expr, error) {
	v := b.vars.value(e.Name.Name)
	if v == nil {
		return nil, b.missingVariable(e.Name)
	}
	if v.closure == nil {
		return nil, semantic(e.Pos(), "@%s is no function", e.Name.Name)
	}
	c := v.closure
	if len(e.Args) != len(c.typ.Params) {
		return nil, diag.Errorf(diag.CodeArgument, e.Pos(), "@%s takes %d arguments, not %d", e.Name.Name, len(c.typ.Params), len(e.Args))
	}
	args, err := b.exprs(e.Args, s)
	if err != nil {
		return nil, err
	}
	for i, a := range args {
		if args[i], err = b.asScalar(a, c.typ.Params[i], fmt.Sprintf("argument %d of @%s", i+1, e.Name.Name), e.Args[i].Pos()); err != nil {
			return nil, err
		}
	}
	out, err := b.applyClosure(c, args, e, s)
	if err != nil {
		return nil, err
	}
	return b.asScalar(out, c.typ.Returns, "the result of @"+e.Name.Name, e.Pos())
}

func (b *Binder) applyClosure(c *closure, args []scalar.Expr, e *syntax.VariableCall, s *exprScope) (scalar.Expr, error) {
	if c.untold {
		return b.NewColumn("result", c.typ.Returns.Type, false).Ref(), nil
	}
	outside := b.vars
	b.vars = c.frame
	defer func() { b.vars = outside }()
	scope := *c.scope
	scope.rel = s.rel
	if c.lambda == nil {
		inner := &Variables{values: map[string]*value{}}
		call := &syntax.Call{Name: c.name}
		call.At = c.name.Pos()
		for i, a := range args {
			name := fmt.Sprintf("%d", i+1)
			inner.values[name] = &value{expr: a}
			v := &syntax.Variable{Name: syntax.Ident{Name: name}}
			v.At = c.name.Pos()
			call.Args = append(call.Args, v)
		}
		if c.frame != nil {
			inner.functions = c.frame.functions
		}
		b.vars = inner
		return b.call(call, &scope)
	}
	bound := map[string]scalar.Expr{}
	for i, p := range c.lambda.Params {
		a := args[i]
		if c.lambda.Types != nil {
			var err error
			if a, err = b.asScalar(a, c.lambda.Types[i], p.Name, p.Pos()); err != nil {
				return nil, err
			}
		}
		bound[strings.ToLower(p.Name)] = a
	}
	scope.params = &lambdaScope{outer: scope.params, bound: bound, floor: s.params.depth()}
	return b.expr(c.lambda.Body, &scope)
}

// expanded replaces parameters that are functions among the arguments of a
// function of higher order by lambdas that call them.
func (b *Binder) expanded(args []syntax.Expr) []syntax.Expr {
	out := args
	for i, a := range args {
		v, ok := a.(*syntax.Variable)
		if !ok {
			continue
		}
		known := b.vars.value(v.Name.Name)
		if known == nil || known.closure == nil {
			continue
		}
		if &out[0] == &args[0] {
			out = append([]syntax.Expr{}, args...)
		}
		l := &syntax.Lambda{}
		l.At = v.Pos()
		call := &syntax.VariableCall{Name: v.Name}
		call.At = v.Pos()
		for k := range known.closure.typ.Params {
			id := syntax.Ident{Start: syntax.Start{At: v.Pos()}, Name: fmt.Sprintf("_%d", k+1)}
			ref := &syntax.ColumnRef{Parts: []syntax.Ident{id}}
			ref.At = v.Pos()
			l.Params, call.Args = append(l.Params, id), append(call.Args, ref)
		}
		l.Body = call
		out[i] = l
	}
	return out
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
