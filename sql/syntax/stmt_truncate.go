package syntax

// Truncate is TRUNCATE TABLE t [PARTITION (…), …].
type Truncate struct {
	Source
	Name       Name
	Partitions []*PartitionSpec
}

func (p *parser) truncate() Statement {
	t := &Truncate{}
	p.expect("TRUNCATE", "TABLE")
	t.Name = p.tableName()
	if p.at("PARTITION") {
		t.Partitions = p.partitions()
	}
	return t
}

func (t *Truncate) each(visit func(Node)) { visitAll(visit, t.Partitions) }

func (t *Truncate) print(p *printer) {
	p.word("TRUNCATE TABLE")
	p.name(t.Name)
	printList(p, t.Partitions)
}
