package syntax

// Pivot is Input PIVOT (aggs FOR columns IN (values)) [alias[(c, …)]].
type Pivot struct {
	tableNode
	Input   TableRef
	Aggs    []*SelectItem
	For     []*ColumnRef
	In      []*PivotValue
	Alias   Ident
	Columns []Ident
}

// PivotValue is one value, or a tuple of values, of PIVOT … IN.
type PivotValue struct {
	Start
	Values []Expr
	Alias  Ident
}

// Unpivot is Input UNPIVOT [INCLUDE NULLS] (values FOR name IN (columns)) [alias].
type Unpivot struct {
	tableNode
	Input        TableRef
	IncludeNulls bool
	Values       []Ident
	Name         Ident
	In           []*UnpivotColumns
	Alias        Ident
	Columns      []Ident
}

// UnpivotColumns are the columns of UNPIVOT … IN that become one row.
type UnpivotColumns struct {
	Start
	Columns []*ColumnRef
	Alias   Ident
}

func (t *Pivot) each(visit func(Node)) {
	visit(t.Input)
	visitAll(visit, t.Aggs)
	visitAll(visit, t.For)
	visitAll(visit, t.In)
}

func (v *PivotValue) each(visit func(Node)) { visitAll(visit, v.Values) }

func (t *Unpivot) each(visit func(Node)) {
	visit(t.Input)
	visitAll(visit, t.In)
}

func (c *UnpivotColumns) each(visit func(Node)) { visitAll(visit, c.Columns) }

// pivots reads the PIVOT and UNPIVOT clauses behind a table.
func (p *parser) pivots(t TableRef) TableRef {
	height := p.height
	for p.err == nil && p.at("PIVOT", "UNPIVOT") {
		at := tableNode{Start{t.Pos()}}
		if p.accept("PIVOT") {
			t = p.pivot(&Pivot{tableNode: at, Input: t})
		} else {
			p.expect("UNPIVOT")
			t = p.unpivot(&Unpivot{tableNode: at, Input: t})
		}
		height = p.grow(max(height, p.height))
	}
	p.height = max(p.height, height)
	return t
}

func (p *parser) pivot(t *Pivot) TableRef {
	p.nest(func() {
		t.Aggs = list(p, p.pivotAggregate)
		p.expect("FOR")
		t.For = p.columnRefs()
		p.expect("IN")
		t.In = parens(p, p.pivotValue)
	})
	t.Alias, t.Columns = p.tableAlias()
	return t
}

// pivotAggregate is a select item that FOR ends.
func (p *parser) pivotAggregate() *SelectItem {
	item := &SelectItem{Start: p.start(), Expr: p.expr()}
	if p.at("FOR") {
		return item
	}
	item.Alias = p.optionalAlias()
	return item
}

// optionalAlias reads [AS] alias, which may be a string.
func (p *parser) optionalAlias() Ident {
	if p.accept("AS") || isBareAlias(p.tok()) {
		return p.alias()
	}
	return Ident{}
}

func (p *parser) pivotValue() *PivotValue {
	v := &PivotValue{Start: p.start()}
	e := p.expr()
	if row, ok := e.(*Row); ok {
		v.Values = row.Items
	} else {
		v.Values = []Expr{e}
	}
	v.Alias = p.optionalAlias()
	return v
}

// columnRefs reads a column or several in parentheses.
func (p *parser) columnRefs() []*ColumnRef {
	if p.atOp("(") {
		return parens(p, p.plainColumn)
	}
	return []*ColumnRef{p.plainColumn()}
}

func (p *parser) plainColumn() *ColumnRef {
	c := &ColumnRef{exprNode: exprNode{p.start()}, Parts: []Ident{p.columnName()}}
	for p.acceptOp(".") {
		c.Parts = append(c.Parts, p.columnName())
	}
	return c
}

func (p *parser) unpivot(t *Unpivot) TableRef {
	t.IncludeNulls = p.accept("INCLUDE", "NULLS")
	if !t.IncludeNulls {
		p.accept("EXCLUDE", "NULLS")
	}
	p.nest(func() {
		if p.atOp("(") {
			t.Values = parens(p, p.columnName)
		} else {
			t.Values = []Ident{p.columnName()}
		}
		p.expect("FOR")
		t.Name = p.columnName()
		p.expect("IN")
		t.In = parens(p, func() *UnpivotColumns {
			c := &UnpivotColumns{Start: p.start(), Columns: p.columnRefs()}
			c.Alias = p.optionalAlias()
			return c
		})
	})
	t.Alias, t.Columns = p.tableAlias()
	return t
}

func (t *Pivot) print(p *printer) {
	p.joinSide(t.Input, isJoin(t.Input))
	p.word("PIVOT (")
	printList(p, t.Aggs)
	p.word("FOR")
	p.columnRefs(t.For)
	p.word("IN")
	printParens(p, t.In)
	p.raw(")")
	p.alias(t.Alias, t.Columns)
}

func (v *PivotValue) print(p *printer) {
	if len(v.Values) == 1 {
		p.expr(v.Values[0], precOr)
	} else {
		p.word("(")
		p.exprs(v.Values)
		p.raw(")")
	}
	p.alias(v.Alias, nil)
}

func (t *Unpivot) print(p *printer) {
	p.joinSide(t.Input, isJoin(t.Input))
	p.word("UNPIVOT")
	p.wordIf(t.IncludeNulls, "INCLUDE NULLS")
	p.word("(")
	if len(t.Values) == 1 {
		p.ident(t.Values[0])
	} else {
		p.idents(t.Values)
	}
	p.word("FOR")
	p.ident(t.Name)
	p.word("IN")
	printParens(p, t.In)
	p.raw(")")
	p.alias(t.Alias, t.Columns)
}

func (c *UnpivotColumns) print(p *printer) {
	p.columnRefs(c.Columns)
	p.alias(c.Alias, nil)
}

func (p *printer) columnRefs(cols []*ColumnRef) {
	if len(cols) == 1 {
		p.path(cols[0].Parts)
		return
	}
	p.word("(")
	for i, c := range cols {
		p.comma(i)
		p.path(c.Parts)
	}
	p.raw(")")
}
