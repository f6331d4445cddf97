package syntax

// Analyze is ANALYZE TABLE t [PARTITION (…)] COMPUTE|DELETE STATISTICS
// [FOR COLUMNS [(…)]].
type Analyze struct {
	Source
	Name       Name
	Partition  *PartitionSpec // nil when absent
	Delete     bool
	ForColumns bool
	Columns    []Ident
}

func (p *parser) analyze() Statement {
	a := &Analyze{}
	p.expect("ANALYZE", "TABLE")
	a.Name = p.tableName()
	if p.at("PARTITION") {
		a.Partition = p.partition()
	}
	if p.accept("DELETE") {
		a.Delete = true
	} else {
		p.expect("COMPUTE")
	}
	p.expect("STATISTICS")
	if p.accept("FOR", "COLUMNS") {
		a.ForColumns = true
		if p.atOp("(") {
			a.Columns = p.columnGroups()
		}
	}
	return a
}

// columnGroups reads (a, (b, c), …); a group counts as its columns.
func (p *parser) columnGroups() []Ident {
	var out []Ident
	parens(p, func() bool {
		if p.atOp("(") {
			out = append(out, parens(p, p.columnName)...)
		} else {
			out = append(out, p.columnName())
		}
		return true
	})
	return out
}

func (a *Analyze) each(visit func(Node)) {
	if a.Partition != nil {
		visit(a.Partition)
	}
}

func (a *Analyze) print(p *printer) {
	p.word("ANALYZE TABLE")
	p.name(a.Name)
	if a.Partition != nil {
		a.Partition.print(p)
	}
	if a.Delete {
		p.word("DELETE STATISTICS")
	} else {
		p.word("COMPUTE STATISTICS")
	}
	p.wordIf(a.ForColumns, "FOR COLUMNS")
	if a.Columns != nil {
		p.idents(a.Columns)
	}
}
