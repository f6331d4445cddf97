package syntax

// Cost is COST SQL statement: what the statement would read.
type Cost struct {
	Source
	Statement Statement
}

// Count is COUNT t [PARTITION (…)]: the number of rows.
type Count struct {
	Source
	Name      Name
	Partition *PartitionSpec // nil when absent
}

func (p *parser) cost() Statement {
	p.expect("COST", "SQL")
	return &Cost{Statement: p.statement()}
}

func (p *parser) count() Statement {
	p.expect("COUNT")
	c := &Count{Name: p.tableName()}
	if p.at("PARTITION") {
		c.Partition = p.constantPartition()
	}
	return c
}

func (c *Cost) each(visit func(Node)) { visit(c.Statement) }

func (c *Cost) print(p *printer) {
	p.word("COST SQL")
	c.Statement.print(p)
}

func (c *Count) each(visit func(Node)) {
	if c.Partition != nil {
		visit(c.Partition)
	}
}

func (c *Count) print(p *printer) {
	p.word("COUNT")
	p.name(c.Name)
	if c.Partition != nil {
		c.Partition.print(p)
	}
}
