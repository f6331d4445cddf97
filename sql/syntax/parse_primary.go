package syntax

import "github.com/bixidata/bixi/sql/types"

// primary reads an operand without its subscripts.
func (p *parser) primary() Expr {
	at := exprNode{p.start()}
	switch t := p.tok(); t.kind {
	case tokNumber:
		return p.numberLit()
	case tokString, tokRaw:
		return &StringLit{at, p.stringValue("a string")}
	case tokHex:
		return p.binaryLit()
	case tokOp:
		switch t.op() {
		case "(":
			if p.atLambda() {
				return p.lambda()
			}
			return p.paren()
		case "::":
			return p.call(at)
		case "@":
			return p.variable(at)
		}
	case tokWord:
		if x := p.special(at, t.word()); x != nil {
			return x
		}
	}
	if isName(p.tok()) {
		return p.named(at)
	}
	p.unexpected("an expression")
	return &NullLit{at}
}

// special reads what begins with a keyword, or gives nil when the word is a
// name here.
func (p *parser) special(at exprNode, word string) Expr {
	follows := p.peek(1)
	switch word {
	case "NULL":
		p.next()
		return &NullLit{at}
	case "TRUE", "FALSE":
		p.next()
		return &BoolLit{at, word == "TRUE"}
	case "FUNCTION":
		if follows.op() == "(" && p.peek(2).op() == "@" {
			return p.functionLambda()
		}
	case "CASE":
		return p.caseExpr(at)
	case "EXISTS":
		return p.exists(at)
	case "INTERVAL":
		return p.interval(at)
	case "DATE", "DATETIME", "TIMESTAMP", "TIMESTAMP_NTZ", "JSON":
		if follows.kind == tokString || follows.kind == tokRaw {
			p.next()
			return &TypedLit{at, literalKind(word), p.stringValue("a string")}
		}
	}
	if follows.op() != "(" {
		return nil
	}
	switch word {
	case "CAST":
		return p.cast(at)
	case "EXTRACT":
		return p.extract(at)
	case "TRIM":
		return p.trim(at)
	case "SUBSTRING":
		return p.substring(at)
	}
	return nil
}

func literalKind(word string) types.Kind {
	switch word {
	case "DATE":
		return types.Date
	case "DATETIME":
		return types.Datetime
	case "TIMESTAMP":
		return types.Timestamp
	case "TIMESTAMP_NTZ":
		return types.TimestampNTZ
	}
	return types.JSON
}

// named reads a column, a call or a lambda with one parameter.
func (p *parser) named(at exprNode) Expr {
	switch follows := p.peek(1); follows.op() {
	case "->":
		return p.lambda()
	case "(", ":":
		return p.call(at)
	}
	if upper(p.raw(p.tok())) == "NEW" && isName(p.peek(1)) && (p.peek(2).op() == "." || p.peek(2).op() == "(") {
		p.unsupported("new %s: Java expressions in SQL", p.raw(p.peek(1)))
	}
	c := &ColumnRef{exprNode: at, Parts: []Ident{p.columnName()}}
	for p.acceptOp(".") {
		c.Parts = append(c.Parts, p.ident("a column or field name"))
	}
	if p.atOp("(") && len(c.Parts) > 1 {
		p.unsupported("calling %s: Java expressions in SQL", c.Parts[len(c.Parts)-1])
	}
	return c
}

// exprOrStar reads an element of a select list or of call arguments.
func (p *parser) exprOrStar() Expr {
	n := 0
	for isName(p.peek(n)) && p.peek(n+1).op() == "." {
		n += 2
	}
	if p.peek(n).op() != "*" {
		return p.expr()
	}
	s := &Star{exprNode: exprNode{p.start()}}
	for !p.acceptOp("*") {
		s.Qualifier = append(s.Qualifier, p.ident("a table name"))
		p.expectOp(".")
	}
	if p.at("EXCEPT") && p.peek(1).op() == "(" && !p.atQueryAt(2) {
		p.next()
		s.Except = parens(p, p.columnName)
	}
	if p.at("REPLACE") && p.peek(1).op() == "(" {
		p.next()
		s.Replace = parens(p, p.replaced)
	}
	return s
}

func (p *parser) replaced() *SelectItem {
	item := &SelectItem{Start: p.start(), Expr: p.expr()}
	p.expect("AS")
	item.Alias = p.columnName()
	return item
}
