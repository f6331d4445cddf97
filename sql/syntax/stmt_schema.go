package syntax

// CreateSchema is CREATE SCHEMA or CREATE PROJECT.
type CreateSchema struct {
	Source
	Project     bool
	IfNotExists bool
	Name        Name
	Comment     string
}

func (p *parser) createSchema() Statement {
	c := &CreateSchema{Project: p.next().word() == "PROJECT"}
	c.IfNotExists = p.ifNotExists()
	c.Name = p.name("a schema name")
	c.Comment = p.comment()
	return c
}

func (c *CreateSchema) each(func(Node)) {}

func (c *CreateSchema) print(p *printer) {
	kind := ObjectSchema
	if c.Project {
		kind = ObjectProject
	}
	p.word("CREATE " + string(kind))
	p.wordIf(c.IfNotExists, "IF NOT EXISTS")
	p.name(c.Name)
	p.comment(c.Comment)
}

// AlterSchema is ALTER SCHEMA s CHANGEOWNER TO or SET COMMENT; Action says which.
type AlterSchema struct {
	Source
	Name   Name
	Action AlterAction
}

func (p *parser) alterSchema() Statement {
	a := &AlterSchema{}
	p.expect("SCHEMA")
	a.Name = p.name("a schema name")
	at := actionNode{p.start()}
	switch {
	case p.accept("CHANGEOWNER", "TO"):
		a.Action = &ChangeOwner{at, p.owner()}
	case p.accept("SET", "COMMENT"):
		a.Action = &SetComment{at, p.stringValue("a comment string")}
	default:
		p.unexpected("CHANGEOWNER TO or SET COMMENT")
		a.Action = &Touch{}
	}
	return a
}

func (a *AlterSchema) each(visit func(Node)) { visit(a.Action) }

func (a *AlterSchema) print(p *printer) {
	p.word("ALTER SCHEMA")
	p.name(a.Name)
	a.Action.print(p)
}
