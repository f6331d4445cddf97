package syntax

// Truncate is TRUNCATE TABLE t [PARTITION (…), …] [COLUMNS (…)].
type Truncate struct {
	Source
	Name       Name
	Partitions []*PartitionSpec
	Columns    []Ident // the columns to empty; nil: whole rows go
}

func (p *parser) truncate() Statement {
	t := &Truncate{}
	p.expect("TRUNCATE", "TABLE")
	t.Name = p.tableName()
	if p.at("PARTITION") {
		t.Partitions = p.partitions()
	}
	if p.accept("COLUMNS") {
		t.Columns = parens(p, p.columnName)
	}
	return t
}

func (t *Truncate) each(visit func(Node)) { visitAll(visit, t.Partitions) }

func (t *Truncate) print(p *printer) {
	p.word("TRUNCATE TABLE")
	p.name(t.Name)
	printList(p, t.Partitions)
	if t.Columns != nil {
		p.word("COLUMNS")
		p.idents(t.Columns)
	}
}
