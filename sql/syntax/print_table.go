package syntax

func (t *Table) print(p *printer) {
	p.name(t.Name)
	if t.AsOf != nil {
		t.AsOf.print(p)
	}
	if t.Sample != nil {
		t.Sample.print(p)
	}
	p.alias(t.Alias, t.Columns)
}

func (a *AsOf) print(p *printer) {
	if a.Version {
		p.word("VERSION AS OF")
	} else {
		p.word("TIMESTAMP AS OF")
	}
	p.expr(a.Expr, precCompare+1)
}

func (t *SubqueryTable) print(p *printer) {
	p.word("(")
	t.Query.print(p)
	p.raw(")")
	p.alias(t.Alias, t.Columns)
	if t.Sample != nil {
		t.Sample.print(p)
	}
}

func (t *FuncTable) print(p *printer) {
	t.Call.print(p)
	p.alias(t.Alias, t.Columns)
}

func (j *Join) print(p *printer) {
	p.joinSide(j.L, isComma(j.L) && j.Kind != CommaJoin || endsInColumns(j.L) && j.Kind == CommaJoin)
	if j.Kind == CommaJoin {
		p.raw(",")
	} else {
		p.wordIf(j.Natural, "NATURAL")
		p.word(string(j.Kind))
	}
	nested := isJoin(j.R)
	if j.Kind == CommaJoin {
		nested = isComma(j.R)
	}
	p.joinSide(j.R, nested)
	if j.On != nil {
		p.word("ON")
		p.expr(j.On, precOr)
	}
	if j.Using != nil {
		p.word("USING")
		p.idents(j.Using)
	}
}

func (p *printer) joinSide(t TableRef, parens bool) {
	if !parens {
		t.print(p)
		return
	}
	p.word("(")
	t.print(p)
	p.raw(")")
}

func isComma(t TableRef) bool {
	j, ok := t.(*Join)
	return ok && j.Kind == CommaJoin
}

// endsInColumns reports whether t ends in the columns of a lateral view, which a
// comma would continue.
func endsInColumns(t TableRef) bool {
	switch t := t.(type) {
	case *LateralView:
		return t.Columns != nil
	case *Join:
		return t.Kind == CommaJoin && endsInColumns(t.R)
	}
	return false
}

// isJoin reports what binds on the left only, so that on the right it needs
// parentheses.
func isJoin(t TableRef) bool {
	switch t.(type) {
	case *Join, *LateralView:
		return true
	}
	return false
}

func (v *LateralView) print(p *printer) {
	p.joinSide(v.Left, isComma(v.Left))
	p.word("LATERAL VIEW")
	p.wordIf(v.Outer, "OUTER")
	v.Call.print(p)
	if !v.Alias.IsZero() {
		p.ident(v.Alias)
	}
	if v.Columns != nil {
		p.word("AS")
		for i, c := range v.Columns {
			p.comma(i)
			p.ident(c)
		}
	}
}

func (s *Sample) print(p *printer) {
	p.word("TABLESAMPLE (")
	switch s.Kind {
	case SampleBucket:
		p.word("BUCKET " + s.Size + " OUT OF " + s.OutOf)
		if s.On != nil {
			p.word("ON")
			p.exprs(s.On)
		}
	case SamplePercent:
		p.word(s.Size + " PERCENT")
	case SampleRows:
		p.word(s.Size + " ROWS")
	case SampleBytes:
		p.word(s.Size)
	}
	p.raw(")")
}
