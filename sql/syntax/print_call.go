package syntax

func (e *Call) print(p *printer) {
	switch {
	case e.Builtin:
		p.word("::")
	case !e.Project.IsZero():
		p.ident(e.Project)
		p.raw(":")
	}
	p.ident(e.Name)
	p.raw("(")
	p.wordIf(e.Distinct, "DISTINCT")
	p.exprs(e.Args)
	p.raw(")")
	if e.WithinGroup != nil {
		p.word("WITHIN GROUP (ORDER BY")
		printList(p, e.WithinGroup)
		p.raw(")")
	}
	if e.Filter != nil {
		p.word("FILTER (WHERE")
		p.expr(e.Filter, precOr)
		p.raw(")")
	}
	p.wordIf(e.IgnoreNulls, "IGNORE NULLS")
	if e.Over != nil {
		p.word("OVER")
		e.Over.printUse(p)
	}
}

// printUse writes what follows OVER: a name alone needs no parentheses.
func (w *WindowSpec) printUse(p *printer) {
	if !w.Base.IsZero() && w.PartitionBy == nil && w.OrderBy == nil && w.Frame == nil {
		p.ident(w.Base)
		return
	}
	w.print(p)
}

func (w *WindowSpec) print(p *printer) {
	p.word("(")
	if !w.Base.IsZero() {
		p.ident(w.Base)
	}
	if w.PartitionBy != nil {
		p.word("PARTITION BY")
		p.exprs(w.PartitionBy)
	}
	if w.OrderBy != nil {
		p.word("ORDER BY")
		printList(p, w.OrderBy)
	}
	if w.Frame != nil {
		w.Frame.print(p)
	}
	p.raw(")")
}

func (f *Frame) print(p *printer) {
	p.word(string(f.Unit) + " BETWEEN")
	f.From.print(p)
	p.word("AND")
	f.To.print(p)
	if f.Exclude != ExcludeNone {
		p.word("EXCLUDE " + string(f.Exclude))
	}
}

func (b Bound) print(p *printer) {
	switch b.Kind {
	case UnboundedPreceding:
		p.word("UNBOUNDED PRECEDING")
	case CurrentRow:
		p.word("CURRENT ROW")
	case UnboundedFollowing:
		p.word("UNBOUNDED FOLLOWING")
	case Preceding:
		p.expr(b.Offset, precCompare+1)
		p.word("PRECEDING")
	case Following:
		p.expr(b.Offset, precCompare+1)
		p.word("FOLLOWING")
	}
}
