package syntax

// Explain is EXPLAIN [ANALYZE [FORMATTED]|EXTENDED|FORMATTED|LOGICAL|DEPENDENCY] statement.
type Explain struct {
	Source
	Analyze   bool
	Mode      string // upper case, "" for the usual form
	Statement Statement
}

func (p *parser) explain() Statement {
	e := &Explain{}
	p.expect("EXPLAIN")
	switch {
	case p.at("ANALYZE") && p.peek(1).word() != "TABLE":
		p.next()
		if e.Analyze = true; p.at("FORMATTED") {
			e.Mode = p.next().word()
		}
	case p.at("EXTENDED", "FORMATTED", "DEPENDENCY", "LOGICAL"):
		e.Mode = p.next().word()
	}
	if p.at("EXPLAIN") {
		p.unexpected("a statement to explain")
	}
	e.Statement = p.statement()
	return e
}

func (e *Explain) each(visit func(Node)) { visit(e.Statement) }

func (e *Explain) print(p *printer) {
	p.word("EXPLAIN")
	p.wordIf(e.Analyze, "ANALYZE")
	p.wordIf(e.Mode != "", e.Mode)
	e.Statement.print(p)
}
