package syntax

import (
	"strings"

	"github.com/bixidata/bixi/sql/diag"
)

// from reads the tables of a FROM clause. The comma binds looser than JOIN.
func (p *parser) from() TableRef {
	left := p.joins()
	height := p.height
	for p.atOp(",") {
		n := &Join{tableNode: tableNode{Start{left.Pos()}}, Kind: CommaJoin, OpPos: p.pos(), L: left}
		p.next()
		n.R = p.joins()
		left = n
		height = p.grow(max(height, p.height))
	}
	p.height = max(p.height, height)
	return left
}

// joins reads one table with the joins and lateral views behind it.
func (p *parser) joins() TableRef {
	left := p.tableRef()
	height := p.height
	for p.err == nil {
		at := tableNode{Start{left.Pos()}}
		if p.at("LATERAL") {
			left = p.lateralView(at, left)
		} else if p.at("PIVOT", "UNPIVOT") {
			left = p.pivots(left)
		} else if j := p.joinKind(); j != nil {
			j.tableNode, j.L = at, left
			j.R = p.tableRef()
			p.joinCondition(j)
			left = j
		} else {
			break
		}
		height = p.grow(max(height, p.height))
	}
	p.height = max(p.height, height)
	return left
}

// joinKind reads the words up to JOIN, or gives nil when no join follows.
func (p *parser) joinKind() *Join {
	j := &Join{OpPos: p.pos()}
	j.Natural = p.accept("NATURAL")
	switch {
	case p.accept("JOIN"):
		j.Kind = InnerJoin
		return j
	case p.accept("INNER"):
		j.Kind = InnerJoin
	case p.accept("CROSS"):
		j.Kind = CrossJoin
	case p.accept("LEFT", "SEMI"):
		j.Kind = SemiJoin
	case p.accept("LEFT", "ANTI"):
		j.Kind = AntiJoin
	case p.accept("LEFT"):
		j.Kind = LeftJoin
		p.accept("OUTER")
	case p.accept("RIGHT"):
		j.Kind = RightJoin
		p.accept("OUTER")
	case p.accept("FULL"):
		j.Kind = FullJoin
		p.accept("OUTER")
	case j.Natural:
		p.unexpected("JOIN")
		return nil
	default:
		return nil
	}
	p.expect("JOIN")
	return j
}

func (p *parser) joinCondition(j *Join) {
	switch {
	case j.Natural:
	case p.accept("ON"):
		j.On = p.expr()
		if p.at("USING") && isName(p.peek(1)) {
			p.unsupported("a join by a user's function")
		}
	case p.at("USING") && p.peek(1).op() == "(":
		p.next()
		j.Using = parens(p, p.columnName)
	}
}

func (p *parser) lateralView(at tableNode, left TableRef) TableRef {
	v := &LateralView{tableNode: at, OpPos: p.pos(), Left: left}
	p.expect("LATERAL", "VIEW")
	v.Outer = p.accept("OUTER")
	call, ok := p.named(exprNode{p.start()}).(*Call)
	if !ok {
		p.unexpected("a call of a table function")
		return left
	}
	v.Call = call
	if isBareAlias(p.tok()) {
		v.Alias = p.ident("a table alias")
	}
	if p.accept("AS") {
		if p.atOp("(") {
			v.Columns = parens(p, p.columnName)
		} else {
			v.Columns = []Ident{p.columnName()}
			for p.atNextColumn() {
				p.next()
				v.Columns = append(v.Columns, p.columnName())
			}
		}
	}
	return v
}

// atNextColumn tells a comma before another column of a lateral view from one
// before another table, which more follows.
func (p *parser) atNextColumn() bool {
	behind := p.peek(2)
	return p.atOp(",") && isName(p.peek(1)) && !isBareAlias(behind) && behind.word() != "AS" &&
		behind.op() != "." && behind.op() != "("
}

// tableRef reads one table, subquery, table function or parenthesised join, and
// the pivots behind it.
func (p *parser) tableRef() TableRef { return p.pivots(p.tablePrimary()) }

func (p *parser) tablePrimary() TableRef {
	at := tableNode{p.start()}
	p.accept("TABLE") // TABLE(f(…)) and TABLE t
	switch {
	case p.atOp("@"):
		return p.variableTable(at)
	case p.atOp("("):
		return p.parenTable(at)
	case p.at("VALUES"):
		v := p.values()
		return p.subqueryTail(&SubqueryTable{tableNode: at, Query: &Query{queryNode: v.queryNode, Body: v}})
	case isName(p.tok()) && (p.peek(1).op() == "(" || p.peek(1).op() == ":"):
		return p.funcTable(at)
	}
	t := &Table{tableNode: at, Name: p.tableName()}
	t.AsOf = p.asOf()
	t.Sample = p.sample()
	t.Alias, t.Columns = p.tableAlias()
	if t.Sample == nil {
		t.Sample = p.sample()
	}
	return t
}

func (p *parser) funcTable(at tableNode) TableRef {
	f := &FuncTable{tableNode: at}
	f.Call, _ = p.call(exprNode(at)).(*Call)
	f.Alias, f.Columns = p.tableAlias()
	return f
}

// parenTable reads ( … ) in FROM: a query, a join, or a table function.
func (p *parser) parenTable(at tableNode) TableRef {
	p.expectOp("(")
	if !p.enter() {
		return &Table{tableNode: at}
	}
	defer p.leave()
	if p.atQuery() {
		q := p.query()
		p.expectOp(")")
		return p.subqueryTail(&SubqueryTable{tableNode: at, Query: q})
	}
	nested := p.atOp("(")
	t := p.from()
	sub, ok := t.(*SubqueryTable)
	if ok && nested && sub.Alias.IsZero() && sub.Sample == nil && (p.atQueryTail() || p.atOp(")")) {
		q := p.queryAfter(sub.Query)
		p.expectOp(")")
		return p.subqueryTail(&SubqueryTable{tableNode: at, Query: q})
	}
	p.expectOp(")")
	if f, ok := t.(*FuncTable); ok && f.Alias.IsZero() {
		f.Alias, f.Columns = p.tableAlias()
	}
	return t
}

func (p *parser) subqueryTail(t *SubqueryTable) TableRef {
	t.Alias, t.Columns = p.tableAlias()
	t.Sample = p.sample()
	return t
}

// tableAlias reads [AS] alias [(columns)].
func (p *parser) tableAlias() (alias Ident, columns []Ident) {
	switch {
	case p.accept("AS"):
		alias = p.ident("a table alias name")
	case isBareAlias(p.tok()) && !p.atMapReduce():
		alias = p.ident("a table alias name")
	default:
		return Ident{}, nil
	}
	if p.atOp("(") {
		columns = parens(p, p.columnName)
	}
	return alias, columns
}

func (p *parser) asOf() *AsOf {
	a := &AsOf{Start: p.start(), Version: p.at("VERSION")}
	if !p.accept("VERSION", "AS", "OF") && !p.accept("TIMESTAMP", "AS", "OF") {
		return nil
	}
	a.Expr = p.binary(precCompare + 1)
	return a
}

// sample reads TABLESAMPLE (…).
func (p *parser) sample() *Sample {
	s := &Sample{Start: p.start()}
	if !p.accept("TABLESAMPLE") {
		return nil
	}
	p.nest(func() {
		if p.accept("BUCKET") {
			s.Size = p.number("a bucket number")
			p.expect("OUT", "OF")
			s.OutOf = p.number("the number of buckets")
			if p.accept("ON") {
				s.On = p.exprs()
			}
			return
		}
		p.sampleSize(s)
	})
	return s
}

func (p *parser) sampleSize(s *Sample) {
	t := p.tok()
	s.Size = strings.ToUpper(p.raw(t))
	unit := ""
	if t.kind == tokNumber {
		unit = s.Size[numberLength(s.Size):]
	}
	switch {
	case t.kind != tokNumber:
		p.unexpected("a number or BUCKET")
		return
	case unit == "B" || unit == "K" || unit == "M" || unit == "G" || unit == "T":
		s.Kind = SampleBytes
		p.next()
		return
	case unit != "":
		p.failAt(t.pos(), diag.CodeParse, "a sample size ends in B, K, M, G or T, not %s", unit)
	}
	p.next()
	switch {
	case p.accept("PERCENT"):
		s.Kind = SamplePercent
	case p.accept("ROWS"):
		s.Kind = SampleRows
	default:
		p.unexpected("PERCENT or ROWS")
	}
}
