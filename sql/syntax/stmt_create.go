package syntax

// create reads the words all CREATE statements share and hands on by what is
// created.
func (p *parser) create() Statement {
	p.expect("CREATE")
	replace := p.accept("OR", "REPLACE")
	temporary := p.accept("TEMPORARY")
	external := p.accept("EXTERNAL")
	switch {
	case p.at("TABLE"):
		return p.createTable(&CreateTable{OrReplace: replace, Temporary: temporary, External: external})
	case p.at("VIEW") && !temporary && !external:
		return p.createView(replace)
	case p.at("SCHEMA", "PROJECT") && !temporary && !external && !replace:
		return p.createSchema()
	case p.atSeq("MATERIALIZED", "VIEW") && !temporary && !external && !replace:
		return p.createMaterialized()
	case (p.at("FUNCTION") || p.atSeq("SQL", "FUNCTION")) && !external:
		return p.createFunction(&CreateFunction{OrReplace: replace, Temporary: temporary})
	}
	p.refuse("CREATE")
	p.unexpected("TABLE, VIEW, FUNCTION or SCHEMA")
	return &CreateSchema{}
}

func (p *parser) ifNotExists() bool { return p.accept("IF", "NOT", "EXISTS") }

func (p *parser) ifExists() bool { return p.accept("IF", "EXISTS") }

// comment reads [COMMENT 'text'].
func (p *parser) comment() string {
	if !p.accept("COMMENT") {
		return ""
	}
	return p.stringValue("a comment string")
}
