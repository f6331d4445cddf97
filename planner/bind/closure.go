package bind

import (
	"fmt"
	"strings"

	"github.com/bixidata/bixi/planner/scalar"
	"github.com/bixidata/bixi/sql/diag"
	"github.com/bixidata/bixi/sql/syntax"
)

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
