package syntax

import "github.com/bixidata/bixi/sql/diag"

func (p *parser) is(at Start, left Expr, min int) Expr {
	distinct := p.peek(1).word() == "DISTINCT" || p.peek(1).word() == "NOT" && p.peek(2).word() == "DISTINCT"
	if min > precIs || distinct && min > precCompare {
		return nil
	}
	pos := p.next().pos()
	not := p.accept("NOT")
	if distinct {
		p.expect("DISTINCT", "FROM")
		op := OpDistinctFrom
		if not {
			op = OpNullSafeEq
		}
		return &Binary{exprNode: exprNode{at}, Op: op, OpPos: pos, L: left, R: p.binary(precCompare + 1)}
	}
	n := &Is{exprNode: exprNode{at}, OpPos: pos, X: left, Not: not}
	switch {
	case p.accept("NULL"), p.accept("UNKNOWN"):
		n.What = IsNull
	case p.accept("TRUE"):
		n.What = IsTrue
	case p.accept("FALSE"):
		n.What = IsFalse
	default:
		p.unexpected("NULL, TRUE, FALSE or DISTINCT FROM")
	}
	return n
}

// predicate reads [NOT] BETWEEN, IN, LIKE and RLIKE.
func (p *parser) predicate(at Start, left Expr) Expr {
	pos := p.pos()
	not := false
	if p.at("NOT") {
		switch p.peek(1).word() {
		case "BETWEEN", "IN", "LIKE", "RLIKE", "REGEXP":
			not = true
			p.next()
		default: // no context lets NOT follow an operand that may be compared
			p.next()
			p.unexpected("BETWEEN, IN, LIKE or RLIKE")
			return nil
		}
	}
	node := exprNode{at}
	switch {
	case p.accept("BETWEEN"):
		n := &Between{exprNode: node, OpPos: pos, X: left, Not: not, Low: p.binary(precCompare + 1)}
		p.expect("AND")
		n.High = p.binary(precCompare + 1)
		return n
	case p.accept("IN"):
		return p.in(node, pos, left, not)
	case p.accept("LIKE"):
		return p.like(&Like{exprNode: node, Op: OpLike, OpPos: pos, X: left, Not: not})
	case p.accept("RLIKE"), p.accept("REGEXP"):
		return p.like(&Like{exprNode: node, Op: OpRLike, OpPos: pos, X: left, Not: not})
	}
	return nil
}

// in reads what follows IN. A list of one parenthesised query is that query.
func (p *parser) in(node exprNode, pos diag.Pos, x Expr, not bool) Expr {
	inner := p.parenthesised()
	if q, ok := inner.(*Subquery); ok {
		return &InQuery{exprNode: node, OpPos: pos, X: x, Not: not, Query: q.Query}
	}
	items := []Expr{inner}
	if g, ok := inner.(*group); ok {
		items = g.items
	}
	return &InList{exprNode: node, OpPos: pos, X: x, Not: not, List: items}
}

func (p *parser) like(n *Like) Expr {
	if p.at("ANY", "ALL") && p.peek(1).op() == "(" {
		n.Quant = Quantifier(p.next().word())
		n.Patterns = parens(p, p.expr)
	} else {
		n.Patterns = []Expr{p.binary(precCompare + 1)}
	}
	if p.accept("ESCAPE") {
		n.Escape = p.binary(precCompare + 1)
	}
	return n
}
