package syntax

// CreateView is CREATE [OR REPLACE] VIEW. The columns have no types.
type CreateView struct {
	Source
	OrReplace   bool
	IfNotExists bool
	Name        Name
	Columns     []*ViewColumn
	// Params, if not nil, are those of a view with parameters.
	Params     []*Param
	Result     Ident      // of RETURNS @r; zero when absent
	Returns    *ParamType // nil when absent
	Block      []Statement
	Comment    string
	Properties []*Property
	Query      *Query
}

// ViewColumn is a column name of a view.
type ViewColumn struct {
	Start
	Name    Ident
	Comment string
}

func (p *parser) createView(replace bool) Statement {
	c := &CreateView{OrReplace: replace}
	p.expect("VIEW")
	c.IfNotExists = p.ifNotExists()
	c.Name = p.tableName()
	if p.atOp("(") {
		if p.peek(1).op() == "@" {
			c.Params = p.params()
			c.Result, c.Returns = p.returns()
		} else {
			c.Columns = parens(p, p.viewColumn)
		}
	}
	c.Comment = p.comment()
	if p.at("PARTITIONED") {
		p.unsupported("PARTITIONED ON of a view")
	}
	if p.accept("TBLPROPERTIES") {
		c.Properties = p.properties()
	}
	p.expect("AS")
	if c.Params != nil && p.at("BEGIN") {
		c.Block = p.block()
		return c
	}
	c.Query = p.query()
	return c
}

func (p *parser) viewColumn() *ViewColumn {
	return &ViewColumn{Start: p.start(), Name: p.columnName(), Comment: p.comment()}
}

func (c *CreateView) each(visit func(Node)) {
	visitAll(visit, c.Columns)
	visitAll(visit, c.Params)
	if c.Returns != nil {
		visit(c.Returns)
	}
	visitAll(visit, c.Properties)
	if c.Query != nil {
		visit(c.Query)
	}
	visitAll(visit, c.Block)
}

func (c *CreateView) print(p *printer) {
	p.word("CREATE")
	p.wordIf(c.OrReplace, "OR REPLACE")
	p.word("VIEW")
	p.wordIf(c.IfNotExists, "IF NOT EXISTS")
	p.name(c.Name)
	if c.Columns != nil {
		printParens(p, c.Columns)
	}
	if c.Params != nil {
		p.params(c.Params)
		p.returns(c.Result, c.Returns)
	}
	p.comment(c.Comment)
	if c.Properties != nil {
		p.word("TBLPROPERTIES")
		printParens(p, c.Properties)
	}
	p.word("AS")
	if c.Query == nil {
		p.block(c.Block)
		return
	}
	c.Query.print(p)
}

func (c *ViewColumn) each(func(Node)) {}

func (c *ViewColumn) print(p *printer) {
	p.ident(c.Name)
	p.comment(c.Comment)
}
