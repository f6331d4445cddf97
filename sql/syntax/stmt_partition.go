package syntax

import (
	"github.com/bixidata/bixi/sql/diag"
)

// PartitionSpec is PARTITION (…). Either every element is name[=value], and
// Items holds them, or it is a condition on partition columns, and Filter does.
type PartitionSpec struct {
	Start
	Items  []*PartitionItem
	Filter Expr // nil unless it is a condition
}

// PartitionItem is one column of a PartitionSpec.
type PartitionItem struct {
	Start
	Name  Ident
	Value Expr // nil: dynamic
}

// Property is 'key'='value' of TBLPROPERTIES.
type Property struct {
	Start
	Key, Value string
}

// partition reads PARTITION (…).
func (p *parser) partition() *PartitionSpec {
	spec := &PartitionSpec{Start: p.start()}
	p.expect("PARTITION")
	conditions := parens(p, p.expr)
	if p.err != nil {
		return spec
	}
	for _, c := range conditions {
		item := partitionItem(c)
		if item == nil {
			spec.Items = nil
			spec.Filter = conditions[0]
			if len(conditions) > 1 {
				spec.Filter = &Logical{exprNode: exprNode{Start{conditions[0].Pos()}}, Op: OpAnd,
					OpPos: conditions[1].Pos(), Terms: conditions}
			}
			break
		}
		spec.Items = append(spec.Items, item)
	}
	return spec
}

// partitionItem reads c as name or name=value; nil if it is neither.
func partitionItem(c Expr) *PartitionItem {
	at := Start{c.Pos()}
	switch c := c.(type) {
	case *ColumnRef:
		if len(c.Parts) == 1 {
			return &PartitionItem{Start: at, Name: c.Parts[0]}
		}
	case *Binary:
		if name, ok := c.L.(*ColumnRef); ok && c.Op == OpEq && len(name.Parts) == 1 {
			return &PartitionItem{Start: at, Name: name.Parts[0], Value: c.R}
		}
	}
	return nil
}

// partitions reads PARTITION (…), PARTITION (…); the comma may be left out.
func (p *parser) partitions() []*PartitionSpec {
	specs := []*PartitionSpec{p.partition()}
	for p.acceptOp(",") || p.at("PARTITION") {
		specs = append(specs, p.partition())
	}
	return specs
}

// constantPartition reads a PARTITION (…) that must name one partition or a
// prefix: every column has a value.
func (p *parser) constantPartition() *PartitionSpec {
	spec := p.partition()
	for _, item := range spec.Items {
		if item.Value == nil {
			p.failAt(item.At, diag.CodeParse, "partition column %s needs a value", item.Name)
		}
	}
	if spec.Filter != nil {
		p.failAt(spec.Filter.Pos(), diag.CodeParse, "a partition is named by column=value here, not by a condition")
	}
	return spec
}

func (s *PartitionSpec) each(visit func(Node)) {
	visitAll(visit, s.Items)
	visitExprs(visit, s.Filter)
}

func (s *PartitionSpec) print(p *printer) {
	p.word("PARTITION (")
	if s.Filter != nil {
		p.expr(s.Filter, precOr)
	}
	printList(p, s.Items)
	p.raw(")")
}

func (i *PartitionItem) each(visit func(Node)) { visitExprs(visit, i.Value) }

func (i *PartitionItem) print(p *printer) {
	p.ident(i.Name)
	if i.Value != nil {
		p.raw("=")
		p.expr(i.Value, precCompare+1)
	}
}

// properties reads ('key'='value', …).
func (p *parser) properties() []*Property {
	return parens(p, func() *Property {
		prop := &Property{Start: p.start(), Key: p.stringValue("a property name in quotes")}
		p.expectOp("=")
		prop.Value = p.stringValue("a property value in quotes")
		return prop
	})
}

func (q *Property) each(func(Node)) {}

func (q *Property) print(p *printer) {
	p.str(q.Key)
	p.raw("=")
	p.str(q.Value)
}
