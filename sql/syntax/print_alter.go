package syntax

func (a *AlterTable) each(visit func(Node)) {
	if a.Partition != nil {
		visit(a.Partition)
	}
	visit(a.Action)
}

func (a *AlterTable) print(p *printer) {
	p.word("ALTER")
	switch {
	case a.Materialized:
		p.word("MATERIALIZED VIEW")
	case a.View:
		p.word("VIEW")
	default:
		p.word("TABLE")
	}
	p.name(a.Name)
	if a.Partition != nil {
		a.Partition.print(p)
	}
	a.Action.print(p)
}

func (n *RenameTable) each(func(Node)) {}

func (n *RenameTable) print(p *printer) {
	p.word("RENAME TO")
	p.name(n.To)
}

func (n *ChangeOwner) each(func(Node)) {}

func (n *ChangeOwner) print(p *printer) {
	p.word("CHANGEOWNER TO")
	p.str(n.Owner)
}

func (n *SetComment) each(func(Node)) {}

func (n *SetComment) print(p *printer) {
	p.word("SET COMMENT")
	p.str(n.Comment)
}

func (n *SetLifecycle) each(func(Node)) {}

func (n *SetLifecycle) print(p *printer) { p.word("SET LIFECYCLE " + n.Days) }

func (n *EnableLifecycle) each(func(Node)) {}

func (n *EnableLifecycle) print(p *printer) {
	if n.Disable {
		p.word("DISABLE LIFECYCLE")
	} else {
		p.word("ENABLE LIFECYCLE")
	}
}

func (n *SetProperties) each(visit func(Node)) { visitAll(visit, n.Properties) }

func (n *SetProperties) print(p *printer) {
	p.word("SET TBLPROPERTIES")
	printParens(p, n.Properties)
}

func (n *UnsetProperties) each(func(Node)) {}

func (n *UnsetProperties) print(p *printer) {
	p.word("UNSET TBLPROPERTIES")
	p.wordIf(n.IfExists, "IF EXISTS")
	p.word("(")
	for i, key := range n.Keys {
		p.comma(i)
		p.str(key)
	}
	p.raw(")")
}

func (n *Touch) each(visit func(Node)) {
	if n.Partition != nil {
		visit(n.Partition)
	}
}

func (n *Touch) print(p *printer) {
	p.word("TOUCH")
	if n.Partition != nil {
		n.Partition.print(p)
	}
}

func (n *AddPartition) each(visit func(Node)) { visitAll(visit, n.Partitions) }

func (n *AddPartition) print(p *printer) {
	p.word("ADD")
	p.wordIf(n.IfNotExists, "IF NOT EXISTS")
	for _, spec := range n.Partitions {
		spec.print(p)
	}
}

func (n *DropPartition) each(visit func(Node)) { visitAll(visit, n.Partitions) }

func (n *DropPartition) print(p *printer) {
	p.word("DROP")
	p.wordIf(n.IfExists, "IF EXISTS")
	printList(p, n.Partitions)
	p.wordIf(n.Purge, "PURGE")
}

func (n *RenamePartition) each(visit func(Node)) { visit(n.To) }

func (n *RenamePartition) print(p *printer) {
	p.word("RENAME TO")
	n.To.print(p)
}

func (n *AddColumns) each(visit func(Node)) { visitAll(visit, n.Columns) }

func (n *AddColumns) print(p *printer) {
	p.word("ADD COLUMNS")
	p.wordIf(n.IfNotExists, "IF NOT EXISTS")
	printParens(p, n.Columns)
}

func (n *DropColumns) each(func(Node)) {}

func (n *DropColumns) print(p *printer) {
	p.word("DROP COLUMNS")
	for i, c := range n.Columns {
		p.comma(i)
		p.ident(c)
	}
}

func (n *RenameColumn) each(func(Node)) {}

func (n *RenameColumn) print(p *printer) {
	p.word("RENAME COLUMN")
	p.ident(n.From)
	p.word("TO")
	p.ident(n.To)
}

func (n *ChangeColumn) each(func(Node)) {}

func (n *ChangeColumn) print(p *printer) {
	p.word("CHANGE COLUMN")
	p.ident(n.Old)
	p.ident(n.New)
	p.typ(n.Type)
	if n.HasComment {
		p.word("COMMENT")
		p.str(n.Comment)
	}
	p.wordIf(n.First, "FIRST")
	if !n.After.IsZero() {
		p.word("AFTER")
		p.ident(n.After)
	}
}

func (n *CommentColumn) each(func(Node)) {}

func (n *CommentColumn) print(p *printer) {
	p.word("CHANGE COLUMN")
	p.ident(n.Column)
	p.word("COMMENT")
	p.str(n.Comment)
}

func (n *NullColumn) each(func(Node)) {}

func (n *NullColumn) print(p *printer) {
	p.word("CHANGE COLUMN")
	p.ident(n.Column)
	p.word("NULL")
}

func (n *AlterViewQuery) each(visit func(Node)) { visit(n.Query) }

func (n *AlterViewQuery) print(p *printer) {
	p.word("AS")
	n.Query.print(p)
}
