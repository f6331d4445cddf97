package syntax

import "github.com/bixidata/bixi/sql/diag"

// CreateFunction is CREATE [OR REPLACE] [TEMPORARY] [SQL] FUNCTION, or FUNCTION
// alone, which is temporary too. Its value is Body, or what the statements of Block
// leave in the variable Result.
type CreateFunction struct {
	Source
	OrReplace   bool
	Temporary   bool
	Bare        bool // FUNCTION without CREATE
	IfNotExists bool
	Name        Name
	Params      []*Param
	Result      Ident      // of RETURNS @r; zero when absent
	Returns     *ParamType // nil when absent
	Comment     string
	Body        Expr
	Block       []Statement
}

// createFunction reads on behind CREATE … .
func (p *parser) createFunction(c *CreateFunction) Statement {
	p.accept("SQL")
	p.expect("FUNCTION")
	c.IfNotExists = p.ifNotExists()
	c.Name = p.name("a function name")
	if p.at("AS") {
		p.failHint(diag.CodeUnsupported, "write it in SQL: CREATE FUNCTION f(@a BIGINT) AS @a + 1", "functions written in Java or Python")
		return c
	}
	c.Params = p.params()
	c.Result, c.Returns = p.returns()
	c.Comment = p.comment()
	p.expect("AS")
	if p.at("BEGIN") {
		c.Block = p.block()
		return c
	}
	c.Body = p.expr()
	return c
}

// returns reads [RETURNS [@r] type].
func (p *parser) returns() (result Ident, t *ParamType) {
	if !p.accept("RETURNS") {
		return Ident{}, nil
	}
	if p.atOp("@") {
		result = p.variableName()
	}
	return result, p.paramType()
}

func (p *parser) functionStatement() Statement {
	return p.createFunction(&CreateFunction{Temporary: true, Bare: true})
}

func (p *parser) listStatement() Statement {
	s := &Show{Kind: ShowFunctions}
	p.expect("LIST")
	p.refuse("LIST")
	p.expect("FUNCTIONS")
	return s
}

func (c *CreateFunction) each(visit func(Node)) {
	visitAll(visit, c.Params)
	if c.Returns != nil {
		visit(c.Returns)
	}
	visitExprs(visit, c.Body)
	visitAll(visit, c.Block)
}

func (c *CreateFunction) print(p *printer) {
	if !c.Bare {
		p.word("CREATE")
		p.wordIf(c.OrReplace, "OR REPLACE")
		p.wordIf(c.Temporary, "TEMPORARY")
		p.word("SQL")
	}
	p.word("FUNCTION")
	p.wordIf(c.IfNotExists, "IF NOT EXISTS")
	p.name(c.Name)
	p.params(c.Params)
	p.returns(c.Result, c.Returns)
	p.comment(c.Comment)
	p.word("AS")
	if c.Body != nil {
		p.expr(c.Body, precOr)
		return
	}
	p.block(c.Block)
}

// params writes (@a type, …) right behind a name.
func (p *printer) params(list []*Param) {
	p.raw("(")
	printList(p, list)
	p.raw(")")
}

func (p *printer) returns(result Ident, t *ParamType) {
	if t == nil {
		return
	}
	p.word("RETURNS")
	if !result.IsZero() {
		p.variable(result)
	}
	t.print(p)
}
