package bind

import (
	"fmt"
	"strings"

	"github.com/bixidata/bixi/planner/logical"
	"github.com/bixidata/bixi/planner/scalar"
	"github.com/bixidata/bixi/sql/diag"
	"github.com/bixidata/bixi/sql/syntax"
)

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
