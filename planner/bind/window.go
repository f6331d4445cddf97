package bind

import (
	"slices"
	"strings"

	"github.com/bixidata/bixi/planner/scalar"
	"github.com/bixidata/bixi/sql/diag"
	"github.com/bixidata/bixi/sql/syntax"
	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/udf"
)

func window(pos diag.Pos, format string, args ...any) *diag.Error {
	return diag.Errorf(diag.CodeWindow, pos, format, args...)
}

// windowCall binds a call with OVER.
func (b *Binder) windowCall(f *udf.Function, e *syntax.Call, s *exprScope) (scalar.Expr, error) {
	name := strings.ToLower(e.Name.Name)
	switch {
	case s.wins == nil && s.clause == insideWindow:
		return nil, window(e.Pos(), "the window function %s cannot stand inside another", name).
			WithHint("compute the inner one in a subquery")
	case s.wins == nil:
		return nil, window(e.Pos(), "the window function %s cannot stand in %s", name, s.clause).
			WithHint("filter on it with QUALIFY, or compute it in a subquery")
	case s.aggs != nil && s.aggs.inside:
		return nil, window(e.Pos(), "the window function %s cannot stand inside an aggregate", name).
			WithHint("compute it in a subquery")
	case s.params != nil:
		return nil, window(e.Pos(), "the window function %s cannot stand inside a lambda", name)
	case f == nil:
		_, err := b.lookup(name, e.Pos())
		return nil, err
	case f.Aggregate == nil && f.Window == nil:
		return nil, window(e.Pos(), "%s is neither an aggregate nor a window function", name)
	}
	in := *s
	in.names, in.wins, in.clause = s.wins.names, nil, insideWindow
	w, err := b.windowArgs(f, e, &in)
	if err != nil {
		return nil, err
	}
	spec, err := s.wins.resolve(e.Over)
	if err != nil {
		return nil, err
	}
	partition, order, err := b.windowKeys(spec, &in)
	if err != nil {
		return nil, err
	}
	if w.Frame, err = b.frame(f, e, spec, order, &in); err != nil {
		return nil, err
	}
	return s.wins.add(b, w, partition, order, f, e.Pos()), nil
}

// insideWindow is the clause that names the place of a window's parts.
const insideWindow = "a window"

// windowArgs binds the call itself.
func (b *Binder) windowArgs(f *udf.Function, e *syntax.Call, s *exprScope) (scalar.Window, error) {
	w := scalar.Window{IgnoreNulls: e.IgnoreNulls}
	w.Name, w.Line, w.Col = f.Name, e.Pos().Line, e.Pos().Col
	switch {
	case e.IgnoreNulls && (f.Window == nil || !f.Window.Nulls):
		return w, window(e.Pos(), "%s takes no IGNORE NULLS", f.Name)
	case f.Window != nil && (e.Distinct || e.Filter != nil):
		return w, window(e.Pos(), "DISTINCT and FILTER go with aggregates only, and %s is none", f.Name)
	case len(e.WithinGroup) > 0:
		return w, unsupported(e.Pos(), "WITHIN GROUP together with OVER")
	}
	var err error
	if !(len(e.Args) == 1 && isStar(e.Args[0])) {
		if w.Args, err = b.exprs(e.Args, s); err != nil {
			return w, err
		}
	} else if f.Name != "count" {
		return w, semantic(e.Pos(), "%s does not take *", f.Name)
	} else if e.Distinct {
		return w, semantic(e.Pos(), "COUNT(DISTINCT *) is not defined").WithHint("name the columns")
	}
	sig, err := f.Bind(b.args(w.Args))
	if err != nil {
		return w, At(err, e.Pos())
	}
	for i := range w.Args {
		w.Args[i] = b.convert(w.Args[i], sig.Args[i], e.Pos())
	}
	w.Typ = sig.Returns
	if f.Window != nil {
		return w, b.checkWindow(f, w, sig, e.Pos())
	}
	w.Distinct = e.Distinct && !f.Aggregate.IgnoresDuplicates
	if e.Filter != nil {
		w.Filter, err = b.condition(e.Filter, s)
	}
	return w, err
}

// checkWindow lets the function look at its constants, which fails early where
// it would when the query runs.
func (b *Binder) checkWindow(f *udf.Function, w scalar.Window, sig udf.Signature, pos diag.Pos) error {
	call := &udf.Call{Signature: sig, Session: b.env.Session}
	for _, a := range b.args(w.Args) {
		call.Consts, call.IsConst = append(call.Consts, a.Value), append(call.IsConst, a.Const)
	}
	_, err := f.Window.New(call, w.IgnoreNulls)
	return At(err, pos)
}

// resolve completes a specification by the named window it refers to.
func (w *windowing) resolve(spec *syntax.WindowSpec) (*syntax.WindowSpec, error) {
	seen := map[string]bool{}
	for !spec.Base.IsZero() {
		name := strings.ToLower(spec.Base.Name)
		at := slices.IndexFunc(w.defs, func(d *syntax.NamedWindow) bool { return strings.EqualFold(d.Name.Name, name) })
		if at < 0 {
			return nil, window(spec.Base.Pos(), "there is no window %s", spec.Base.Name).WithHint("define it in the WINDOW clause")
		}
		if seen[name] {
			return nil, window(spec.Base.Pos(), "the window %s is defined by itself", spec.Base.Name)
		}
		seen[name] = true
		base := w.defs[at].Spec
		switch {
		case spec.PartitionBy != nil:
			return nil, window(spec.Base.Pos(), "a window that extends %s cannot have a PARTITION BY of its own", spec.Base.Name)
		case spec.OrderBy != nil && base.OrderBy != nil:
			return nil, window(spec.Base.Pos(), "the window %s already has an ORDER BY", spec.Base.Name)
		case spec.Frame != nil && base.Frame != nil:
			return nil, window(spec.Base.Pos(), "the window %s already has a frame", spec.Base.Name)
		}
		merged := *base
		if spec.OrderBy != nil {
			merged.OrderBy = spec.OrderBy
		}
		if spec.Frame != nil {
			merged.Frame = spec.Frame
		}
		spec = &merged
	}
	return spec, nil
}

// define takes the WINDOW clause, each window of which must be well formed.
func (b *Binder) define(w *windowing, defs []*syntax.NamedWindow, s *exprScope) error {
	w.defs = defs
	for i, d := range defs {
		for _, other := range defs[:i] {
			if strings.EqualFold(d.Name.Name, other.Name.Name) {
				return window(d.Pos(), "the window %s is defined twice", d.Name.Name)
			}
		}
	}
	in := *s
	in.wins, in.clause = nil, insideWindow
	for _, d := range defs {
		spec, err := w.resolve(d.Spec)
		if err != nil {
			return err
		}
		if _, _, err = b.windowKeys(spec, &in); err != nil {
			return err
		}
	}
	return nil
}

// windowKeys binds PARTITION BY and ORDER BY. Constant keys do nothing.
func (b *Binder) windowKeys(spec *syntax.WindowSpec, s *exprScope) (partition []scalar.Expr, order []scalar.SortKey, err error) {
	key := func(e syntax.Expr) (scalar.Expr, error) {
		bound, err := b.expr(e, s)
		if err != nil {
			return nil, err
		}
		if t := bound.Type(); !t.IsComparable() || t.IsNested() || t.Kind == types.JSON {
			err = window(e.Pos(), "a window cannot be partitioned or ordered by %s", bound.Type())
		}
		return bound, err
	}
	for _, e := range spec.PartitionBy {
		k, err := key(e)
		if err != nil {
			return nil, nil, err
		}
		same := func(o scalar.Expr) bool { return o.String() == k.String() }
		if _, literal := k.(*scalar.Literal); !literal && !slices.ContainsFunc(partition, same) {
			partition = append(partition, k)
		}
	}
	for _, item := range spec.OrderBy {
		k := sortKey(item)
		if k.Expr, err = key(item.Expr); err != nil {
			return nil, nil, err
		}
		order = append(order, k)
	}
	return partition, order, nil
}

// isInterval reports the types of intervals.
func isInterval(t types.Type) bool {
	return t.Kind == types.IntervalDay || t.Kind == types.IntervalMonth
}
