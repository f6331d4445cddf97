package syntax

// The binding powers, loosest first. IS NULL binds looser than arithmetic, as
// readers expect: the product's own grammar has it tighter, but what that reads
// differently, a + (b IS NULL), has no type there.
const (
	precOr = iota + 1
	precAnd
	precNot
	precCompare // also LIKE, IN, BETWEEN
	precIs      // IS NULL, IS TRUE
	precBitOr
	precBitAnd
	precConcat
	precAdd
	precMul
	precBitXor
	precUnary
	precPostfix
	precPrimary
)

// infixPrec gives the binding power of an infix operator.
func infixPrec(op BinaryOp) int {
	switch op {
	case OpBitXor:
		return precBitXor
	case OpMul, OpDiv, OpMod, OpIntDiv:
		return precMul
	case OpAdd, OpSub:
		return precAdd
	case OpConcat:
		return precConcat
	case OpBitAnd:
		return precBitAnd
	case OpBitOr:
		return precBitOr
	}
	return precCompare
}

// infixOp gives the operator that a token is, or "".
func infixOp(t token) BinaryOp {
	if t.kind == tokWord {
		switch t.word() {
		case "DIV":
			return OpIntDiv
		case "MOD":
			return OpMod
		}
		return ""
	}
	switch op := t.op(); op {
	case "==":
		return OpEq
	case "!=":
		return OpNe
	case "^", "*", "/", "%", "+", "-", "||", "&", "|", "=", "<>", "<", "<=", ">", ">=", "<=>":
		return BinaryOp(op)
	}
	return ""
}

// expr reads an expression of any kind.
func (p *parser) expr() Expr { return p.logical(precOr) }

func (p *parser) exprs() []Expr { return list(p, p.expr) }

// logical reads a chain of OR (prec precOr) or AND (precAnd), or anything that
// binds tighter. The chain is flat in the tree, so it may be of any length.
func (p *parser) logical(prec int) Expr {
	op, operand := OpOr, func() Expr { return p.logical(precAnd) }
	if prec == precAnd {
		op, operand = OpAnd, p.not
	}
	at := p.start()
	first := operand()
	if !p.at(string(op)) {
		return first
	}
	n := &Logical{exprNode: exprNode{at}, Op: op, OpPos: p.pos(), Terms: []Expr{first}}
	for p.accept(string(op)) {
		n.Terms = append(n.Terms, operand())
	}
	return n
}

func (p *parser) not() Expr {
	if !p.at("NOT") {
		return p.binary(precCompare)
	}
	n := &Unary{exprNode: exprNode{p.start()}, Op: OpNot}
	p.next()
	if !p.enter() {
		return n
	}
	defer p.leave()
	n.X = p.not()
	return n
}

// binary reads infix operators that bind at least as tightly as min, which is
// above NOT. p.height is an in-out: on return it is the height of the tallest
// chain read since the caller last set it, so that chains inside parentheses and
// arguments count towards those around them.
func (p *parser) binary(min int) Expr {
	around := p.height
	p.height = 0
	at := p.start()
	left := p.unary()
	for p.err == nil {
		height := p.height
		p.height = 0
		next := p.infix(at, left, min)
		if next == nil {
			p.height = height
			break
		}
		left, p.height = next, p.grow(max(height, p.height))
	}
	p.height = max(around, p.height)
	return left
}

// infix reads one operator and what is right of it, or gives nil when there is
// none that binds tightly enough.
func (p *parser) infix(at Start, left Expr, min int) Expr {
	t := p.tok()
	if op := infixOp(t); op != "" {
		prec := infixPrec(op)
		if prec < min {
			return nil
		}
		p.next()
		return &Binary{exprNode: exprNode{at}, Op: op, OpPos: t.pos(), L: left, R: p.binary(prec + 1)}
	}
	if t.kind != tokWord {
		return nil
	}
	if p.at("IS") {
		return p.is(at, left, min)
	}
	if min <= precCompare {
		return p.predicate(at, left)
	}
	return nil
}

func (p *parser) unary() Expr {
	var op UnaryOp
	switch t := p.tok(); {
	case t.op() == "-" || t.op() == "+" || t.op() == "~":
		op = UnaryOp(t.op())
	case t.kind == tokWord && p.at("NOT"):
		return p.not()
	default:
		return p.postfix()
	}
	n := &Unary{exprNode: exprNode{p.start()}, Op: op}
	p.next()
	if !p.enter() {
		return n
	}
	defer p.leave()
	n.X = p.unary()
	return n
}

// postfix reads a primary with its subscripts and fields.
func (p *parser) postfix() Expr {
	at := p.start()
	x := p.primary()
	for {
		switch {
		case p.atOp("["):
			height := p.height
			p.next()
			p.height = 0
			x = &Index{exprNode: exprNode{at}, X: x, I: p.subscript()}
			p.height = p.grow(max(height, p.height))
		case p.acceptOp("."):
			x = &FieldRef{exprNode: exprNode{at}, X: x, Name: p.ident("a field name")}
			p.height = p.grow(p.height)
		default:
			return x
		}
	}
}

func (p *parser) subscript() Expr {
	if !p.enter() {
		return &NullLit{}
	}
	defer p.leave()
	i := p.expr()
	p.expectOp("]")
	return i
}

// group is what stands in one pair of parentheses and is not a query. It lives
// only until the parser knows what the parentheses meant.
type group struct {
	exprNode
	items []Expr
}

func (*group) each(func(Node)) {}
func (*group) print(*printer)  {}

// paren reads an operand in parentheses: a subquery, a row, or an expression
// that only needed them for precedence.
func (p *parser) paren() Expr {
	at := p.start()
	x := p.parenthesised()
	g, ok := x.(*group)
	switch {
	case !ok:
		return x
	case len(g.items) == 1:
		return g.items[0]
	}
	return &Row{exprNode: exprNode{at}, Items: g.items}
}

// parenthesised reads ( … ) and gives a *Subquery or a *group. That
// ((SELECT 1) UNION (SELECT 2)) is a query shows only behind its first operand.
func (p *parser) parenthesised() Expr {
	at := p.start()
	p.expectOp("(")
	if !p.enter() {
		return &group{items: []Expr{&NullLit{}}}
	}
	defer p.leave()
	if p.atQuery() {
		return p.closeQuery(at, p.query())
	}
	nested := p.atOp("(")
	first := p.expr()
	if q, ok := first.(*Subquery); ok && nested && (p.atQueryTail() || p.atOp(")")) {
		return p.closeQuery(at, p.queryAfter(q.Query))
	}
	items := []Expr{first}
	for p.acceptOp(",") {
		items = append(items, p.expr())
	}
	p.expectOp(")")
	return &group{exprNode{at}, items}
}

func (p *parser) closeQuery(at Start, q *Query) Expr {
	p.expectOp(")")
	return &Subquery{exprNode{at}, q}
}
