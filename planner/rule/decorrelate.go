package rule

import (
	"github.com/bixidata/bixi/planner/logical"
	"github.com/bixidata/bixi/planner/scalar"
	"github.com/bixidata/bixi/sql/types"
)

// decorrelate turns every Apply into joins, from the outermost inwards
// (docs/decisions/0012-subqueries.md). Where the conditions by which the right
// side refers to the left can be pulled up into On, that is all (pull.go).
// Otherwise the right side is computed for the distinct bindings of the outer
// columns it reads, and joined back on them (domain.go): then its own Applies
// refer to nothing outside and are next.
func decorrelate(c *Context, n logical.Node) (logical.Node, error) {
	if f, ok := n.(*logical.Filter); ok {
		c.decide(f)
	}
	j, ok := n.(*logical.Join)
	if !ok || !j.Apply {
		return c.decorrelateInputs(n)
	}
	l, err := decorrelate(c, j.L)
	if err != nil {
		return nil, err
	}
	own := *j
	own.L = l
	if !refersTo(j.R, logical.IDs(j.L)) {
		if own.R, err = decorrelate(c, j.R); err != nil {
			return nil, err
		}
		return c.uncorrelated(&own), nil
	}
	if r, ok := c.pullAll(j.R); ok {
		simple := own
		simple.R = r
		if out, ok := c.attach(&simple); ok {
			return out, nil
		}
	}
	out, err := c.bindings(&own)
	if err != nil {
		return nil, err
	}
	return decorrelate(c, out)
}

func (c *Context) decorrelateInputs(n logical.Node) (logical.Node, error) {
	in := n.Inputs()
	if len(in) == 0 {
		return n, nil
	}
	out := make([]logical.Node, len(in))
	for i, k := range in {
		var err error
		if out[i], err = decorrelate(c, k); err != nil {
			return nil, err
		}
	}
	return n.WithInputs(out), nil
}

// pullAll decorrelates the applies of n by pulling alone, from the innermost
// outwards. n may itself refer to an outer query.
func (c *Context) pullAll(n logical.Node) (logical.Node, bool) {
	if f, ok := n.(*logical.Filter); ok {
		c.decide(f)
	}
	if in := n.Inputs(); len(in) > 0 {
		out := make([]logical.Node, len(in))
		for i, k := range in {
			var ok bool
			if out[i], ok = c.pullAll(k); !ok {
				return nil, false
			}
		}
		n = n.WithInputs(out)
	}
	if j, ok := n.(*logical.Join); ok && j.Apply {
		return c.attach(j)
	}
	return n, true
}

// attach makes a join of an Apply whose right side has no Apply left; false if
// pulling is not enough.
func (c *Context) attach(j *logical.Join) (logical.Node, bool) {
	outer := logical.IDs(j.L)
	if !refersTo(j.R, outer) {
		return c.uncorrelated(j), true
	}
	if j.Kind == logical.Single {
		return c.pullSingle(j)
	}
	p := &puller{c: c, outer: outer, exists: true, preds: append([]scalar.Expr{}, j.On...)}
	r, ok := p.pull(j.R)
	if !ok {
		return nil, false
	}
	plain := *j
	plain.R, plain.On = r, p.preds[:len(j.On):len(j.On)]
	return c.combine(&plain, p.preds[len(j.On):])
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

// uncorrelated makes a join of an Apply whose sides know nothing of each other.
func (c *Context) uncorrelated(j *logical.Join) logical.Node {
	plain := *j
	plain.Apply = false
	if j.Kind == logical.Single {
		plain.Kind = logical.Inner
		if !oneRow(j.R) {
			plain.R = &logical.SingleRow{Input: j.R}
		}
		return &plain
	}
	if len(j.On) == 0 {
		plain.R = &logical.Limit{Input: j.R, Count: 1}
	}
	switch {
	case j.Kind == logical.AntiNull && neverAnyNull(j.On, requiredColumns(j)):
		plain.Kind = logical.Anti // nothing can be NULL
	case (j.Kind == logical.AntiNull || j.Kind == logical.Mark) && len(j.On) > 1 && !allKeys(j):
		// A join decides what is unknown by its keys; other conditions say it themselves.
		if n, ok := c.combine(j, nil); ok {
			return n
		}
	}
	if j.Kind == logical.Mark && len(j.On) == 0 {
		return c.existsMark(&plain)
	}
	return &plain
}

// combine makes a join of an Apply whose right side refers to nothing outside any
// more. preds hold for the pairs of rows that belong together, and On is what the
// subquery's kind asks of such a pair.
func (c *Context) combine(j *logical.Join, preds []scalar.Expr) (logical.Node, bool) {
	plain := *j
	plain.Apply = false
	switch j.Kind {
	case logical.AntiNull:
		plain.Kind = logical.Anti
		plain.On = logical.Map(j.On, func(e scalar.Expr) scalar.Expr { return notFalse(j, e) })
	case logical.Mark:
		if len(j.On) > 0 && !c.decided[j.Mark.ID] && !neverAnyNull(j.On, requiredColumns(j)) {
			return c.twoMarks(&plain, preds)
		}
		plain.On = append(append([]scalar.Expr{}, plain.On...), preds...)
		return c.existsMark(&plain), true
	}
	plain.On = append(append([]scalar.Expr{}, plain.On...), preds...)
	return &plain, true
}

// existsMark makes a mark join's mark FALSE rather than NULL where the condition
// cannot be decided, which is what EXISTS means.
func (c *Context) existsMark(j *logical.Join) logical.Node {
	own := *j
	own.Mark = c.NewColumn("_mark", types.BooleanType, false)
	return passThrough(&own, j.L.Columns(), []scalar.Expr{call("is_true", own.Mark.Ref())}, []logical.Column{j.Mark})
}

// twoMarks makes the mark of a correlated IN over values that may be NULL: of the
// rows that belong to the left one (preds), TRUE if one is equal, NULL if for one
// that cannot be decided, and FALSE otherwise.
func (c *Context) twoMarks(j *logical.Join, preds []scalar.Expr) (logical.Node, bool) {
	outer := logical.IDs(j.L)
	for id := range logical.Free(j.R) {
		if !outer[id] {
			return nil, false
		}
	}
	def := &logical.Definition{Name: "subquery", Root: j.R}
	first, second := sameColumns(def), def.Use(c.fresh)
	by := map[int]scalar.Expr{}
	for i, id := range second.From {
		by[id] = second.Cols[i].Ref()
	}
	yes := &logical.Join{Kind: logical.Mark, L: j.L, R: first, On: append(append([]scalar.Expr{}, j.On...), preds...)}
	yes.Mark = c.NewColumn("_mark", types.BooleanType, false)
	maybe := &logical.Join{Kind: logical.Mark, L: yes, R: second}
	maybe.Mark = c.NewColumn("_mark", types.BooleanType, false)
	for _, e := range j.On {
		maybe.On = append(maybe.On, logical.Substitute(notFalse(j, e), by))
	}
	for _, e := range preds {
		maybe.On = append(maybe.On, logical.Substitute(e, by))
	}
	mark := &scalar.Case{
		Whens: []scalar.Expr{call("is_true", yes.Mark.Ref()), call("is_true", maybe.Mark.Ref())},
		Thens: []scalar.Expr{&scalar.Literal{Value: true, Typ: types.BooleanType}, &scalar.Literal{Typ: types.BooleanType}},
		Else:  &scalar.Literal{Value: false, Typ: types.BooleanType}, Typ: types.BooleanType,
	}
	return passThrough(maybe, j.L.Columns(), []scalar.Expr{mark}, []logical.Column{j.Mark}), true
}

func (c *Context) fresh(col logical.Column) logical.Column {
	return c.NewColumn(col.Name, col.Type, col.Required)
}

// sameColumns is the use of def in whose place its root stood: the columns keep
// their numbers.
func sameColumns(def *logical.Definition) *logical.Shared {
	return def.Use(func(c logical.Column) logical.Column { return c })
}

// allKeys reports whether each condition of j equates something of one side with
// something of the other.
func allKeys(j *logical.Join) bool {
	l, r := logical.IDs(j.L), logical.IDs(j.R)
	for _, e := range j.On {
		c, ok := e.(*scalar.Call)
		if !ok || c.Name != "=" || !(side(c.Args[0], l) && side(c.Args[1], r) || side(c.Args[0], r) && side(c.Args[1], l)) {
			return false
		}
	}
	return true
}

// requiredColumns is the set of columns of j's sides that are never NULL.
func requiredColumns(j *logical.Join) map[int]bool {
	required := map[int]bool{}
	for _, n := range j.Inputs() {
		for _, col := range n.Columns() {
			required[col.ID] = col.Required
		}
	}
	return required
}

// notFalse is e, or "e is true or unknown" where a NULL can make it unknown.
func notFalse(j *logical.Join, e scalar.Expr) scalar.Expr {
	if neverNull(e, requiredColumns(j)) {
		return e
	}
	return call("not", call("is_false", e))
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
