package rule

import (
	"github.com/bixidata/bixi/planner/logical"
	"github.com/bixidata/bixi/planner/scalar"
	"github.com/bixidata/bixi/sql/diag"
	"github.com/bixidata/bixi/sql/types"
)

// decorrelate turns every Apply into a join: the conditions by which the right
// side refers to the left are pulled up through it until they stand in On
// (Galindo-Legaria and Joshi, SIGMOD 2001). An aggregate on the way gains the
// inner side of each equality as a grouping key.
func decorrelate(c *Context, n logical.Node) (logical.Node, error) {
	in := n.Inputs()
	if len(in) > 0 {
		out := make([]logical.Node, len(in))
		for i, k := range in {
			var err error
			if out[i], err = decorrelate(c, k); err != nil {
				return nil, err
			}
		}
		n = n.WithInputs(out)
	}
	j, ok := n.(*logical.Join)
	if !ok || !j.Apply {
		return n, nil
	}
	plain := *j
	plain.Apply = false
	if j.Kind == logical.Single {
		return c.single(&plain)
	}
	outer := logical.IDs(j.L)
	if refersTo(j.R, outer) {
		p := &puller{c: c, outer: outer, exists: true}
		r, err := p.pull(j.R)
		if err != nil {
			return nil, err
		}
		if j.Kind == logical.AntiNull {
			plain.Kind = logical.Anti
			plain.On = logical.Map(plain.On, func(e scalar.Expr) scalar.Expr { return notFalse(&plain, e) })
		}
		plain.R = r
		plain.On = append(append([]scalar.Expr{}, plain.On...), p.preds...)
		return c.existsMark(&plain, true), nil
	}
	if len(j.On) == 0 && j.Kind != logical.Mark || j.Kind == logical.Mark && len(j.On) == 0 {
		plain.R = &logical.Limit{Input: j.R, Count: 1}
	}
	if j.Kind == logical.AntiNull {
		simplifyAntiNull(&plain)
	}
	return c.existsMark(&plain, len(j.On) == 0), nil
}

// refersTo reports whether the subtree n reads a column of outer.
func refersTo(n logical.Node, outer map[int]bool) bool {
	for id := range logical.Free(n) {
		if outer[id] {
			return true
		}
	}
	return false
}

// existsMark makes a mark join's mark FALSE rather than NULL where it stands for
// EXISTS, which is never unknown.
func (c *Context) existsMark(j *logical.Join, exists bool) logical.Node {
	if j.Kind != logical.Mark || !exists {
		return j
	}
	raw := c.NewColumn("_mark", types.BooleanType, false)
	mark := j.Mark
	j.Mark = raw
	return passThrough(j, j.L.Columns(), []scalar.Expr{call("is_true", raw.Ref())}, []logical.Column{mark})
}

// simplifyAntiNull finds a cheaper form of NOT IN: a plain anti join if nothing
// can be NULL, and for several columns an anti join over null-aware conditions.
func simplifyAntiNull(j *logical.Join) {
	required := map[int]bool{}
	for _, n := range j.Inputs() {
		for _, col := range n.Columns() {
			required[col.ID] = col.Required
		}
	}
	if allRequired(j.On, required) {
		j.Kind = logical.Anti
	} else if len(j.On) > 1 {
		j.Kind = logical.Anti
		j.On = logical.Map(j.On, func(e scalar.Expr) scalar.Expr { return notFalse(j, e) })
	}
}

func allRequired(conds []scalar.Expr, required map[int]bool) bool {
	for _, e := range conds {
		for id := range columnsOf(e) {
			if !required[id] {
				return false
			}
		}
	}
	return true
}

// notFalse is e, or "e is true or unknown" where a NULL can make it unknown.
func notFalse(j *logical.Join, e scalar.Expr) scalar.Expr {
	required := map[int]bool{}
	for _, n := range j.Inputs() {
		for _, col := range n.Columns() {
			required[col.ID] = col.Required
		}
	}
	if allRequired([]scalar.Expr{e}, required) {
		return e
	}
	return call("not", call("is_false", e))
}

// single decorrelates a scalar subquery.
func (c *Context) single(j *logical.Join) (logical.Node, error) {
	outer := logical.IDs(j.L)
	if !refersTo(j.R, outer) {
		j.Kind = logical.Inner
		if !oneRow(j.R) {
			j.R = &logical.SingleRow{Input: j.R}
		}
		return j, nil
	}
	// A projection over the subquery's aggregate is computed above the join, so
	// that it sees the aggregate's value over no rows.
	if p, ok := j.R.(*logical.Project); ok {
		below := *j
		below.R = p.Input
		n, err := c.single(&below)
		if err != nil {
			return nil, err
		}
		return passThrough(n, n.Columns(), p.Items, p.Cols), nil
	}
	a, ok := j.R.(*logical.Aggregate)
	if !ok || len(a.Keys) > 0 {
		return nil, diag.Errorf(diag.CodeSubquery, diag.Pos{}, "a scalar subquery that refers to the outer query must be an aggregate without GROUP BY").
			WithHint("wrap its column in MAX() or ANY_VALUE()")
	}
	pull := &puller{c: c, outer: outer}
	r, err := pull.pull(a)
	if err != nil {
		return nil, err
	}
	agg := r.(*logical.Aggregate)
	cols := append([]logical.Column{}, agg.Cols...)
	var items []scalar.Expr
	var itemCols []logical.Column
	for i, call := range agg.Aggs {
		at := len(agg.Keys) + i
		f := c.Functions.Lookup(call.Name)
		if f == nil || !f.Aggregate.EmptyIsZero {
			continue
		}
		raw := c.NewColumn(cols[at].Name, cols[at].Type, false)
		zero := &scalar.Literal{Value: int64(0), Typ: cols[at].Type}
		items = append(items, &scalar.Call{Name: "coalesce", Args: []scalar.Expr{raw.Ref(), zero}, Typ: cols[at].Type})
		itemCols = append(itemCols, cols[at])
		cols[at] = raw
	}
	left := &logical.Join{Kind: logical.Left, L: j.L, R: &logical.Aggregate{Input: agg.Input, Keys: agg.Keys, Aggs: agg.Aggs, Cols: cols}, On: pull.preds}
	if len(items) == 0 {
		return left, nil
	}
	return passThrough(left, left.Columns(), items, itemCols), nil
}

// oneRow reports whether n gives exactly one row whatever the data.
func oneRow(n logical.Node) bool {
	switch n := n.(type) {
	case *logical.Aggregate:
		return len(n.Keys) == 0
	case *logical.Project:
		return oneRow(n.Input)
	case *logical.Sort, *logical.Window:
		return oneRow(n.Inputs()[0])
	case *logical.Values:
		return len(n.Rows) == 1
	case *logical.Join:
		return n.Kind == logical.Inner && len(n.On) == 0 && oneRow(n.L) && oneRow(n.R)
	}
	return false
}

// puller pulls the conditions on outer columns out of a subtree.
type puller struct {
	c     *Context
	outer map[int]bool
	// exists: only whether there is a row matters, not how many or which.
	exists bool
	preds  []scalar.Expr
}

func (p *puller) correlated(e scalar.Expr) bool { return logical.Refs(e, p.outer) }

// pull gives n without references to outer columns; p.preds gains the conditions
// that must hold between n's columns and the outer ones. n may gain columns.
func (p *puller) pull(n logical.Node) (logical.Node, error) {
	if !refersTo(n, p.outer) {
		return n, nil
	}
	switch n := n.(type) {
	case *logical.Filter:
		return p.filter(n)
	case *logical.Project:
		return p.project(n)
	case *logical.Generate:
		return p.generate(n)
	case *logical.Aggregate:
		return p.aggregate(n)
	case *logical.Join:
		return p.join(n)
	case *logical.Window:
		return p.window(n)
	case *logical.Expand:
		if !anyCorrelated(p, n.Keys) {
			in, err := p.pull(n.Input)
			return n.WithInputs([]logical.Node{in}), err
		}
	case *logical.Repeat, *logical.Distribute:
		if !anyCorrelated(p, n.Exprs()) {
			in, err := p.pull(n.Inputs()[0])
			return n.WithInputs([]logical.Node{in}), err
		}
	case *logical.Sort:
		if !anyCorrelated(p, n.Exprs()) {
			return p.pull(n.Input)
		}
	case *logical.Limit:
		if p.exists && n.Count != 0 && n.Offset == 0 {
			return p.pull(n.Input)
		}
		return nil, diag.Errorf(diag.CodeSubquery, diag.Pos{}, "LIMIT in a subquery that refers to the outer query is not supported")
	}
	return nil, diag.Errorf(diag.CodeSubquery, diag.Pos{}, "the subquery refers to the outer query in a way that is not supported").
		WithHint("write it as a join")
}

func anyCorrelated(p *puller, es []scalar.Expr) bool {
	for _, e := range es {
		if p.correlated(e) {
			return true
		}
	}
	return false
}

func (p *puller) filter(n *logical.Filter) (logical.Node, error) {
	in, err := p.pull(n.Input)
	if err != nil {
		return nil, err
	}
	var keep []scalar.Expr
	for _, e := range n.Conds {
		if p.correlated(e) {
			p.preds = append(p.preds, e)
		} else {
			keep = append(keep, e)
		}
	}
	return filtered(in, keep), nil
}

// expose lists the inner columns that the pulled conditions read and n does not give.
func (p *puller) expose(in, n logical.Node) []logical.Column {
	have, used := logical.IDs(n), columnsOf(p.preds...)
	var out []logical.Column
	for _, c := range in.Columns() {
		if used[c.ID] && !have[c.ID] {
			out = append(out, c)
		}
	}
	return out
}

func (p *puller) project(n *logical.Project) (logical.Node, error) {
	in, err := p.pull(n.Input)
	if err != nil {
		return nil, err
	}
	out := &logical.Project{Input: in}
	for i, e := range n.Items {
		if p.correlated(e) {
			if p.exists {
				continue // the value of this column does not matter unless On reads it
			}
			return nil, diag.Errorf(diag.CodeSubquery, diag.Pos{}, "a subquery cannot select columns of the outer query")
		}
		out.Items, out.Cols = append(out.Items, e), append(out.Cols, n.Cols[i])
	}
	for _, c := range p.expose(in, out) {
		out.Items, out.Cols = append(out.Items, c.Ref()), append(out.Cols, c)
	}
	return out, nil
}

func (p *puller) aggregate(n *logical.Aggregate) (logical.Node, error) {
	before := len(p.preds)
	in, err := p.pull(n.Input)
	if err != nil {
		return nil, err
	}
	if len(n.Always) > 0 {
		return nil, diag.Errorf(diag.CodeSubquery, diag.Pos{}, "a subquery that refers to the outer query cannot have a grouping set without keys")
	}
	if anyCorrelated(p, n.Exprs()) {
		return nil, diag.Errorf(diag.CodeSubquery, diag.Pos{}, "an aggregate cannot take columns of the outer query")
	}
	out := &logical.Aggregate{Input: in, Keys: append([]scalar.Expr{}, n.Keys...), Aggs: n.Aggs}
	keyCols := append([]logical.Column{}, n.Cols[:len(n.Keys)]...)
	for i := before; i < len(p.preds); i++ {
		inner, outer, ok := p.equality(p.preds[i])
		if !ok {
			return nil, diag.Errorf(diag.CodeSubquery, diag.Pos{}, "below an aggregate, a subquery can refer to the outer query by equalities only")
		}
		col := p.c.NewColumn("_key", inner.Type(), false)
		out.Keys, keyCols = append(out.Keys, inner), append(keyCols, col)
		p.preds[i] = call("=", col.Ref(), outer)
	}
	out.Cols = append(keyCols, n.Cols[len(n.Keys):]...)
	return out, nil
}

// equality splits an equality into the side over inner columns and the side over
// outer ones.
func (p *puller) equality(e scalar.Expr) (inner, outer scalar.Expr, ok bool) {
	c, is := e.(*scalar.Call)
	if !is || c.Name != "=" {
		return nil, nil, false
	}
	l, r := c.Args[0], c.Args[1]
	if p.correlated(l) {
		l, r = r, l
	}
	if p.correlated(l) || !logical.Within(r, p.outer) {
		return nil, nil, false
	}
	return l, r, true
}

func (p *puller) join(n *logical.Join) (logical.Node, error) {
	out := *n
	var err error
	switch n.Kind {
	case logical.Inner:
		if out.L, err = p.pull(n.L); err != nil {
			return nil, err
		}
		if out.R, err = p.pull(n.R); err != nil {
			return nil, err
		}
		out.On = nil
		for _, e := range n.On {
			if p.correlated(e) {
				p.preds = append(p.preds, e)
			} else {
				out.On = append(out.On, e)
			}
		}
		return &out, nil
	case logical.Left, logical.Semi, logical.Anti, logical.AntiNull, logical.Mark:
		if !refersTo(n.R, p.outer) && !anyCorrelated(p, n.On) {
			out.L, err = p.pull(n.L)
			return &out, err
		}
	}
	return nil, diag.Errorf(diag.CodeSubquery, diag.Pos{}, "the subquery refers to the outer query from inside a %s join, which is not supported", n.Kind)
}
