package syntax

import (
	"github.com/bixidata/bixi/sql/diag"
	"github.com/bixidata/bixi/sql/types"
)

// ReplaceColumns is REPLACE COLUMNS (…): the data columns are these from now on.
type ReplaceColumns struct {
	actionNode
	Columns []*ColumnDef
}

// PartitionColumn is PARTITION COLUMN (c type): a partition column takes a wider
// type.
type PartitionColumn struct {
	actionNode
	Column  Ident
	Type    types.Type
	TypePos diag.Pos
}

// AlterClustering is [RANGE] CLUSTERED BY …, NOT CLUSTERED or NOT SORTED.
type AlterClustering struct {
	actionNode
	Cluster   *Clustering // nil: NOT CLUSTERED, or NOT SORTED
	NotSorted bool
}

// AddPrimaryKey is ADD [CONSTRAINT x] PRIMARY KEY (…) with its options.
type AddPrimaryKey struct {
	actionNode
	Constraint Ident // zero when absent
	Columns    []Ident
	Options    []string // ENABLE, DISABLE, VALIDATE, NOVALIDATE, RELY, NORELY
}

// DropConstraint is DROP CONSTRAINT x, or DROP PRIMARY KEY if Name is zero.
type DropConstraint struct {
	actionNode
	Name Ident
}

func (p *parser) partitionColumn() AlterAction {
	n := &PartitionColumn{actionNode: actionNode{p.start()}}
	p.expect("PARTITION", "COLUMN")
	p.expectOp("(")
	n.Column, n.TypePos = p.columnName(), p.pos()
	n.Type = p.typ()
	p.expectOp(")")
	return n
}

func (p *parser) alterClustering(at actionNode) AlterAction {
	switch {
	case p.accept("NOT", "CLUSTERED"):
		return &AlterClustering{actionNode: at}
	case p.accept("NOT", "SORTED"):
		return &AlterClustering{actionNode: at, NotSorted: true}
	case p.at("NOT"):
		p.next()
		p.unexpected("CLUSTERED or SORTED")
	}
	return &AlterClustering{actionNode: at, Cluster: p.clustering()}
}

func (p *parser) addConstraint(at actionNode) AlterAction {
	n := &AddPrimaryKey{actionNode: at}
	if p.accept("CONSTRAINT") {
		n.Constraint = p.ident("a constraint name")
	}
	p.expect("PRIMARY", "KEY")
	n.Columns = parens(p, p.columnName)
	for p.at("ENABLE", "DISABLE", "VALIDATE", "NOVALIDATE", "RELY", "NORELY") {
		n.Options = append(n.Options, p.next().word())
	}
	return n
}

func (n *ReplaceColumns) each(visit func(Node)) { visitAll(visit, n.Columns) }

func (n *ReplaceColumns) print(p *printer) {
	p.word("REPLACE COLUMNS")
	printParens(p, n.Columns)
}

func (n *PartitionColumn) each(func(Node)) {}

func (n *PartitionColumn) print(p *printer) {
	p.word("PARTITION COLUMN (")
	p.ident(n.Column)
	p.typ(n.Type)
	p.raw(")")
}

func (n *AlterClustering) each(visit func(Node)) {
	if n.Cluster != nil {
		visit(n.Cluster)
	}
}

func (n *AlterClustering) print(p *printer) {
	switch {
	case n.Cluster != nil:
		n.Cluster.print(p)
	case n.NotSorted:
		p.word("NOT SORTED")
	default:
		p.word("NOT CLUSTERED")
	}
}

func (n *AddPrimaryKey) each(func(Node)) {}

func (n *AddPrimaryKey) print(p *printer) {
	p.word("ADD")
	if !n.Constraint.IsZero() {
		p.word("CONSTRAINT")
		p.ident(n.Constraint)
	}
	p.word("PRIMARY KEY")
	p.idents(n.Columns)
	for _, o := range n.Options {
		p.word(o)
	}
}

func (n *DropConstraint) each(func(Node)) {}

func (n *DropConstraint) print(p *printer) {
	if n.Name.IsZero() {
		p.word("DROP PRIMARY KEY")
		return
	}
	p.word("DROP CONSTRAINT")
	p.ident(n.Name)
}
