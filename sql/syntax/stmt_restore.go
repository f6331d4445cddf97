package syntax

// Restore is RESTORE TABLE t TO LSN 'version', TO VERSION AS OF version or TO
// TIMESTAMP AS OF time: the table has the rows of then again.
type Restore struct {
	Source
	Name Name
	To   *AsOf
}

func (p *parser) restore() Statement {
	r := &Restore{}
	p.expect("RESTORE", "TABLE")
	r.Name = p.tableName()
	if p.at("PARTITION") {
		p.unsupported("RESTORE of a partition")
	}
	p.expect("TO")
	if at := p.start(); p.accept("LSN") {
		r.To = &AsOf{Start: at, Version: true, Expr: p.binary(precCompare + 1)}
		return r
	}
	if r.To = p.asOf(); r.To == nil {
		p.unexpected("LSN, VERSION AS OF or TIMESTAMP AS OF")
		r.To = &AsOf{Expr: &NullLit{}}
	}
	return r
}

func (r *Restore) each(visit func(Node)) { visit(r.To) }

func (r *Restore) print(p *printer) {
	p.word("RESTORE TABLE")
	p.name(r.Name)
	p.word("TO")
	r.To.print(p)
}
