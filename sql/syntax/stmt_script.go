package syntax

// Program is a script that is one statement: its statements run in order, with
// variables, and have one outcome.
type Program struct {
	Source
	Statements []Statement
}

// Assign is @name [type] [CACHE ON] := query, or := expr. Exactly one of Query and
// Expr is set.
type Assign struct {
	Source
	Name  Ident
	Type  *ParamType // nil when absent
	Cache bool
	Query *Query
	Expr  Expr
}

// If is IF cond then [ELSE else], each a statement or BEGIN … END.
type If struct {
	Source
	Cond Expr
	Then []Statement
	Else []Statement
}

// Loop is LOOP @var FROM from TO to BEGIN … END.
type Loop struct {
	Source
	Var      Ident
	From, To Expr
	Body     []Statement
}

// ParseProgram reads a script that is one statement.
func ParseProgram(text string) (*Program, error) {
	list, err := Parse(text)
	if err != nil {
		return nil, err
	}
	prog := &Program{Statements: list}
	prog.Range.End = len(text)
	if len(list) > 0 {
		prog.At = list[0].Pos()
	}
	return prog, nil
}

// endsInBlock reports whether the last word of s is the END of a block, so that no
// semicolon need follow.
func endsInBlock(s Statement) bool {
	switch s := s.(type) {
	case *If, *Loop:
		return true
	case *CreateFunction:
		return s.Body == nil
	case *CreateView:
		return s.Block != nil
	}
	return false
}

func (p *parser) assign() Statement {
	a := &Assign{Name: p.variableName()}
	if !p.atOp(":=") && !p.at("CACHE") {
		a.Type = p.paramType()
	}
	a.Cache = p.accept("CACHE", "ON")
	p.expectOp(":=")
	a.Cache = p.accept("CACHE", "ON") || a.Cache
	if p.beginsQuery() && (a.Type == nil || a.Type.Kind == ParamTable) {
		a.Query = p.query()
		return a
	}
	a.Expr = p.expr()
	return a
}

// beginsQuery reports whether a query follows, maybe in parentheses.
func (p *parser) beginsQuery() bool {
	n := 0
	for p.peek(n).op() == "(" {
		n++
	}
	switch p.peek(n).word() {
	case "SELECT", "WITH", "VALUES", "FROM":
	default:
		return false
	}
	if n == 0 {
		return true
	}
	// (SELECT …) + 1 is an expression.
	for open := n; open > 0 && p.peek(n).kind != tokEOF; n++ {
		switch p.peek(n).op() {
		case "(":
			open++
		case ")":
			open--
		}
	}
	switch p.peek(n).word() {
	case "UNION", "INTERSECT", "EXCEPT", "MINUS", "ORDER", "DISTRIBUTE", "SORT", "CLUSTER", "LIMIT", "OFFSET", "END", "ELSE":
		return true
	}
	return p.peek(n).kind == tokEOF || p.peek(n).op() == ";"
}

func (p *parser) ifStatement() Statement {
	s := &If{}
	p.expect("IF")
	if !p.enter() {
		return s
	}
	defer p.leave()
	s.Cond = p.expr()
	s.Then = p.branch()
	if p.atOp(";") && p.peek(1).word() == "ELSE" {
		p.next()
	}
	if p.accept("ELSE") {
		s.Else = p.branch()
	}
	return s
}

func (p *parser) loop() Statement {
	s := &Loop{}
	p.expect("LOOP")
	if !p.enter() {
		return s
	}
	defer p.leave()
	s.Var = p.variableName()
	p.expect("FROM")
	s.From = p.expr()
	p.expect("TO")
	s.To = p.expr()
	s.Body = p.branch()
	return s
}

// branch reads one statement or a block.
func (p *parser) branch() []Statement {
	if p.at("BEGIN") {
		return p.block()
	}
	return []Statement{p.statement()}
}

// block reads BEGIN statements END.
func (p *parser) block() []Statement {
	list := []Statement{}
	p.expect("BEGIN")
	for p.err == nil {
		for p.acceptOp(";") {
		}
		if p.accept("END") {
			return list
		}
		s := p.statement()
		list = append(list, s)
		if p.err == nil && !p.atOp(";") && !p.at("END") && !endsInBlock(s) {
			p.unexpected("a semicolon or END")
		}
	}
	return list
}

func (s *Program) each(visit func(Node)) { visitAll(visit, s.Statements) }

func (a *Assign) each(visit func(Node)) {
	if a.Type != nil {
		visit(a.Type)
	}
	if a.Query != nil {
		visit(a.Query)
	}
	visitExprs(visit, a.Expr)
}

func (s *If) each(visit func(Node)) {
	visit(s.Cond)
	visitAll(visit, s.Then)
	visitAll(visit, s.Else)
}

func (s *Loop) each(visit func(Node)) {
	visitExprs(visit, s.From, s.To)
	visitAll(visit, s.Body)
}

func (s *Program) print(p *printer) {
	for i, x := range s.Statements {
		if i > 0 {
			p.raw(";")
		}
		x.print(p)
	}
}

func (a *Assign) print(p *printer) {
	p.variable(a.Name)
	if a.Type != nil {
		a.Type.print(p)
	}
	p.wordIf(a.Cache, "CACHE ON")
	p.op(":=")
	if a.Query != nil {
		a.Query.print(p)
		return
	}
	p.expr(a.Expr, precOr)
}

// block writes BEGIN … END.
func (p *printer) block(list []Statement) {
	p.word("BEGIN")
	for _, s := range list {
		s.print(p)
		p.raw(";")
	}
	p.word("END")
}

func (s *If) print(p *printer) {
	p.word("IF")
	p.expr(s.Cond, precOr)
	p.block(s.Then)
	if s.Else != nil {
		p.word("ELSE")
		p.block(s.Else)
	}
}

func (s *Loop) print(p *printer) {
	p.word("LOOP")
	p.variable(s.Var)
	p.word("FROM")
	p.expr(s.From, precOr)
	p.word("TO")
	p.expr(s.To, precOr)
	p.block(s.Body)
}
