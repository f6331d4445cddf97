package rule

import (
	"github.com/bixidata/bixi/planner/logical"
	"github.com/bixidata/bixi/planner/scalar"
	"github.com/bixidata/bixi/sql/types"
)

// pushWindow moves conditions that read partition keys only below a window: they
// keep or drop partitions as a whole.
func (c *Context) pushWindow(n *logical.Window, conds []scalar.Expr) logical.Node {
	keys := map[int]bool{}
	for _, k := range n.Partition {
		if col, ok := k.(*scalar.Column); ok {
			keys[col.ID] = true
		}
	}
	var down, stay []scalar.Expr
	for _, e := range conds {
		if len(columnsOf(e)) > 0 && logical.Within(e, keys) && !c.isVolatile(e) {
			down = append(down, e)
		} else {
			stay = append(stay, e)
		}
	}
	out := *n
	out.Input = c.push(n.Input, down)
	return filtered(&out, stay)
}

// pruneWindow drops the functions whose columns nothing reads, and a window that
// has none left.
func pruneWindow(n *logical.Window, need map[int]bool) logical.Node {
	out := *n
	out.Funcs, out.Cols, out.Top = nil, nil, nil
	below := map[int]bool{}
	for id := range need {
		below[id] = true
	}
	for i, c := range n.Cols {
		delete(below, c.ID)
		if !need[c.ID] {
			continue
		}
		if n.Top != nil && n.Top.Func == i {
			out.Top = &logical.Top{Func: len(out.Funcs), Limit: n.Top.Limit}
		}
		out.Funcs, out.Cols = append(out.Funcs, n.Funcs[i]), append(out.Cols, c)
	}
	if len(out.Funcs) == 0 {
		return prune(n.Input, below)
	}
	out.Input = prune(n.Input, with(below, out.Exprs()))
	return &out
}

// window pulls conditions through a window: those that equate an inner with an
// outer expression, as each outer row then sees the rows of one value of it.
func (p *puller) window(n *logical.Window) (logical.Node, bool) {
	if p.correlated(n.Exprs()...) {
		return nil, false
	}
	p.use(n.Exprs()...)
	before := len(p.preds)
	in, ok := p.pull(n.Input)
	if !ok {
		return nil, false
	}
	out := *n
	out.Input = in
	out.Partition = append([]scalar.Expr{}, n.Partition...)
	for _, e := range p.preds[before:] {
		inner, _, ok := p.equality(e)
		if !ok {
			return nil, false
		}
		out.Partition = append(out.Partition, inner)
	}
	return &out, true
}

// windowTop tells a window which of its rows a condition above drops anyway: those
// of a rank beyond a constant. The condition stays.
func windowTop(c *Context, n logical.Node) (logical.Node, error) {
	return logical.Transform(n, func(n logical.Node) logical.Node {
		f, ok := n.(*logical.Filter)
		if !ok {
			return n
		}
		w, ok := f.Input.(*logical.Window)
		if !ok || !c.backward(w) {
			return n
		}
		for _, e := range f.Conds {
			id, limit, ok := upperBound(e)
			for i, col := range w.Cols {
				if ok && col.ID == id && rankings[w.Funcs[i].Name] && (w.Top == nil || limit < w.Top.Limit) {
					out := *w
					out.Top = &logical.Top{Func: i, Limit: limit}
					w = &out
				}
			}
		}
		return &logical.Filter{Input: w, Conds: f.Conds}
	}), nil
}

var rankings = map[string]bool{"row_number": true, "rank": true, "dense_rank": true}

// backward reports whether no function of w reads rows behind a row's peers.
func (c *Context) backward(w *logical.Window) bool {
	for _, f := range w.Funcs {
		fn := c.Functions.Lookup(f.Name)
		switch {
		case fn.Window != nil && !fn.Window.Framed:
			if !fn.Window.Backward {
				return false
			}
		case f.Frame.Exclude != scalar.ExcludeNone || f.Frame.Unit != scalar.Rows || f.Frame.To.Kind > scalar.CurrentRow:
			return false
		}
	}
	return true
}

// upperBound reads a condition that bounds a column from above by a whole number.
func upperBound(e scalar.Expr) (id int, limit int64, ok bool) {
	call, is := e.(*scalar.Call)
	if !is || len(call.Args) != 2 {
		return 0, 0, false
	}
	op, l, r := call.Name, call.Args[0], call.Args[1]
	if _, literal := l.(*scalar.Literal); literal {
		op, l, r = map[string]string{">": "<", ">=": "<=", "=": "="}[op], r, l
	}
	lit, isLit := r.(*scalar.Literal)
	col, isCol := l.(*scalar.Column)
	if !isLit || !isCol || !lit.Typ.IsInteger() && lit.Typ.Kind != types.BigInt {
		return 0, 0, false
	}
	v, isInt := lit.Value.(int64)
	switch op {
	case "<":
		v--
	case "<=", "=", "<=>":
	default:
		return 0, 0, false
	}
	return col.ID, max(v, 0), isInt
}
