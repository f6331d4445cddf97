package syntax

func (c *CreateTable) each(visit func(Node)) {
	visitAll(visit, c.Columns)
	visitAll(visit, c.Partitions)
	if c.AutoPart != nil {
		visit(c.AutoPart)
	}
	if c.Cluster != nil {
		visit(c.Cluster)
	}
	if c.Format != nil {
		visit(c.Format)
	}
	visitAll(visit, c.Properties)
	if c.As != nil {
		visit(c.As)
	}
}

func (c *CreateTable) print(p *printer) {
	p.word("CREATE")
	p.wordIf(c.OrReplace, "OR REPLACE")
	p.wordIf(c.Temporary, "TEMPORARY")
	p.wordIf(c.External, "EXTERNAL")
	p.word("TABLE")
	p.wordIf(c.IfNotExists, "IF NOT EXISTS")
	p.name(c.Name)
	if !c.Like.IsZero() {
		p.word("LIKE")
		p.name(c.Like)
	}
	c.printElements(p)
	p.comment(c.Comment)
	if c.Partitions != nil {
		p.word("PARTITIONED BY")
		printParens(p, c.Partitions)
	}
	if c.AutoPart != nil {
		c.AutoPart.print(p)
	}
	if c.Cluster != nil {
		c.Cluster.print(p)
	}
	if c.Format != nil {
		c.Format.print(p)
	}
	if c.Location != "" {
		p.word("LOCATION")
		p.str(c.Location)
	}
	if c.Properties != nil {
		p.word("TBLPROPERTIES")
		printParens(p, c.Properties)
	}
	if c.Lifecycle != "" {
		p.word("LIFECYCLE")
		p.word(c.Lifecycle)
	}
	if c.As != nil {
		p.word("AS")
		c.As.print(p)
	}
}

func (c *CreateTable) printElements(p *printer) {
	if c.Columns == nil && c.PrimaryKey == nil {
		return
	}
	p.word("(")
	printList(p, c.Columns)
	if c.PrimaryKey != nil {
		if c.Columns != nil {
			p.raw(",")
		}
		if !c.Constraint.IsZero() {
			p.word("CONSTRAINT")
			p.ident(c.Constraint)
		}
		p.word("PRIMARY KEY")
		p.idents(c.PrimaryKey)
	}
	p.raw(")")
}

func (d *ColumnDef) each(visit func(Node)) { visitExprs(visit, d.Default) }

func (d *ColumnDef) print(p *printer) {
	p.ident(d.Name)
	p.typ(d.Type)
	p.wordIf(d.NotNull, "NOT NULL")
	p.wordIf(d.PrimaryKey, "PRIMARY KEY")
	if d.Default != nil {
		p.word("DEFAULT")
		p.expr(d.Default, precIs+1)
	}
	p.comment(d.Comment)
}

func (a *AutoPartition) each(visit func(Node)) { visitExprs(visit, a.Expr) }

func (a *AutoPartition) print(p *printer) {
	p.word("AUTO PARTITIONED BY (")
	p.expr(a.Expr, precOr)
	p.alias(a.Name, nil)
	p.raw(")")
}

func (c *Clustering) each(visit func(Node)) { visitAll(visit, c.SortBy) }

func (c *Clustering) print(p *printer) {
	p.wordIf(c.Range, "RANGE")
	p.word("CLUSTERED BY")
	p.idents(c.Columns)
	if c.SortBy != nil {
		p.word("SORTED BY")
		printParens(p, c.SortBy)
	}
	if c.Buckets != "" {
		p.word("INTO " + c.Buckets + " BUCKETS")
	}
}
