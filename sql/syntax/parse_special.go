package syntax

import "github.com/bixidata/bixi/sql/diag"

func (p *parser) caseExpr(at exprNode) Expr {
	n := &Case{exprNode: at}
	p.expect("CASE")
	if !p.enter() {
		return n
	}
	defer p.leave()
	if !p.at("WHEN") {
		n.Operand = p.expr()
	}
	for p.at("WHEN") || len(n.Whens) == 0 && p.err == nil {
		w := &When{Start: p.start()}
		p.expect("WHEN")
		w.Cond = p.expr()
		p.expect("THEN")
		w.Then = p.expr()
		n.Whens = append(n.Whens, w)
	}
	if p.accept("ELSE") {
		n.Else = p.expr()
	}
	p.expect("END")
	return n
}

func (p *parser) exists(at exprNode) Expr {
	p.expect("EXISTS")
	pos := p.pos()
	n := &Exists{exprNode: at}
	switch x := p.parenthesised().(type) {
	case *Subquery:
		n.Query = x.Query
	default:
		p.failAt(pos, diag.CodeParse, "EXISTS needs a subquery in parentheses")
	}
	return n
}

func (p *parser) cast(at exprNode) Expr {
	n := &Cast{exprNode: at}
	p.expect("CAST")
	p.nest(func() {
		n.X = p.expr()
		p.expect("AS")
		n.TypePos = p.pos()
		n.Type = p.typ()
	})
	return n
}

// nest reads something in parentheses, one level deeper.
func (p *parser) nest(inside func()) {
	p.expectOp("(")
	if !p.enter() {
		return
	}
	defer p.leave()
	inside()
	p.expectOp(")")
}

func (p *parser) extract(at exprNode) Expr {
	n := &Extract{exprNode: at}
	p.expect("EXTRACT")
	p.nest(func() {
		n.Field = extractUnit(p.tok().word())
		if n.Field == "" {
			p.unexpected("a date part such as YEAR or MONTH")
		}
		p.next()
		p.expect("FROM")
		n.X = p.expr()
	})
	return n
}

// trim reads TRIM(BOTH c FROM x), TRIM(c FROM x) and the plain call.
func (p *parser) trim(at exprNode) Expr {
	name := p.ident("a function name")
	var n Expr
	p.nest(func() {
		t := &Trim{exprNode: at, Side: "BOTH"}
		sided := p.at("BOTH", "LEADING", "TRAILING") && p.trimSided()
		if sided {
			t.Side = p.next().word()
		}
		if p.atOp(")") {
			n = &Call{exprNode: at, Name: name}
			return
		}
		if !p.at("FROM") {
			t.Chars = p.expr()
		}
		if sided || p.at("FROM") {
			p.expect("FROM")
			t.X = p.expr()
			n = t
			return
		}
		args := []Expr{t.Chars}
		for p.acceptOp(",") {
			args = append(args, p.expr())
		}
		n = &Call{exprNode: at, Name: name, Args: args}
	})
	return n
}

// trimSided tells TRIM(both FROM x), with the keyword, from TRIM(both), with a
// column of that name.
func (p *parser) trimSided() bool {
	follows := p.peek(1)
	switch {
	case follows.kind == tokOp:
		return follows.op() == "("
	case follows.kind == tokWord:
		return infixOp(follows) == "" && !wordEndsOperand(follows)
	}
	return true
}

// wordEndsOperand reports whether a keyword can stand only behind an operand.
func wordEndsOperand(t token) bool {
	switch t.word() {
	case "AND", "OR", "IS", "IN", "LIKE", "BETWEEN", "RLIKE", "REGEXP", "NOT":
		return true
	}
	return false
}

// substring reads SUBSTRING(s FROM a [FOR b]) as the call with commas.
func (p *parser) substring(at exprNode) Expr {
	n := &Call{exprNode: at, Name: p.ident("a function name")}
	p.nest(func() {
		if p.atOp(")") {
			return
		}
		n.Args = p.exprs()
		if len(n.Args) == 1 && p.accept("FROM") {
			n.Args = append(n.Args, p.expr())
			if p.accept("FOR") {
				n.Args = append(n.Args, p.expr())
			}
		}
	})
	return n
}

// atLambda reports whether (a, b) -> follows.
func (p *parser) atLambda() bool {
	n := 1
	for isName(p.peek(n)) {
		switch p.peek(n + 1).op() {
		case ",":
			n += 2
		case ")":
			return p.peek(n+2).op() == "->"
		default:
			return false
		}
	}
	return false
}

func (p *parser) lambda() Expr {
	n := &Lambda{exprNode: exprNode{p.start()}}
	if p.atOp("(") {
		n.Params = parens(p, p.parameter)
	} else {
		n.Params = []Ident{p.parameter()}
	}
	p.expectOp("->")
	if p.enter() {
		defer p.leave()
		n.Body = p.expr()
	}
	return n
}

func (p *parser) parameter() Ident { return p.ident("a parameter name") }
