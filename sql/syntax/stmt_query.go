package syntax

// QueryStatement is a query whose rows go to the client.
type QueryStatement struct {
	Source
	Query *Query
}

// queryStatement reads what begins with WITH, FROM or a query: a query, or an
// INSERT written behind them.
func (p *parser) queryStatement() Statement {
	at := p.start()
	ctes, recursive := p.with()
	if p.at("INSERT") {
		return p.insertWith(ctes, recursive)
	}
	if !p.at("FROM") {
		return &QueryStatement{Query: p.queryWith(at, ctes, recursive, p.operand)}
	}
	fromAt := p.start()
	p.next()
	from := p.from()
	if p.at("INSERT") {
		return p.multiInsert(ctes, recursive, from)
	}
	first := func() QueryExpr {
		return p.selectAfterFrom(&Select{queryNode: queryNode{fromAt}, From: from})
	}
	return &QueryStatement{Query: p.queryWith(at, ctes, recursive, first)}
}

// queryWith reads a query whose WITH clause has been read.
func (p *parser) queryWith(at Start, ctes []*CTE, recursive bool, first func() QueryExpr) *Query {
	q := &Query{queryNode: queryNode{at}, With: ctes, Recursive: recursive}
	q.Body = p.setOps(first())
	p.tail(q)
	return flatten(q)
}

func (s *QueryStatement) each(visit func(Node)) { visit(s.Query) }

func (s *QueryStatement) print(p *printer) { s.Query.print(p) }
