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
