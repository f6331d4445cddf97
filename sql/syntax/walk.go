package syntax

// Walk visits n and what is below it, in the order of the text. enter says
// whether to go below a node; leave, which may be nil, is called behind the
// children of every node that was entered below.
func Walk(n Node, enter func(Node) bool, leave func(Node)) {
	if !enter(n) {
		return
	}
	n.each(func(child Node) { Walk(child, enter, leave) })
	if leave != nil {
		leave(n)
	}
}

// Inspect visits n and what is below it; f says whether to go below a node.
func Inspect(n Node, f func(Node) bool) { Walk(n, f, nil) }

func visitAll[T Node](visit func(Node), nodes []T) {
	for _, n := range nodes {
		visit(n)
	}
}

// visitExprs visits those that are not nil.
func visitExprs(visit func(Node), exprs ...Expr) {
	for _, e := range exprs {
		if e != nil {
			visit(e)
		}
	}
}

func (*NullLit) each(func(Node))          {}
func (*BoolLit) each(func(Node))          {}
func (*NumberLit) each(func(Node))        {}
func (*StringLit) each(func(Node))        {}
func (*BinaryLit) each(func(Node))        {}
func (*TypedLit) each(func(Node))         {}
func (*ColumnRef) each(func(Node))        {}
func (e *Interval) each(visit func(Node)) { visit(e.Value) }
func (e *Star) each(visit func(Node))     { visitAll(visit, e.Replace) }
func (e *Unary) each(visit func(Node))    { visit(e.X) }
func (e *Binary) each(visit func(Node))   { visitExprs(visit, e.L, e.R) }
func (e *Logical) each(visit func(Node))  { visitAll(visit, e.Terms) }
func (e *Is) each(visit func(Node))       { visit(e.X) }
func (e *Between) each(visit func(Node))  { visitExprs(visit, e.X, e.Low, e.High) }
func (e *Cast) each(visit func(Node))     { visit(e.X) }
func (e *Extract) each(visit func(Node))  { visit(e.X) }
func (e *Trim) each(visit func(Node))     { visitExprs(visit, e.Chars, e.X) }
func (e *Index) each(visit func(Node))    { visitExprs(visit, e.X, e.I) }
func (e *FieldRef) each(visit func(Node)) { visit(e.X) }
func (e *Exists) each(visit func(Node))   { visit(e.Query) }
func (e *Subquery) each(visit func(Node)) { visit(e.Query) }
func (e *Row) each(visit func(Node))      { visitAll(visit, e.Items) }
func (w *When) each(visit func(Node))     { visitExprs(visit, w.Cond, w.Then) }

func (e *Lambda) each(visit func(Node)) {
	visitAll(visit, e.Types)
	visit(e.Body)
}

func (e *InList) each(visit func(Node)) {
	visit(e.X)
	visitAll(visit, e.List)
}

func (e *InQuery) each(visit func(Node)) {
	visit(e.X)
	visit(e.Query)
}

func (e *Like) each(visit func(Node)) {
	visit(e.X)
	visitAll(visit, e.Patterns)
	visitExprs(visit, e.Escape)
}

func (e *Case) each(visit func(Node)) {
	visitExprs(visit, e.Operand)
	visitAll(visit, e.Whens)
	visitExprs(visit, e.Else)
}

func (e *Call) each(visit func(Node)) {
	visitAll(visit, e.Args)
	visitAll(visit, e.WithinGroup)
	visitExprs(visit, e.Filter)
	if e.Over != nil {
		visit(e.Over)
	}
}

func (w *WindowSpec) each(visit func(Node)) {
	visitAll(visit, w.PartitionBy)
	visitAll(visit, w.OrderBy)
	if w.Frame != nil {
		visit(w.Frame)
	}
}

func (f *Frame) each(visit func(Node)) { visitExprs(visit, f.From.Offset, f.To.Offset) }

func (q *Query) each(visit func(Node)) {
	visitAll(visit, q.With)
	visit(q.Body)
	visitAll(visit, q.OrderBy)
	visitAll(visit, q.DistributeBy)
	visitAll(visit, q.SortBy)
	visitAll(visit, q.ClusterBy)
	visitExprs(visit, q.Limit, q.Offset)
}

func (c *CTE) each(visit func(Node)) { visit(c.Query) }

func (s *SetOp) each(visit func(Node)) {
	visit(s.L)
	visit(s.R)
}

func (v *Values) each(visit func(Node)) {
	for _, row := range v.Rows {
		visitAll(visit, row)
	}
}

func (s *Select) each(visit func(Node)) {
	visitAll(visit, s.Hints)
	visitAll(visit, s.Items)
	if s.Script != nil {
		visit(s.Script)
	}
	if s.From != nil {
		visit(s.From)
	}
	visitExprs(visit, s.Where)
	visitAll(visit, s.GroupBy)
	visitExprs(visit, s.Having)
	visitAll(visit, s.Windows)
	visitExprs(visit, s.Qualify)
}

func (*Hint) each(func(Node)) {}

func (i *SelectItem) each(visit func(Node)) { visit(i.Expr) }

func (g *GroupItem) each(visit func(Node)) {
	visitAll(visit, g.Exprs)
	visitAll(visit, g.Sets)
}

func (w *NamedWindow) each(visit func(Node)) { visit(w.Spec) }
func (o *OrderItem) each(visit func(Node))   { visit(o.Expr) }
func (a *AsOf) each(visit func(Node))        { visit(a.Expr) }
func (s *Sample) each(visit func(Node))      { visitAll(visit, s.On) }

func (t *Table) each(visit func(Node)) {
	if t.AsOf != nil {
		visit(t.AsOf)
	}
	if t.Sample != nil {
		visit(t.Sample)
	}
}

func (t *SubqueryTable) each(visit func(Node)) {
	visit(t.Query)
	if t.Sample != nil {
		visit(t.Sample)
	}
}

func (t *FuncTable) each(visit func(Node)) { visit(t.Call) }

func (j *Join) each(visit func(Node)) {
	visit(j.L)
	visit(j.R)
	visitExprs(visit, j.On)
}

func (v *LateralView) each(visit func(Node)) {
	visit(v.Left)
	visit(v.Call)
}
