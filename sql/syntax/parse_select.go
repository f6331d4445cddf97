package syntax

import "github.com/bixidata/bixi/sql/diag"

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
	if p.atMapReduce() {
		p.mapReduce(s)
		return
	}
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
	if p.atScript() {
		p.transform(s)
		return
	}
	s.Items = list(p, p.selectItem)
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
