package syntax

func (p *parser) alter() Statement {
	a := &AlterTable{}
	p.expect("ALTER")
	switch {
	case p.at("SCHEMA"):
		return p.alterSchema()
	case p.accept("TABLE"):
	case p.accept("MATERIALIZED", "VIEW"):
		a.Materialized = true
	case p.accept("VIEW"):
		a.View = true
	default:
		p.unexpected("TABLE or VIEW")
	}
	a.Name = p.tableName()
	switch {
	case a.Materialized:
		a.Action = p.materializedAction()
	case p.atSeq("PARTITION", "COLUMN"):
		a.Action = p.partitionColumn()
	case p.at("PARTITION"):
		a.Partition = p.constantPartition()
		a.Action = p.partitionAction()
	default:
		a.Action = p.alterAction(a.View)
	}
	return a
}

// partitionAction reads what ALTER TABLE t PARTITION (…) may do.
func (p *parser) partitionAction() AlterAction {
	at := actionNode{p.start()}
	switch {
	case p.accept("RENAME"):
		p.expect("TO")
		return &RenamePartition{at, p.constantPartition()}
	case p.at("ENABLE", "DISABLE"):
		return p.enableLifecycle(at)
	case p.atCompact():
		return p.compact(at)
	case p.accept("TOUCH"):
		return &Touch{actionNode: at}
	case p.at("SET", "ARCHIVE"):
		p.unsupported("%s of a partition", p.tok().word())
	}
	p.unexpected("RENAME TO, ENABLE LIFECYCLE, DISABLE LIFECYCLE, MERGE SMALLFILES or COMPACT")
	return &Touch{}
}

func (p *parser) alterAction(view bool) AlterAction {
	at := actionNode{p.start()}
	switch {
	case view && p.accept("AS"):
		return &AlterViewQuery{at, p.query()}
	case p.accept("RENAME", "TO"):
		return &RenameTable{at, p.tableName()}
	case p.accept("CHANGEOWNER", "TO"):
		return &ChangeOwner{at, p.owner()}
	case p.accept("SET"):
		return p.alterSet(at)
	case p.accept("UNSET", "TBLPROPERTIES"):
		u := &UnsetProperties{actionNode: at, IfExists: p.ifExists()}
		u.Keys = parens(p, func() string { return p.stringValue("a property name in quotes") })
		return u
	case p.at("ENABLE", "DISABLE"):
		return p.enableLifecycle(at)
	case p.accept("TOUCH"):
		t := &Touch{actionNode: at}
		if p.at("PARTITION") {
			t.Partition = p.constantPartition()
		}
		return t
	case p.accept("ADD"):
		return p.alterAdd(at)
	case p.accept("DROP"):
		return p.alterDrop(at)
	case p.accept("RENAME", "COLUMN"):
		from := p.columnName()
		p.expect("TO")
		return &RenameColumn{at, from, p.columnName()}
	case p.accept("CHANGE"):
		return p.alterColumn(at)
	case p.accept("REPLACE", "COLUMNS"):
		return &ReplaceColumns{at, parens(p, p.columnDef)}
	case p.at("CLUSTERED"), p.atSeq("RANGE", "CLUSTERED"), p.at("NOT"):
		return p.alterClustering(at)
	case p.atCompact():
		return p.compact(at)
	case p.accept("MERGE"):
		return p.mergePartitions(at)
	case p.accept("EXCHANGE"):
		n := &ExchangePartition{actionNode: at, Partition: p.constantPartition()}
		p.expect("WITH", "TABLE")
		n.With = p.tableName()
		return n
	}
	p.refuse("ALTER TABLE")
	p.unexpected("what to alter: RENAME, ADD, DROP, SET, CHANGE, TOUCH")
	return &Touch{}
}

func (p *parser) owner() string {
	if isName(p.tok()) {
		return p.ident("a user name").Name
	}
	return p.stringValue("a user name")
}

func (p *parser) enableLifecycle(at actionNode) AlterAction {
	n := &EnableLifecycle{at, p.next().word() == "DISABLE"}
	p.expect("LIFECYCLE")
	return n
}

func (p *parser) alterSet(at actionNode) AlterAction {
	switch {
	case p.accept("COMMENT"):
		return &SetComment{at, p.stringValue("a comment string")}
	case p.accept("LIFECYCLE"):
		return &SetLifecycle{at, p.number("a number of days")}
	case p.accept("TBLPROPERTIES"):
		return &SetProperties{at, p.properties()}
	case p.accept("LOCATION"):
		return &SetLocation{at, p.stringValue("a location string")}
	}
	p.refuse("SET")
	p.unexpected("COMMENT, LIFECYCLE or TBLPROPERTIES")
	return &Touch{}
}

func (p *parser) alterAdd(at actionNode) AlterAction {
	if p.at("COLUMNS", "COLUMN") {
		p.next()
		n := &AddColumns{actionNode: at, IfNotExists: p.ifNotExists()}
		if p.atOp("(") {
			n.Columns = parens(p, p.columnDef)
		} else {
			n.Columns = []*ColumnDef{p.columnDef()}
		}
		return n
	}
	if p.at("CONSTRAINT") || p.atSeq("PRIMARY", "KEY") {
		return p.addConstraint(at)
	}
	n := &AddPartition{actionNode: at, IfNotExists: p.ifNotExists()}
	if !p.at("PARTITION") {
		p.unexpected("PARTITION or COLUMNS")
		return n
	}
	n.Partitions = []*PartitionSpec{p.constantPartition()}
	for p.acceptOp(",") || p.at("PARTITION") {
		n.Partitions = append(n.Partitions, p.constantPartition())
	}
	if p.at("LOCATION") {
		p.unsupported("LOCATION of a partition")
	}
	return n
}

func (p *parser) alterDrop(at actionNode) AlterAction {
	if p.at("COLUMN", "COLUMNS") {
		p.next()
		n := &DropColumns{actionNode: at}
		if p.atOp("(") {
			n.Columns = parens(p, p.columnName)
		} else {
			n.Columns = list(p, p.columnName)
		}
		return n
	}
	switch {
	case p.accept("CONSTRAINT"):
		return &DropConstraint{at, p.ident("a constraint name")}
	case p.accept("PRIMARY", "KEY"):
		return &DropConstraint{actionNode: at}
	}
	n := &DropPartition{actionNode: at, IfExists: p.ifExists()}
	if !p.at("PARTITION") {
		p.unexpected("PARTITION or COLUMNS")
		return n
	}
	n.Partitions = p.partitions()
	n.Purge = p.accept("PURGE")
	return n
}

// alterColumn reads what follows CHANGE [COLUMN].
func (p *parser) alterColumn(at actionNode) AlterAction {
	if p.at("COLUMN") && (isName(p.peek(2)) || p.peek(2).word() == "NULL") {
		p.next() // otherwise it is the column's name
	}
	column := p.columnName()
	switch {
	case p.accept("RENAME", "TO"):
		return &RenameColumn{at, column, p.columnName()}
	case p.at("COMMENT") && (p.peek(1).kind == tokString || p.peek(1).kind == tokRaw):
		p.next()
		return &CommentColumn{at, column, p.stringValue("a comment string")}
	case p.accept("NULL"):
		return &NullColumn{at, column}
	}
	n := &ChangeColumn{actionNode: at, Old: column, New: p.columnName(), TypePos: p.pos()}
	n.Type = p.typ()
	if p.at("COMMENT") {
		n.HasComment = true
		n.Comment = p.comment()
	}
	switch {
	case p.accept("FIRST"):
		n.First = true
	case p.accept("AFTER"):
		n.After = p.columnName()
	}
	return n
}
