package syntax

import "github.com/bixidata/bixi/sql/diag"

// Update is UPDATE t [alias] [PARTITION (…)] SET … [FROM …] [WHERE …].
type Update struct {
	Source
	Table     Name
	Alias     Ident
	Partition *PartitionSpec // nil when absent
	Set       []*Assignment
	From      TableRef // nil when absent
	Where     Expr     // nil when absent
}

// Assignment is c = value, or (c, …) = value, where value is a *Row or a
// *Subquery with as many columns.
type Assignment struct {
	Start
	Columns []Name
	Value   Expr
}

// Delete is DELETE FROM t [alias] [PARTITION (…)] [WHERE …].
type Delete struct {
	Source
	Table     Name
	Alias     Ident
	Partition *PartitionSpec // nil when absent
	Where     Expr           // nil when absent
}

func (p *parser) updateStatement() Statement {
	s := &Update{}
	p.expect("UPDATE")
	s.Table = p.tableName()
	s.Alias, s.Partition = p.targetSuffix("SET")
	p.expect("SET")
	s.Set = p.assignments()
	if p.accept("FROM") {
		s.From = p.from()
	}
	if p.accept("WHERE") {
		s.Where = p.expr()
	}
	return s
}

// targetSuffix reads the alias and the partition of a table that rows are changed
// in; next is the keyword behind them, which is no alias.
func (p *parser) targetSuffix(next string) (alias Ident, spec *PartitionSpec) {
	for range 2 {
		switch {
		case spec == nil && p.atSeq("PARTITION") && p.peek(1).op() == "(":
			spec = p.partition()
		case alias.IsZero() && (p.accept("AS") || !p.at(next) && isBareAlias(p.tok())):
			alias = p.ident("an alias")
		}
	}
	return alias, spec
}

func (p *parser) assignments() []*Assignment {
	return list(p, func() *Assignment {
		a := &Assignment{Start: p.start()}
		if p.atOp("(") {
			a.Columns = parens(p, func() Name { return p.name("a column name") })
		} else {
			a.Columns = []Name{p.name("a column name")}
		}
		p.expectOp("=")
		a.Value = p.expr()
		if r, ok := a.Value.(*Row); ok && p.err == nil && len(r.Items) != len(a.Columns) {
			p.failAt(r.Pos(), diag.CodeParse, "%d values are given for %d columns", len(r.Items), len(a.Columns))
		}
		return a
	})
}

func (p *parser) deleteStatement() Statement {
	s := &Delete{}
	p.expect("DELETE", "FROM")
	s.Table = p.tableName()
	s.Alias, s.Partition = p.targetSuffix("WHERE")
	if p.accept("WHERE") {
		s.Where = p.expr()
	}
	return s
}

func (s *Update) each(visit func(Node)) {
	if s.Partition != nil {
		visit(s.Partition)
	}
	visitAll(visit, s.Set)
	if s.From != nil {
		visit(s.From)
	}
	visitExprs(visit, s.Where)
}

func (s *Update) print(p *printer) {
	p.word("UPDATE")
	p.target(s.Table, s.Alias, s.Partition)
	p.word("SET")
	printList(p, s.Set)
	if s.From != nil {
		p.word("FROM")
		s.From.print(p)
	}
	p.where(s.Where)
}

func (a *Assignment) each(visit func(Node)) { visit(a.Value) }

func (a *Assignment) print(p *printer) {
	if len(a.Columns) == 1 {
		p.name(a.Columns[0])
	} else {
		p.word("(")
		for i, c := range a.Columns {
			if i > 0 {
				p.raw(",")
			}
			p.name(c)
		}
		p.raw(")")
	}
	p.word("=")
	p.expr(a.Value, precOr)
}

func (s *Delete) each(visit func(Node)) {
	if s.Partition != nil {
		visit(s.Partition)
	}
	visitExprs(visit, s.Where)
}

func (s *Delete) print(p *printer) {
	p.word("DELETE FROM")
	p.target(s.Table, s.Alias, s.Partition)
	p.where(s.Where)
}

func (p *printer) target(n Name, alias Ident, spec *PartitionSpec) {
	p.name(n)
	p.alias(alias, nil)
	if spec != nil {
		spec.print(p)
	}
}

func (p *printer) where(e Expr) {
	if e != nil {
		p.word("WHERE")
		p.expr(e, precOr)
	}
}
