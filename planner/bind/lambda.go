package bind

import (
	"strings"

	"github.com/bixidata/bixi/planner/scalar"
	"github.com/bixidata/bixi/sql/diag"
	"github.com/bixidata/bixi/sql/syntax"
	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/udf"
)

// lambdaScope is the parameters of a lambda and of those around it. They hide
// columns of the same name.
type lambdaScope struct {
	outer  *lambdaScope
	params []*scalar.Param
	// bound are parameters that stand for values, where a call of a lambda is replaced
	// by its body. Those have parameters numbered below floor.
	bound map[string]scalar.Expr
	floor int
}

func (l *lambdaScope) lookup(name string) scalar.Expr {
	for ; l != nil; l = l.outer {
		if e := l.bound[strings.ToLower(name)]; e != nil {
			return e
		}
		for _, p := range l.params {
			if strings.EqualFold(p.Name, name) {
				return p
			}
		}
	}
	return nil
}

// depth is the number of parameters in scope.
func (l *lambdaScope) depth() int {
	if l == nil {
		return 0
	}
	return max(l.floor, l.outer.depth()) + len(l.params)
}

func hasLambda(args []syntax.Expr) bool {
	for _, a := range args {
		if _, ok := a.(*syntax.Lambda); ok {
			return true
		}
	}
	return false
}

// maxLambdaRounds bounds how often lambdas are bound anew because the type of a
// parameter follows from what a lambda gives.
const maxLambdaRounds = 4

// higherOrder binds a call with lambdas among its arguments: the others first,
// then the lambdas, whose parameter types the function tells. array_reduce's
// depend on what its lambda gives, so this is repeated until nothing changes.
func (b *Binder) higherOrder(name string, pos diag.Pos, args []syntax.Expr, s *exprScope) (scalar.Expr, error) {
	f, err := b.lookup(name, pos)
	if err != nil {
		return nil, err
	}
	if f.Lambda == nil {
		return nil, diag.Errorf(diag.CodeArgument, pos, "%s takes no lambda", f.Name)
	}
	bound, known := make([]scalar.Expr, len(args)), make([]udf.Arg, len(args))
	for i, a := range args {
		if l, ok := a.(*syntax.Lambda); ok {
			known[i].Lambda = len(l.Params)
			continue
		}
		if bound[i], err = b.expr(a, s); err != nil {
			return nil, err
		}
		known[i] = b.args(bound[i : i+1])[0]
	}
	for round, changed := 0, true; changed && round < maxLambdaRounds; round++ {
		if changed, err = b.lambdas(f, pos, args, bound, known, s); err != nil {
			return nil, err
		}
	}
	sig, err := f.Bind(known)
	if err != nil {
		return nil, At(err, pos)
	}
	for i, a := range args {
		if l, ok := bound[i].(*scalar.Lambda); ok {
			bound[i] = &scalar.Lambda{Params: l.Params, Body: b.convert(l.Body, sig.Args[i], a.(*syntax.Lambda).Body.Pos())}
		} else {
			bound[i] = b.convert(bound[i], sig.Args[i], a.Pos())
		}
	}
	return call(f.Name, pos, sig.Returns, bound...), nil
}

// lambdas binds the lambdas among args whose parameter types are not what they
// were, and reports whether there were any.
func (b *Binder) lambdas(f *udf.Function, pos diag.Pos, args []syntax.Expr, bound []scalar.Expr, known []udf.Arg, s *exprScope) (changed bool, err error) {
	for i, a := range args {
		l, ok := a.(*syntax.Lambda)
		if !ok {
			continue
		}
		ts, err := f.Lambda(known, i)
		if err != nil {
			return false, At(err, pos)
		}
		if ts == nil {
			return false, diag.Errorf(diag.CodeArgument, l.Pos(), "argument %d of %s is no lambda", i+1, f.Name)
		}
		if len(ts) != len(l.Params) {
			return false, diag.Errorf(diag.CodeArgument, l.Pos(), "this lambda of %s has %d parameters, not %d", f.Name, len(ts), len(l.Params))
		}
		if old, ok := bound[i].(*scalar.Lambda); ok && sameParams(old.Params, ts) {
			continue
		}
		if bound[i], err = b.lambda(l, ts, s); err != nil {
			return false, err
		}
		known[i].Type, changed = bound[i].Type(), true
	}
	return changed, nil
}

func sameParams(params []*scalar.Param, ts []types.Type) bool {
	for i, p := range params {
		if !p.Typ.Equal(ts[i]) {
			return false
		}
	}
	return true
}

// ofRows is s without parameters: aggregates and window functions are of rows, so
// inside a lambda they see none.
func (s *exprScope) ofRows() *exprScope {
	out := *s
	out.params = nil
	return &out
}

// lambda binds one lambda whose parameters have the types ts.
func (b *Binder) lambda(l *syntax.Lambda, ts []types.Type, s *exprScope) (*scalar.Lambda, error) {
	inner := &lambdaScope{outer: s.params}
	for i, name := range l.Params {
		p := &scalar.Param{ID: s.params.depth() + i, Name: strings.ToLower(name.Name), Typ: ts[i]}
		if (&lambdaScope{params: inner.params}).lookup(name.Name) != nil {
			return nil, semantic(name.Pos(), "the lambda has two parameters %s", name.Name)
		}
		inner.params = append(inner.params, p)
	}
	scope := *s
	scope.params = inner
	body, err := b.expr(l.Body, &scope)
	if err != nil {
		return nil, err
	}
	return &scalar.Lambda{Params: inner.params, Body: body}, nil
}
