package syntax

// Clone is CLONE TABLE s [PARTITION (…), …] TO d [IF EXISTS OVERWRITE|IGNORE].
type Clone struct {
	Source
	From       Name
	Partitions []*PartitionSpec
	To         Name
	IfExists   string // OVERWRITE, IGNORE or ""
}

func (p *parser) clone() Statement {
	c := &Clone{}
	p.expect("CLONE", "TABLE")
	c.From = p.tableName()
	if p.at("PARTITION") {
		c.Partitions = p.partitions()
	}
	p.expect("TO")
	c.To = p.tableName()
	if p.ifExists() {
		if !p.at("OVERWRITE", "IGNORE") {
			p.unexpected("OVERWRITE or IGNORE")
			return c
		}
		c.IfExists = p.next().word()
	}
	return c
}

func (c *Clone) each(visit func(Node)) { visitAll(visit, c.Partitions) }

func (c *Clone) print(p *printer) {
	p.word("CLONE TABLE")
	p.name(c.From)
	printList(p, c.Partitions)
	p.word("TO")
	p.name(c.To)
	p.wordIf(c.IfExists != "", "IF EXISTS "+c.IfExists)
}
