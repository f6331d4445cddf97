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

// selectQuery reads SELECT … FROM … or FROM … SELECT ….
func (p *parser) selectQuery() *Select {
	s := &Select{queryNode: queryNode{p.start()}}
	if p.accept("FROM") {
		s.From = p.from()
		return p.selectAfterFrom(s)
	}
	p.selectList(s)
	if p.accept("FROM") {
		s.From = p.from()
	}
	p.clauses(s)
	return s
}

// selectAfterFrom reads the rest of a Select whose FROM came first. The other
// clauses may stand before SELECT or behind it.
func (p *parser) selectAfterFrom(s *Select) *Select {
	p.clauses(s)
	p.selectList(s)
	p.clauses(s)
	return s
}

func (p *parser) selectList(s *Select) {
	p.expect("SELECT")
	if t := p.tok(); t.kind == tokHint {
		s.Hints = parseHints(p.raw(t), t)
		p.next()
	}
	if p.accept("DISTINCT") {
		s.Distinct = true
	} else {
		p.accept("ALL")
	}
	if p.at("TRANSFORM") && p.atScript() {
		p.unsupported("SELECT TRANSFORM")
	}
	s.Items = list(p, p.selectItem)
}

// atScript tells SELECT TRANSFORM (…) USING 'script' from the function.
func (p *parser) atScript() bool {
	if p.peek(1).op() != "(" {
		return false
	}
	behind := p.peek(p.closing(1) + 1).word()
	return behind == "USING" || behind == "ROW"
}

func (p *parser) selectItem() *SelectItem {
	item := &SelectItem{Start: p.start(), Expr: p.exprOrStar()}
	_, star := item.Expr.(*Star)
	switch {
	case p.at("AS") && p.peek(1).op() == "(":
		p.next()
		item.Aliases = parens(p, p.columnName)
	case star:
	case p.accept("AS"):
		item.Alias = p.alias()
	case isBareAlias(p.tok()) || p.tok().kind == tokString:
		item.Alias = p.alias()
	}
	return item
}

// alias reads a name, which of a column may also be a string.
func (p *parser) alias() Ident {
	t := p.tok()
	if t.kind != tokString {
		return p.ident("an alias name")
	}
	id := Ident{Start: p.start(), Name: p.decode(t), Quoted: true}
	if id.Name == "" {
		p.failAt(t.pos(), diag.CodeParse, "a name must not be empty")
	}
	p.next()
	return id
}

// clauses reads WHERE to QUALIFY.
func (p *parser) clauses(s *Select) {
	if s.Where == nil && p.accept("WHERE") {
		s.Where = p.expr()
	}
	if s.GroupBy == nil && p.acceptBy("GROUP") {
		s.GroupBy = p.groupBy()
	}
	if s.Having == nil && p.accept("HAVING") {
		s.Having = p.expr()
	}
	if s.Windows == nil && p.accept("WINDOW") {
		s.Windows = list(p, p.namedWindow)
	}
	if s.Qualify == nil && p.accept("QUALIFY") {
		s.Qualify = p.expr()
	}
}

func (p *parser) namedWindow() *NamedWindow {
	w := &NamedWindow{Start: p.start(), Name: p.windowName()}
	p.expect("AS")
	w.Spec = p.windowSpec()
	return w
}

// groupBy reads the elements of GROUP BY, with the older form WITH ROLLUP.
func (p *parser) groupBy() []*GroupItem {
	at := p.start()
	items := list(p, p.groupItem)
	switch {
	case p.accept("WITH", "ROLLUP"):
		return []*GroupItem{{Start: at, Kind: GroupRollup, Sets: items}}
	case p.accept("WITH", "CUBE"):
		return []*GroupItem{{Start: at, Kind: GroupCube, Sets: items}}
	}
	return items
}

func (p *parser) groupItem() *GroupItem {
	g := &GroupItem{Start: p.start()}
	opens := p.peek(1).op() == "("
	switch {
	case p.at("ROLLUP") && opens:
		g.Kind = GroupRollup
	case p.at("CUBE") && opens:
		g.Kind = GroupCube
	case p.atSeq("GROUPING", "SETS"):
		g.Kind = GroupSets
		p.next()
	default:
		g.Exprs = p.groupExprs()
		return g
	}
	p.next()
	p.nest(func() { g.Sets = list(p, p.groupItem) })
	return g
}

// groupExprs reads an expression, (a, b) or ().
func (p *parser) groupExprs() []Expr {
	if p.atOp("(") && p.peek(1).op() == ")" {
		p.next()
		p.next()
		return nil
	}
	e := p.expr()
	if row, ok := e.(*Row); ok {
		return row.Items
	}
	return []Expr{e}
}
