package syntax

import "strings"

func (p *printer) with(ctes []*CTE, recursive bool) {
	if ctes == nil {
		return
	}
	p.word("WITH")
	p.wordIf(recursive, "RECURSIVE")
	printList(p, ctes)
}

func (c *CTE) print(p *printer) {
	p.ident(c.Name)
	if c.Columns != nil {
		p.idents(c.Columns)
	}
	p.word("AS (")
	c.Query.print(p)
	p.raw(")")
}

func (q *Query) print(p *printer) {
	p.with(q.With, q.Recursive)
	p.operand(q.Body)
	if q.OrderBy != nil {
		p.word("ORDER BY")
		printList(p, q.OrderBy)
	}
	if q.DistributeBy != nil {
		p.word("DISTRIBUTE BY")
		p.exprs(q.DistributeBy)
	}
	if q.SortBy != nil {
		p.word("SORT BY")
		printList(p, q.SortBy)
	}
	if q.ClusterBy != nil {
		p.word("CLUSTER BY")
		printList(p, q.ClusterBy)
	}
	if q.Limit != nil {
		p.word("LIMIT")
		p.expr(q.Limit, precOr)
	}
	if q.Offset != nil {
		p.word("OFFSET")
		p.expr(q.Offset, precOr)
	}
}

// operand writes a query body; a Query with clauses of its own in parentheses.
func (p *printer) operand(body QueryExpr) {
	if _, ok := body.(*Query); !ok {
		body.print(p)
		return
	}
	p.word("(")
	body.print(p)
	p.raw(")")
}

func (s *SetOp) print(p *printer) {
	p.operand(s.L)
	p.word(string(s.Op))
	p.wordIf(s.All, "ALL")
	if _, ok := s.R.(*SetOp); ok { // the operations lean left
		p.word("(")
		s.R.print(p)
		p.raw(")")
		return
	}
	p.operand(s.R)
}

func (v *Values) print(p *printer) {
	p.word("VALUES")
	for i, row := range v.Rows {
		p.comma(i)
		p.word("(")
		p.exprs(row)
		p.raw(")")
	}
}

func (s *Select) print(p *printer) {
	p.word("SELECT")
	if s.Hints != nil {
		p.word("/*+")
		printList(p, s.Hints)
		p.word("*/")
	}
	p.wordIf(s.Distinct, "DISTINCT")
	if s.Script != nil {
		p.script(s.Items, s.Script)
	} else {
		printList(p, s.Items)
	}
	if s.From != nil {
		p.word("FROM")
		s.From.print(p)
	}
	if s.Where != nil {
		p.word("WHERE")
		p.expr(s.Where, precOr)
	}
	if s.GroupBy != nil {
		p.word("GROUP BY")
		printList(p, s.GroupBy)
	}
	if s.Having != nil {
		p.word("HAVING")
		p.expr(s.Having, precOr)
	}
	if s.Windows != nil {
		p.word("WINDOW")
		printList(p, s.Windows)
	}
	if s.Qualify != nil {
		p.word("QUALIFY")
		p.expr(s.Qualify, precOr)
	}
}

func (h *Hint) print(p *printer) {
	p.word(h.Name)
	if h.Args != nil {
		p.raw("(" + strings.Join(h.Args, ", ") + ")")
	}
}

func (i *SelectItem) print(p *printer) {
	p.expr(i.Expr, precOr)
	if i.Aliases != nil {
		p.word("AS")
		p.idents(i.Aliases)
	}
	p.alias(i.Alias, nil)
}

func (g *GroupItem) print(p *printer) {
	switch {
	case g.Kind != GroupExprs:
		p.word(string(g.Kind))
		printParens(p, g.Sets)
	case len(g.Exprs) == 1:
		p.expr(g.Exprs[0], precOr)
	default:
		p.word("(")
		p.exprs(g.Exprs)
		p.raw(")")
	}
}

func (w *NamedWindow) print(p *printer) {
	p.ident(w.Name)
	p.word("AS")
	w.Spec.print(p)
}

func (o *OrderItem) print(p *printer) {
	p.expr(o.Expr, precOr)
	p.wordIf(o.Desc, "DESC")
	p.wordIf(o.Nulls != NullsDefault, string(o.Nulls))
}
