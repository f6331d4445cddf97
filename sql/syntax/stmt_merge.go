package syntax

import "github.com/bixidata/bixi/sql/diag"

// Merge is MERGE INTO t [alias] USING source ON condition WHEN ….
type Merge struct {
	Source
	Table Name
	Alias Ident
	Using TableRef
	On    Expr
	Whens []*MergeWhen
}

// MergeAction is what a WHEN of MERGE does.
type MergeAction string

// The actions.
const (
	MergeUpdate MergeAction = "UPDATE"
	MergeDelete MergeAction = "DELETE"
	MergeInsert MergeAction = "INSERT"
)

// MergeWhen is WHEN [NOT] MATCHED [BY SOURCE] [AND cond] THEN action.
type MergeWhen struct {
	Start
	Matched  bool
	BySource bool // NOT MATCHED BY SOURCE
	Cond     Expr // nil when absent
	Action   MergeAction
	Set      []*Assignment
	Columns  []Ident // of INSERT; nil for all
	Values   []Expr  // of INSERT
}

func (p *parser) mergeStatement() Statement {
	s := &Merge{}
	p.expect("MERGE", "INTO")
	s.Table = p.tableName()
	s.Alias, _ = p.targetSuffix("USING")
	p.expect("USING")
	s.Using = p.tableRef()
	p.expect("ON")
	s.On = p.expr()
	for p.at("WHEN") {
		s.Whens = append(s.Whens, p.mergeWhen())
	}
	if s.Whens == nil {
		p.unexpected("WHEN")
	}
	return s
}

func (p *parser) mergeWhen() *MergeWhen {
	w := &MergeWhen{Start: p.start()}
	p.expect("WHEN")
	w.Matched = !p.accept("NOT")
	p.expect("MATCHED")
	if !w.Matched && p.accept("BY") {
		if w.BySource = p.accept("SOURCE"); !w.BySource {
			p.expect("TARGET")
		}
	}
	if p.accept("AND") {
		w.Cond = p.expr()
	}
	p.expect("THEN")
	at := p.pos()
	switch {
	case p.accept("UPDATE"):
		w.Action = MergeUpdate
		p.expect("SET")
		w.Set = p.assignments()
	case p.accept("DELETE"):
		w.Action = MergeDelete
	case p.accept("INSERT"):
		w.Action = MergeInsert
		if p.atOp("(") {
			w.Columns = parens(p, p.columnName)
		}
		p.expect("VALUES")
		w.Values = parens(p, p.expr)
	default:
		p.unexpected("UPDATE, DELETE or INSERT")
	}
	if inserts := w.Action == MergeInsert; p.err == nil && inserts != (!w.Matched && !w.BySource) {
		if inserts {
			p.failAt(at, diag.CodeParse, "INSERT needs WHEN NOT MATCHED")
		} else {
			p.failAt(at, diag.CodeParse, "WHEN NOT MATCHED takes INSERT: there is no row to %s", w.Action)
		}
	}
	return w
}

func (s *Merge) each(visit func(Node)) {
	visit(s.Using)
	visit(s.On)
	visitAll(visit, s.Whens)
}

func (s *Merge) print(p *printer) {
	p.word("MERGE INTO")
	p.target(s.Table, s.Alias, nil)
	p.word("USING")
	s.Using.print(p)
	p.word("ON")
	p.expr(s.On, precOr)
	for _, w := range s.Whens {
		w.print(p)
	}
}

func (w *MergeWhen) each(visit func(Node)) {
	visitExprs(visit, w.Cond)
	visitAll(visit, w.Set)
	visitAll(visit, w.Values)
}

func (w *MergeWhen) print(p *printer) {
	p.word("WHEN")
	p.wordIf(!w.Matched, "NOT")
	p.word("MATCHED")
	p.wordIf(w.BySource, "BY SOURCE")
	if w.Cond != nil {
		p.word("AND")
		p.expr(w.Cond, precOr)
	}
	p.word("THEN " + string(w.Action))
	switch w.Action {
	case MergeUpdate:
		p.word("SET")
		printList(p, w.Set)
	case MergeInsert:
		if w.Columns != nil {
			p.idents(w.Columns)
		}
		p.word("VALUES")
		printParens(p, w.Values)
	}
}
