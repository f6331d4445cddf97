package syntax

// CreateMaterialized is CREATE MATERIALIZED VIEW.
type CreateMaterialized struct {
	Source
	IfNotExists    bool
	Name           Name
	Lifecycle      string // days as written, "" when absent
	Deferred       bool   // BUILD DEFERRED: made without rows
	Columns        []*ViewColumn
	DisableRewrite bool
	Comment        string
	PartitionedOn  []Ident
	Cluster        *Clustering // nil when absent
	Properties     []*Property
	Query          *Query
}

// Rebuild is REBUILD [PARTITION (…), …] of a materialized view.
type Rebuild struct {
	actionNode
	Partitions []*PartitionSpec
}

// EnableRewrite is ENABLE or DISABLE REWRITE of a materialized view.
type EnableRewrite struct {
	actionNode
	Disable bool
}

func (p *parser) createMaterialized() Statement {
	c := &CreateMaterialized{}
	p.expect("MATERIALIZED", "VIEW")
	c.IfNotExists = p.ifNotExists()
	c.Name = p.tableName()
	for p.materializedOption(c) {
	}
	p.expect("AS")
	c.Query = p.query()
	return c
}

// materializedOption reads one clause between the name and AS; they come in any
// order.
func (p *parser) materializedOption(c *CreateMaterialized) bool {
	switch {
	case p.accept("LIFECYCLE"):
		c.Lifecycle = p.number("a number of days")
	case p.accept("BUILD", "DEFERRED"):
		c.Deferred = true
	case p.accept("DISABLE", "REWRITE"):
		c.DisableRewrite = true
	case p.atOp("(") && c.Columns == nil:
		c.Columns = parens(p, p.viewColumn)
	case p.at("COMMENT"):
		c.Comment = p.comment()
	case p.accept("PARTITIONED"):
		if !p.accept("ON") {
			p.expect("BY")
		}
		c.PartitionedOn = parens(p, p.columnName)
	case p.at("CLUSTERED"), p.atSeq("RANGE", "CLUSTERED"):
		c.Cluster = p.clustering()
	case p.accept("TBLPROPERTIES"):
		c.Properties = append(c.Properties, p.properties()...)
	default:
		return false
	}
	return true
}

// materializedAction reads what ALTER MATERIALIZED VIEW m may do.
func (p *parser) materializedAction() AlterAction {
	at := actionNode{p.start()}
	switch {
	case p.accept("REBUILD"):
		n := &Rebuild{actionNode: at}
		if p.at("PARTITION") {
			n.Partitions = p.partitions()
		}
		return n
	case p.accept("ENABLE", "REWRITE"):
		return &EnableRewrite{actionNode: at}
	case p.accept("DISABLE", "REWRITE"):
		return &EnableRewrite{at, true}
	case p.at("RENAME", "CHANGEOWNER", "SET", "UNSET", "TOUCH", "DROP"), p.atSeq("ENABLE", "LIFECYCLE"), p.atSeq("DISABLE", "LIFECYCLE"):
		return p.alterAction(false)
	}
	p.unexpected("REBUILD, ENABLE REWRITE, DISABLE REWRITE, SET, RENAME or DROP PARTITION")
	return &Touch{}
}

func (c *CreateMaterialized) each(visit func(Node)) {
	visitAll(visit, c.Columns)
	if c.Cluster != nil {
		visit(c.Cluster)
	}
	visitAll(visit, c.Properties)
	visit(c.Query)
}

func (c *CreateMaterialized) print(p *printer) {
	p.word("CREATE MATERIALIZED VIEW")
	p.wordIf(c.IfNotExists, "IF NOT EXISTS")
	p.name(c.Name)
	p.wordIf(c.Lifecycle != "", "LIFECYCLE "+c.Lifecycle)
	p.wordIf(c.Deferred, "BUILD DEFERRED")
	if c.Columns != nil {
		printParens(p, c.Columns)
	}
	p.wordIf(c.DisableRewrite, "DISABLE REWRITE")
	p.comment(c.Comment)
	if c.PartitionedOn != nil {
		p.word("PARTITIONED ON")
		p.idents(c.PartitionedOn)
	}
	if c.Cluster != nil {
		c.Cluster.print(p)
	}
	if c.Properties != nil {
		p.word("TBLPROPERTIES")
		printParens(p, c.Properties)
	}
	p.word("AS")
	c.Query.print(p)
}

func (n *Rebuild) each(visit func(Node)) { visitAll(visit, n.Partitions) }

func (n *Rebuild) print(p *printer) {
	p.word("REBUILD")
	printList(p, n.Partitions)
}

func (n *EnableRewrite) each(func(Node)) {}

func (n *EnableRewrite) print(p *printer) {
	if n.Disable {
		p.word("DISABLE REWRITE")
	} else {
		p.word("ENABLE REWRITE")
	}
}
