package syntax

// call reads [project:|::] name (args) with what may follow the parentheses.
func (p *parser) call(at exprNode) Expr {
	c := &Call{exprNode: at}
	switch {
	case p.acceptOp("::"):
		c.Builtin = true
	case p.peek(1).op() == ":":
		c.Project = p.ident("a project name")
		p.expectOp(":")
	}
	c.Name = p.ident("a function name")
	p.nest(func() {
		if p.atOp(")") {
			return
		}
		if p.accept("DISTINCT") {
			c.Distinct = true
		} else {
			p.accept("ALL")
		}
		c.Args = list(p, p.argument)
		p.nulls(c)
	})
	p.callTail(c)
	return c
}

func (p *parser) argument() Expr {
	if p.atQuery() {
		at := p.start()
		return &Subquery{exprNode{at}, p.query()}
	}
	return p.exprOrStar()
}

func (p *parser) nulls(c *Call) {
	if p.accept("IGNORE", "NULLS") {
		c.IgnoreNulls = true
	} else {
		p.accept("RESPECT", "NULLS")
	}
}

func (p *parser) callTail(c *Call) {
	if p.accept("WITHIN", "GROUP") {
		p.nest(func() {
			p.expect("ORDER", "BY")
			c.WithinGroup = list(p, p.orderItem)
		})
	}
	if p.at("FILTER") && p.peek(1).op() == "(" {
		p.next()
		p.nest(func() {
			p.expect("WHERE")
			c.Filter = p.expr()
		})
	}
	p.nulls(c)
	if p.at("OVER") && (p.peek(1).op() == "(" || isName(p.peek(1))) {
		p.next()
		if p.atOp("(") {
			c.Over = p.windowSpec()
			return
		}
		c.Over = &WindowSpec{Start: p.start(), Base: p.windowName()}
	}
}

func (p *parser) windowName() Ident { return p.ident("a window name") }

// windowSpec reads ([base] [PARTITION BY …] [ORDER BY …] [frame]).
func (p *parser) windowSpec() *WindowSpec {
	w := &WindowSpec{Start: p.start()}
	p.nest(func() {
		if isName(p.tok()) && !p.atWindowClause() {
			w.Base = p.windowName()
		}
		if p.accept("PARTITION", "BY") || p.accept("DISTRIBUTE", "BY") {
			w.PartitionBy = p.exprs()
		}
		if p.acceptBy("ORDER") || p.acceptBy("SORT") {
			w.OrderBy = list(p, p.orderItem)
		}
		if p.at("ROWS", "RANGE", "GROUPS") {
			w.Frame = p.frame()
		}
	})
	return w
}

// atWindowClause tells the clauses of a window from a window that bears one of
// their words as its name.
func (p *parser) atWindowClause() bool {
	switch p.tok().word() {
	case "PARTITION", "DISTRIBUTE", "SORT":
		return p.peek(1).word() == "BY"
	case "ROWS", "RANGE", "GROUPS":
		follows := p.peek(1)
		return follows.op() != ")" && follows.word() != "ORDER" && follows.word() != "PARTITION"
	}
	return false
}

func (p *parser) frame() *Frame {
	f := &Frame{Start: p.start(), Unit: FrameUnit(p.next().word())}
	if p.accept("BETWEEN") {
		f.From = p.bound()
		p.expect("AND")
		f.To = p.bound()
	} else {
		f.From = p.bound()
		f.To = Bound{Start: f.From.Start, Kind: CurrentRow}
	}
	if p.accept("EXCLUDE") {
		switch {
		case p.accept("CURRENT", "ROW"):
			f.Exclude = ExcludeCurrent
		case p.accept("GROUP"):
			f.Exclude = ExcludeGroup
		case p.accept("TIES"):
			f.Exclude = ExcludeTies
		case p.accept("NO", "OTHERS"):
		default:
			p.unexpected("CURRENT ROW, GROUP, TIES or NO OTHERS")
		}
	}
	return f
}

func (p *parser) bound() Bound {
	b := Bound{Start: p.start()}
	switch {
	case p.accept("CURRENT", "ROW"):
		b.Kind = CurrentRow
	case p.accept("UNBOUNDED", "PRECEDING"):
		b.Kind = UnboundedPreceding
	case p.accept("UNBOUNDED", "FOLLOWING"):
		b.Kind = UnboundedFollowing
	default:
		b.Offset = p.binary(precCompare + 1)
		switch {
		case p.accept("PRECEDING"):
			b.Kind = Preceding
		case p.accept("FOLLOWING"):
			b.Kind = Following
		default:
			p.unexpected("PRECEDING or FOLLOWING")
		}
	}
	return b
}

func (p *parser) orderItem() *OrderItem {
	o := &OrderItem{Start: p.start(), Expr: p.expr()}
	if p.accept("DESC") {
		o.Desc = true
	} else {
		p.accept("ASC")
	}
	switch {
	case p.accept("NULLS", "FIRST"):
		o.Nulls = NullsFirst
	case p.accept("NULLS", "LAST"):
		o.Nulls = NullsLast
	}
	return o
}
