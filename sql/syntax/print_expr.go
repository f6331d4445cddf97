package syntax

import "fmt"

// expr writes e, in parentheses if it binds looser than min.
func (p *printer) expr(e Expr, min int) {
	binds := precedence(e)
	if binds >= min && (!p.grouped || binds > precUnary) {
		e.print(p)
		return
	}
	p.word("(")
	e.print(p)
	p.raw(")")
}

// precedence is how tightly the operator at the root of e binds.
func precedence(e Expr) int {
	switch e := e.(type) {
	case *Logical:
		if e.Op == OpOr {
			return precOr
		}
		return precAnd
	case *Unary:
		if e.Op == OpNot {
			return precNot
		}
		return precUnary
	case *Binary:
		return infixPrec(e.Op)
	case *Between, *InList, *InQuery, *Like:
		return precCompare
	case *Is:
		return precIs
	case *Lambda:
		return precOr // its body takes all that follows
	case *Index, *FieldRef:
		return precPostfix
	}
	return precPrimary
}

func (*NullLit) print(p *printer) { p.word("NULL") }

func (e *BoolLit) print(p *printer) {
	if e.Value {
		p.word("TRUE")
	} else {
		p.word("FALSE")
	}
}

func (e *NumberLit) print(p *printer) {
	p.word(e.Text + e.Suffix)
	p.glue = false
}

func (e *StringLit) print(p *printer) { p.str(e.Value) }

func (e *BinaryLit) print(p *printer) { p.word(fmt.Sprintf("X'%X'", e.Value)) }

func (e *TypedLit) print(p *printer) {
	p.word(e.Type.String())
	p.str(e.Value)
}

func (e *Interval) print(p *printer) {
	p.word("INTERVAL")
	if isIntervalLiteral(e.Value) {
		e.Value.print(p)
	} else {
		p.word("(")
		p.expr(e.Value, precOr)
		p.raw(")")
	}
	p.word(string(e.From))
	if e.To != "" {
		p.word("TO " + string(e.To))
	}
}

// isIntervalLiteral reports whether x needs no parentheses behind INTERVAL.
func isIntervalLiteral(x Expr) bool {
	if u, ok := x.(*Unary); ok && (u.Op == OpNeg || u.Op == OpPlus) {
		x = u.X
		_, number := x.(*NumberLit)
		return number
	}
	switch x.(type) {
	case *StringLit, *NumberLit:
		return true
	}
	return false
}

func (e *ColumnRef) print(p *printer) { p.path(e.Parts) }

func (e *Star) print(p *printer) {
	if e.Qualifier != nil {
		p.path(e.Qualifier)
		p.raw(".")
	}
	p.word("*")
	if e.Except != nil {
		p.word("EXCEPT")
		p.idents(e.Except)
	}
	if e.Replace != nil {
		p.word("REPLACE")
		printParens(p, e.Replace)
	}
}

func (e *Unary) print(p *printer) {
	p.word(string(e.Op))
	if e.Op == OpNot {
		p.expr(e.X, precNot)
		return
	}
	inner, ok := e.X.(*Unary)
	p.glue = !ok || inner.Op != e.Op // "--" would begin a comment
	p.expr(e.X, precUnary)
}

func (e *Binary) print(p *printer) {
	prec := infixPrec(e.Op)
	p.expr(e.L, prec)
	p.op(string(e.Op))
	p.expr(e.R, prec+1)
}

func (e *Logical) print(p *printer) {
	min := precAnd
	if e.Op == OpAnd {
		min = precNot
	}
	for i, t := range e.Terms {
		if i > 0 {
			p.word(string(e.Op))
		}
		p.expr(t, min)
	}
}

func (e *Is) print(p *printer) {
	p.expr(e.X, precIs)
	p.word("IS")
	p.wordIf(e.Not, "NOT")
	p.word(string(e.What))
}

func (e *Between) print(p *printer) {
	p.expr(e.X, precCompare)
	p.wordIf(e.Not, "NOT")
	p.word("BETWEEN")
	p.expr(e.Low, precCompare+1)
	p.word("AND")
	p.expr(e.High, precCompare+1)
}

func (e *InList) print(p *printer) {
	p.expr(e.X, precCompare)
	p.wordIf(e.Not, "NOT")
	p.word("IN (")
	p.exprs(e.List)
	p.raw(")")
}

func (e *InQuery) print(p *printer) {
	p.expr(e.X, precCompare)
	p.wordIf(e.Not, "NOT")
	p.word("IN (")
	e.Query.print(p)
	p.raw(")")
}

func (e *Like) print(p *printer) {
	p.expr(e.X, precCompare)
	p.wordIf(e.Not, "NOT")
	p.word(string(e.Op))
	if e.Quant != NoQuantifier {
		p.word(string(e.Quant) + " (")
		p.exprs(e.Patterns)
		p.raw(")")
	} else {
		p.expr(e.Patterns[0], precCompare+1)
	}
	if e.Escape != nil {
		p.word("ESCAPE")
		p.expr(e.Escape, precCompare+1)
	}
}

func (e *Case) print(p *printer) {
	p.word("CASE")
	if e.Operand != nil {
		p.expr(e.Operand, precOr)
	}
	for _, w := range e.Whens {
		w.print(p)
	}
	if e.Else != nil {
		p.word("ELSE")
		p.expr(e.Else, precOr)
	}
	p.word("END")
}

func (w *When) print(p *printer) {
	p.word("WHEN")
	p.expr(w.Cond, precOr)
	p.word("THEN")
	p.expr(w.Then, precOr)
}

func (e *Cast) print(p *printer) {
	p.word("CAST(")
	p.expr(e.X, precOr)
	p.word("AS")
	p.typ(e.Type)
	p.raw(")")
}

func (e *Extract) print(p *printer) {
	p.word("EXTRACT(" + string(e.Field) + " FROM")
	p.expr(e.X, precOr)
	p.raw(")")
}

func (e *Trim) print(p *printer) {
	p.word("TRIM(" + e.Side)
	switch e.Chars.(type) {
	case nil:
	case *StringLit:
		p.expr(e.Chars, precOr)
	default: // so that the side cannot be taken for a column
		p.word("(")
		p.expr(e.Chars, precOr)
		p.raw(")")
	}
	p.word("FROM")
	p.expr(e.X, precOr)
	p.raw(")")
}

func (e *Index) print(p *printer) {
	p.expr(e.X, precPostfix)
	p.raw("[")
	p.expr(e.I, precOr)
	p.raw("]")
}

func (e *FieldRef) print(p *printer) {
	min := precPostfix
	switch e.X.(type) {
	case *ColumnRef, *NumberLit:
		min = precPrimary + 1 // a.b is another thing, 1.b no thing at all
	}
	p.expr(e.X, min)
	p.raw(".")
	p.ident(e.Name)
}

func (e *Exists) print(p *printer) {
	p.word("EXISTS (")
	e.Query.print(p)
	p.raw(")")
}

func (e *Subquery) print(p *printer) {
	p.word("(")
	e.Query.print(p)
	p.raw(")")
}

func (e *Lambda) print(p *printer) {
	if e.Types != nil {
		p.word("FUNCTION(")
		for i, t := range e.Types {
			p.comma(i)
			p.variable(Ident{Name: e.Params[i].Name[1:], Quoted: e.Params[i].Quoted})
			t.print(p)
		}
		p.raw(")")
		p.word("AS")
		p.expr(e.Body, precOr)
		return
	}
	if len(e.Params) == 1 {
		p.ident(e.Params[0])
	} else {
		p.idents(e.Params)
	}
	p.op("->")
	p.expr(e.Body, precOr)
}

func (e *Row) print(p *printer) {
	p.word("(")
	p.exprs(e.Items)
	p.raw(")")
}
