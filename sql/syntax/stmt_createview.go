package syntax

// CreateView is CREATE [OR REPLACE] VIEW. The columns have no types.
type CreateView struct {
	Source
	OrReplace   bool
	IfNotExists bool
	Name        Name
	Columns     []*ViewColumn
	Comment     string
	Properties  []*Property
	Query       *Query
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
			p.unsupported("views with parameters")
		}
		c.Columns = parens(p, p.viewColumn)
	}
	c.Comment = p.comment()
	if p.at("PARTITIONED") {
		p.unsupported("PARTITIONED ON of a view")
	}
	if p.accept("TBLPROPERTIES") {
		c.Properties = p.properties()
	}
	p.expect("AS")
	c.Query = p.query()
	return c
}

func (p *parser) viewColumn() *ViewColumn {
	return &ViewColumn{Start: p.start(), Name: p.columnName(), Comment: p.comment()}
}

func (c *CreateView) each(visit func(Node)) {
	visitAll(visit, c.Columns)
	visitAll(visit, c.Properties)
	visit(c.Query)
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
	p.comment(c.Comment)
	if c.Properties != nil {
		p.word("TBLPROPERTIES")
		printParens(p, c.Properties)
	}
	p.word("AS")
	c.Query.print(p)
}

func (c *ViewColumn) each(func(Node)) {}

func (c *ViewColumn) print(p *printer) {
	p.ident(c.Name)
	p.comment(c.Comment)
}
