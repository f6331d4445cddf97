package syntax

// Use is USE project or USE SCHEMA schema.
type Use struct {
	Source
	Schema bool
	Name   Name
}

func (p *parser) use() Statement {
	u := &Use{}
	p.expect("USE")
	if p.at("SCHEMA") && isName(p.peek(1)) {
		p.next()
		u.Schema = true
	}
	u.Name = p.name("a project name")
	return u
}

func (u *Use) each(func(Node)) {}

func (u *Use) print(p *printer) {
	p.word("USE")
	p.wordIf(u.Schema, "SCHEMA")
	p.name(u.Name)
}
