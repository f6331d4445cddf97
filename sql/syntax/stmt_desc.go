package syntax

// Desc is DESC [EXTENDED] t [PARTITION (…)] or DESC FUNCTION f, where f may be an operator.
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
	case p.acceptBeforeFunction("FUNCTION"):
		d.Function = true
		d.Extended = p.acceptBeforeFunction("EXTENDED") || d.Extended
		d.Name = p.functionName()
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

// acceptBeforeFunction is acceptDescribing where the name of a function follows.
func (p *parser) acceptBeforeFunction(word string) bool {
	return p.acceptDescribing(word) || isCallable(p.peek(1)) && p.accept(word)
}

// isCallable reports an operator or a reserved word that may name a function.
func isCallable(t token) bool {
	switch t.op() {
	case ";", ".", "(", ")", ",":
		return false
	}
	return t.kind == tokOp || t.kind == tokWord && !isName(t)
}

// functionName is the name of a function, which may be an operator or a reserved word.
func (p *parser) functionName() Name {
	if !isCallable(p.tok()) {
		return p.name("a function name")
	}
	t := p.next()
	at := Start{t.pos()}
	return Name{Start: at, Parts: []Ident{{Start: at, Name: p.raw(t), Quoted: true}}}
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
