package syntax

import "github.com/bixidata/bixi/sql/diag"

// atQuery reports whether a query begins here, parentheses aside.
func (p *parser) atQuery() bool { return p.at("SELECT", "WITH", "VALUES", "FROM") }

// atQueryAt looks n tokens ahead for the beginning of a query or a parenthesis.
func (p *parser) atQueryAt(n int) bool {
	switch p.peek(n).word() {
	case "SELECT", "WITH", "VALUES", "FROM":
		return true
	}
	return p.peek(n).op() == "("
}

// atQueryTail reports whether something follows that can only belong to a query.
func (p *parser) atQueryTail() bool {
	return p.atSetOp() || p.at("ORDER", "DISTRIBUTE", "SORT", "CLUSTER", "LIMIT", "OFFSET")
}

func (p *parser) atSetOp() bool { return p.at("UNION", "INTERSECT", "EXCEPT", "MINUS") }

// query reads a whole query: WITH, a body, and what applies to all of it.
func (p *parser) query() *Query {
	q := &Query{queryNode: queryNode{p.start()}}
	if !p.enter() {
		return q
	}
	defer p.leave()
	q.With, q.Recursive = p.with()
	q.Body = p.setOps(p.operand())
	p.tail(q)
	return flatten(q)
}

// queryAfter reads on behind a parenthesised query that turned out to be the
// first operand of a larger one.
func (p *parser) queryAfter(first *Query) *Query {
	q := &Query{queryNode: first.queryNode}
	q.Body = p.setOps(unwrap(first))
	p.tail(q)
	return flatten(q)
}

// flatten removes a Query that only wraps another.
func flatten(q *Query) *Query {
	if inner, ok := q.Body.(*Query); ok && q.isBare() {
		return inner
	}
	return q
}

// isBare reports whether q is nothing but its body.
func (q *Query) isBare() bool {
	return q.With == nil && q.OrderBy == nil && q.DistributeBy == nil && q.SortBy == nil && q.ClusterBy == nil &&
		q.Limit == nil && q.Offset == nil
}

// unwrap gives the body of a bare query, so that parentheses leave no trace.
func unwrap(q *Query) QueryExpr {
	if q.isBare() {
		return q.Body
	}
	return q
}

func (p *parser) with() (ctes []*CTE, recursive bool) {
	if !p.accept("WITH") {
		return nil, false
	}
	recursive = p.accept("RECURSIVE")
	return list(p, p.cte), recursive
}

func (p *parser) cte() *CTE {
	c := &CTE{Start: p.start(), Name: p.ident("a name for the subquery")}
	if p.atOp("(") {
		c.Columns = parens(p, p.columnName)
	}
	p.accept("AS")
	p.expectOp("(")
	c.Query = p.query()
	p.expectOp(")")
	return c
}

// setOps reads set operations behind their first operand.
func (p *parser) setOps(left QueryExpr) QueryExpr {
	height := p.height
	for p.err == nil && p.atSetOp() {
		n := &SetOp{queryNode: queryNode{Start{left.Pos()}}, OpPos: p.pos(), L: left}
		switch p.next().word() {
		case "UNION":
			n.Op = Union
		case "INTERSECT":
			n.Op = Intersect
		default:
			n.Op = Except
		}
		if p.accept("ALL") {
			n.All = true
		} else {
			p.accept("DISTINCT")
		}
		n.R = p.operand()
		left = n
		height = p.grow(max(height, p.height))
	}
	p.height = max(p.height, height)
	return left
}

// operand reads one side of a set operation.
func (p *parser) operand() QueryExpr {
	switch {
	case p.at("SELECT", "FROM"):
		return p.selectQuery()
	case p.at("VALUES"):
		return p.values()
	case p.acceptOp("("):
		q := p.query()
		p.expectOp(")")
		return unwrap(q)
	}
	p.unexpected("a query")
	return &Values{queryNode: queryNode{p.start()}}
}

func (p *parser) values() *Values {
	v := &Values{queryNode: queryNode{p.start()}}
	p.expect("VALUES")
	v.Rows = list(p, func() []Expr {
		if p.atOp("(") {
			return parens(p, p.expr)
		}
		return []Expr{p.expr()}
	})
	return v
}

// tail reads the clauses that apply to a whole query.
func (p *parser) tail(q *Query) {
	if p.acceptBy("ORDER") {
		q.OrderBy = list(p, p.orderItem)
	}
	if p.acceptBy("DISTRIBUTE") {
		q.DistributeBy = p.exprs()
	}
	if p.acceptBy("SORT") {
		q.SortBy = list(p, p.orderItem)
	}
	if p.acceptBy("CLUSTER") {
		q.ClusterBy = list(p, p.orderItem)
	}
	p.limit(q)
	if p.atSetOp() && !q.isBare() {
		p.failHint(diag.CodeParse, "put the query before "+p.tok().word()+" in parentheses",
			"%s cannot follow ORDER BY or LIMIT, which apply to the whole query", p.tok().word())
	}
}

func (p *parser) limit(q *Query) {
	if p.accept("LIMIT") {
		if !p.accept("ALL") {
			q.Limit = p.expr()
		}
		if q.Limit != nil && p.acceptOp(",") {
			q.Offset, q.Limit = q.Limit, p.expr()
			return
		}
	}
	if p.accept("OFFSET") {
		q.Offset = p.expr()
		if !p.accept("ROWS") {
			p.accept("ROW")
		}
	}
}
