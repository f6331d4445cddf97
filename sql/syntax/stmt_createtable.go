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
	Constraint  Ident   // the name of the table constraint, zero when absent
	Comment     string
	Partitions  []*ColumnDef
	AutoPart    *AutoPartition // nil when absent
	Cluster     *Clustering    // nil when absent
	Format      *FileFormat    // ROW FORMAT, STORED AS or BY; nil when absent
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
	if c.Columns == nil && c.As == nil && c.Like.IsZero() && !(c.External && c.Location != "") {
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
				c.Constraint = p.ident("a constraint name")
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
	case p.accept("LOCATION"):
		c.Location = p.stringValue("a location string")
	case p.accept("TBLPROPERTIES"):
		c.Properties = append(c.Properties, p.properties()...)
	case p.accept("LIFECYCLE"):
		c.Lifecycle = p.number("a number of days")
	case p.at("STORED", "ROW"), p.atSeq("WITH", "SERDEPROPERTIES"):
		at := p.start()
		f := p.fileFormat()
		if f == nil || c.Format != nil {
			p.unexpected("a clause of CREATE TABLE")
			return false
		}
		f.Start = at
		c.Format = f
	case p.at("SKEWED", "USING"):
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
