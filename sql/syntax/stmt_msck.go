package syntax

// Msck is MSCK [REPAIR] TABLE t [ADD|DROP PARTITIONS]: the partitions of an
// external table become those of its directory.
type Msck struct {
	Source
	Repair bool
	Name   Name
	Add    bool // partitions that are new; both if neither is set
	Drop   bool // partitions whose directory is gone
}

func (p *parser) msck() Statement {
	m := &Msck{}
	p.expect("MSCK")
	m.Repair = p.accept("REPAIR")
	p.expect("TABLE")
	m.Name = p.tableName()
	switch {
	case p.accept("ADD", "PARTITIONS"):
		m.Add = true
	case p.accept("DROP", "PARTITIONS"):
		m.Drop = true
	}
	return m
}

func (m *Msck) each(func(Node)) {}

func (m *Msck) print(p *printer) {
	p.word("MSCK")
	p.wordIf(m.Repair, "REPAIR")
	p.word("TABLE")
	p.name(m.Name)
	p.wordIf(m.Add, "ADD PARTITIONS")
	p.wordIf(m.Drop, "DROP PARTITIONS")
}
