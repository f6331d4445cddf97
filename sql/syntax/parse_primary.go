package syntax

import (
	"strings"
	"unicode/utf8"

	"github.com/bixidata/bixi/sql/diag"
	"github.com/bixidata/bixi/sql/types"
)

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
			p.unsupported("variables of script mode")
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

func (p *parser) numberLit() Expr {
	t := p.tok()
	raw := p.raw(t)
	n := numberLength(raw)
	suffix := strings.ToUpper(raw[n:])
	switch suffix {
	case "", "F", "D", "BD":
	case "Y", "S", "L":
		if strings.ContainsAny(raw[:n], ".eE") {
			p.failAt(t.pos(), diag.CodeParse, "malformed number %s: the suffix %s is for whole numbers", clip(raw), suffix)
		}
	default:
		p.failAt(t.pos(), diag.CodeParse, "malformed number %s", clip(raw))
	}
	p.next()
	return &NumberLit{exprNode{Start{t.pos()}}, raw[:n], suffix}
}

// stringValue reads one or more adjacent strings as one.
func (p *parser) stringValue(what string) string {
	if k := p.tok().kind; k != tokString && k != tokRaw {
		p.unexpected(what)
		return ""
	}
	value := p.decode(p.next())
	if k := p.tok().kind; k != tokString && k != tokRaw {
		return value
	}
	var b strings.Builder
	b.WriteString(value)
	for p.tok().kind == tokString || p.tok().kind == tokRaw {
		b.WriteString(p.decode(p.next()))
	}
	return b.String()
}

// decode gives the value of a string token.
func (p *parser) decode(t token) string {
	s := p.raw(t)
	if t.kind == tokRaw {
		return s[2 : len(s)-1]
	}
	return unescape(s[1 : len(s)-1])
}

// unescape resolves backslashes; the lexer has checked the octal ones.
func unescape(s string) string {
	i := strings.IndexByte(s, '\\')
	if i < 0 {
		return s
	}
	b := make([]byte, 0, len(s))
	for ; i >= 0; i = strings.IndexByte(s, '\\') {
		b = append(b, s[:i]...)
		s = s[i+1:]
		switch c := s[0]; {
		case isDigit(c) && len(s) > 2 && isDigit(s[1]) && isDigit(s[2]):
			b = utf8.AppendRune(b, rune(c-'0')<<6|rune(s[1]-'0')<<3|rune(s[2]-'0'))
			s = s[3:]
			continue
		case c == '0':
			b = append(b, 0)
		case c == 't':
			b = append(b, '\t')
		case c == 'n':
			b = append(b, '\n')
		case c == 'r':
			b = append(b, '\r')
		case c == 'b':
			b = append(b, '\b')
		case c == 'Z':
			b = append(b, 0x1A)
		default:
			b = append(b, c)
		}
		s = s[1:]
	}
	return string(append(b, s...))
}

func (p *parser) binaryLit() Expr {
	t := p.next()
	raw := p.raw(t)
	digits := raw[2 : len(raw)-1]
	if len(digits)%2 == 1 {
		digits = "0" + digits
	}
	value := make([]byte, len(digits)/2)
	for i := range value {
		value[i] = hexDigit(digits[2*i])<<4 | hexDigit(digits[2*i+1])
	}
	return &BinaryLit{exprNode{Start{t.pos()}}, string(value)}
}

func hexDigit(c byte) byte {
	if isDigit(c) {
		return c - '0'
	}
	return c | 0x20 - 'a' + 10
}

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
		return infixOp(follows) == "" && !p.wordEndsOperand(follows)
	}
	return true
}

// wordEndsOperand reports whether a keyword can stand only behind an operand.
func (p *parser) wordEndsOperand(t token) bool {
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

// interval reads INTERVAL value unit [TO unit], or gives nil when the word is
// a column's name here.
func (p *parser) interval(at exprNode) Expr {
	if !p.atInterval() {
		return nil
	}
	n := &Interval{exprNode: at}
	p.expect("INTERVAL")
	n.Value = p.unary()
	n.From = p.unit()
	if p.accept("TO") {
		n.To = p.unit()
		if _, ok := n.Value.(*StringLit); !ok {
			p.failAt(n.Value.Pos(), diag.CodeParse, "an interval of two units is written as a string, as in '2000-1' YEAR TO MONTH")
		}
	}
	return n
}

func (p *parser) unit() Unit {
	u := intervalUnit(p.tok().word())
	if u == "" {
		p.unexpected("an interval unit such as DAY or MONTH")
	}
	p.next()
	return u
}

// atInterval reports whether INTERVAL begins an interval: a literal follows, or
// something with a unit behind it.
func (p *parser) atInterval() bool {
	isUnit := func(n int) bool { return intervalUnit(p.peek(n).word()) != "" }
	switch follows := p.peek(1); follows.kind {
	case tokString, tokRaw, tokNumber:
		return true
	case tokWord, tokQuoted:
		return isName(follows) && isUnit(2)
	case tokOp:
		switch follows.op() {
		case "-", "+":
			return p.peek(2).kind == tokNumber && isUnit(3)
		case "(":
			return isUnit(p.closing(1) + 1)
		}
	}
	return false
}

// closing gives the distance to the parenthesis that closes the one n ahead.
func (p *parser) closing(n int) int {
	for depth := 0; p.i+n < len(p.tokens)-1; n++ {
		switch p.peek(n).op() {
		case "(":
			depth++
		case ")":
			if depth--; depth == 0 {
				return n
			}
		}
	}
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
