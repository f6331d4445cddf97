package syntax

// Desc is DESC [EXTENDED] t [PARTITION (…)] or DESC FUNCTION f.
type Desc struct {
	Source
	Function  bool
	Schema    bool
	Extended  bool
	Name      Name
	Partition *PartitionSpec // nil when absent
}

func (p *parser) desc() Statement {
	d := &Desc{}
	p.next() // DESC or DESCRIBE
	d.Extended = p.acceptDescribing("EXTENDED")
	switch {
	case p.acceptDescribing("FUNCTION"):
		d.Function = true
		d.Extended = p.acceptDescribing("EXTENDED") || d.Extended
		d.Name = p.name("a function name")
		return d
	case p.acceptDescribing("SCHEMA"):
		d.Schema = true
		d.Name = p.name("a schema name")
		return d
	}
	if isName(p.peek(1)) || p.peek(1).kind == tokNumber || p.peek(1).op() == "-" {
		p.refuse("DESC")
	}
	p.accept("TABLE")
	d.Name = p.tableName()
	if p.at("PARTITION") {
		d.Partition = p.constantPartition()
	}
	return d
}

// acceptDescribing passes a word unless it is itself the name to describe.
func (p *parser) acceptDescribing(word string) bool {
	return p.at(word) && (isName(p.peek(1)) && p.peek(1).word() != "PARTITION" || p.peek(1).word() == "TABLE") &&
		p.accept(word)
}

func (d *Desc) each(visit func(Node)) {
	if d.Partition != nil {
		visit(d.Partition)
	}
}

func (d *Desc) print(p *printer) {
	p.word("DESC")
	switch {
	case d.Function:
		p.word("FUNCTION")
	case d.Schema:
		p.wordIf(d.Extended, "EXTENDED")
		p.word("SCHEMA")
	}
	p.wordIf(d.Extended && !d.Schema, "EXTENDED")
	p.name(d.Name)
	if d.Partition != nil {
		d.Partition.print(p)
	}
}
