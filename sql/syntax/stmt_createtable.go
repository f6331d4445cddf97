package syntax

import (
	"github.com/bixidata/bixi/sql/diag"
	"github.com/bixidata/bixi/sql/types"
)

// CreateTable is CREATE TABLE in all forms: with columns, LIKE another table,
// or AS a query.
type CreateTable struct {
	Source
	OrReplace   bool
	Temporary   bool
	External    bool
	IfNotExists bool
	Name        Name
	Columns     []*ColumnDef
	PrimaryKey  []Ident // of the table constraint; a column's own is on the column
	Comment     string
	Partitions  []*ColumnDef
	AutoPart    *AutoPartition // nil when absent
	Cluster     *Clustering    // nil when absent
	StoredAs    string         // upper case, "" when absent
	Location    string
	Properties  []*Property
	Lifecycle   string // days as written, "" when absent
	Like        Name   // zero when absent
	As          *Query // nil when absent
}

// ColumnDef is a column in CREATE TABLE, ADD COLUMNS or CHANGE COLUMN.
type ColumnDef struct {
	Start
	Name       Ident
	Type       types.Type
	TypePos    diag.Pos
	NotNull    bool
	Default    Expr // nil when absent
	PrimaryKey bool
	Comment    string
}

// AutoPartition is AUTO PARTITIONED BY (Expr [AS Name]).
type AutoPartition struct {
	Start
	Expr Expr
	Name Ident
}

// Clustering is [RANGE] CLUSTERED BY (…) [SORTED BY (…)] [INTO n BUCKETS].
type Clustering struct {
	Start
	Range   bool
	Columns []Ident
	SortBy  []*OrderItem
	Buckets string // as written, "" when absent
}

func (p *parser) createTable(c *CreateTable) Statement {
	p.expect("TABLE")
	c.IfNotExists = p.ifNotExists()
	c.Name = p.tableName()
	if p.accept("LIKE") {
		c.Like = p.tableName()
	} else if p.acceptOp("(") {
		p.tableElements(c)
		p.expectOp(")")
	}
	for p.tableOption(c) {
	}
	if p.accept("AS") || p.atQuery() {
		c.As = p.query()
	}
	if c.Columns == nil && c.As == nil && c.Like.IsZero() {
		p.unexpected("columns in parentheses, AS or LIKE")
	}
	return c
}

// tableElements reads columns and a table's PRIMARY KEY.
func (p *parser) tableElements(c *CreateTable) {
	for {
		switch {
		case p.atSeq("PRIMARY", "KEY"), p.at("CONSTRAINT") && p.peek(2).word() == "PRIMARY":
			if p.accept("CONSTRAINT") {
				p.ident("a constraint name")
			}
			p.expect("PRIMARY", "KEY")
			c.PrimaryKey = parens(p, p.columnName)
		default:
			c.Columns = append(c.Columns, p.columnDef())
		}
		if !p.acceptOp(",") {
			return
		}
	}
}

func (p *parser) columnDef() *ColumnDef {
	d := &ColumnDef{Start: p.start(), Name: p.columnName(), TypePos: p.pos()}
	d.Type = p.typ()
	for {
		switch {
		case p.accept("NOT", "NULL"):
			d.NotNull = true
		case p.accept("NULL"):
		case p.accept("PRIMARY", "KEY"):
			d.PrimaryKey = true
		case p.accept("DEFAULT"):
			d.Default = p.binary(precIs + 1)
		case p.at("COMMENT"):
			d.Comment = p.comment()
		default:
			return d
		}
	}
}

// tableOption reads one clause behind the columns; they come in any order.
func (p *parser) tableOption(c *CreateTable) bool {
	switch {
	case p.at("COMMENT"):
		c.Comment = p.comment()
	case p.acceptBy("PARTITIONED"):
		c.Partitions = parens(p, p.columnDef)
	case p.at("AUTO"):
		c.AutoPart = p.autoPartition()
	case p.at("CLUSTERED"), p.atSeq("RANGE", "CLUSTERED"):
		c.Cluster = p.clustering()
	case p.accept("STORED", "AS"):
		c.StoredAs = upper(p.ident("a file format").Name)
	case p.accept("LOCATION"):
		c.Location = p.stringValue("a location string")
	case p.accept("TBLPROPERTIES"):
		c.Properties = append(c.Properties, p.properties()...)
	case p.accept("LIFECYCLE"):
		c.Lifecycle = p.number("a number of days")
	case p.at("SKEWED"), p.at("ROW"), p.atSeq("STORED", "BY"), p.at("USING"):
		p.unsupported("%s in CREATE TABLE", p.tok().word())
	default:
		return false
	}
	return true
}

func (p *parser) autoPartition() *AutoPartition {
	a := &AutoPartition{Start: p.start()}
	p.expect("AUTO", "PARTITIONED", "BY")
	p.nest(func() {
		a.Expr = p.expr()
		if p.accept("AS") {
			a.Name = p.columnName()
		}
	})
	return a
}

func (p *parser) clustering() *Clustering {
	c := &Clustering{Start: p.start(), Range: p.accept("RANGE")}
	p.expect("CLUSTERED", "BY")
	c.Columns = parens(p, p.columnName)
	if p.acceptBy("SORTED") {
		c.SortBy = parens(p, p.orderItem)
	}
	if p.accept("INTO") {
		c.Buckets = p.number("a number of buckets")
		p.expect("BUCKETS")
	}
	return c
}

func (c *CreateTable) each(visit func(Node)) {
	visitAll(visit, c.Columns)
	visitAll(visit, c.Partitions)
	if c.AutoPart != nil {
		visit(c.AutoPart)
	}
	if c.Cluster != nil {
		visit(c.Cluster)
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
	if c.StoredAs != "" {
		p.word("STORED AS")
		p.ident(Ident{Name: c.StoredAs})
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
