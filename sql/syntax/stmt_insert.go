package syntax

import (
	"github.com/bixidata/bixi/sql/diag"
)

// Insert is INSERT INTO or OVERWRITE. WITH before INSERT is read into Query.
type Insert struct {
	Source
	Overwrite bool
	Table     Name           // zero with Directory
	Directory *Directory     // nil for a table
	Partition *PartitionSpec // nil when absent
	Columns   []Ident
	Query     *Query  // VALUES is a Query whose Body is *Values
	ZOrder    []Ident // nil when absent
}

// Directory is the target of INSERT OVERWRITE [LOCAL] DIRECTORY 'path' ….
type Directory struct {
	Start
	Local  bool
	Path   string
	Format *FileFormat // nil when absent
}

// MultiInsert is FROM source INSERT … SELECT … INSERT … SELECT …. The Select
// of each Insert has no From of its own: it reads From.
type MultiInsert struct {
	Source
	With      []*CTE
	Recursive bool
	From      TableRef
	Inserts   []*Insert
}

func (p *parser) insertStatement() Statement { return p.insertWith(nil, false) }

// insertWith reads an INSERT behind a WITH clause, which becomes its query's.
func (p *parser) insertWith(ctes []*CTE, recursive bool) Statement {
	s := p.insertTarget()
	q := p.insertQuery()
	if ctes != nil {
		if q.With != nil {
			p.failAt(q.At, diag.CodeParse, "there is a WITH before INSERT and another before its query")
		}
		q.With, q.Recursive = ctes, recursive
	}
	s.Query = q
	p.zorder(s)
	return s
}

// insertTarget reads up to the query.
func (p *parser) insertTarget() *Insert {
	s := &Insert{}
	p.expect("INSERT")
	switch {
	case p.accept("OVERWRITE"):
		s.Overwrite = true
	case !p.accept("INTO"):
		p.unexpected("INTO or OVERWRITE")
	}
	if s.Overwrite && (p.at("DIRECTORY") || p.atSeq("LOCAL", "DIRECTORY")) {
		s.Directory = p.directory()
		return s
	}
	p.accept("TABLE")
	s.Table = p.tableName()
	if p.at("PARTITION") {
		s.Partition = p.partition()
		if f := s.Partition.Filter; f != nil {
			p.failAt(f.Pos(), diag.CodeParse, "a partition is named by column or column=value here, not by a condition")
		}
	}
	if p.atOp("(") && !p.atQueryAt(1) {
		s.Columns = parens(p, p.columnName)
	}
	return s
}

func (p *parser) directory() *Directory {
	d := &Directory{Start: p.start(), Local: p.accept("LOCAL")}
	p.expect("DIRECTORY")
	d.Path = p.stringValue("a path in quotes")
	d.Format = p.fileFormat()
	return d
}

// zorder reads ZORDER BY behind the query; the parentheses may be left out.
func (p *parser) zorder(s *Insert) {
	if !p.acceptBy("ZORDER") {
		return
	}
	if p.atOp("(") {
		s.ZOrder = parens(p, p.columnName)
	} else {
		s.ZOrder = list(p, p.columnName)
	}
}

func (p *parser) insertQuery() *Query {
	if !p.atQuery() && !p.atOp("(") {
		p.unexpected("SELECT or VALUES")
	}
	return p.query()
}

// multiInsert reads the branches behind FROM. What follows a branch's SELECT
// belongs to that branch.
func (p *parser) multiInsert(ctes []*CTE, recursive bool, from TableRef) Statement {
	m := &MultiInsert{With: ctes, Recursive: recursive, From: from}
	for p.at("INSERT") {
		begin := p.i
		s := p.insertTarget()
		if !p.at("SELECT") {
			p.unexpected("SELECT")
		}
		at := p.pos()
		s.Query = p.query()
		if sel, ok := s.Query.Body.(*Select); !ok || sel.From != nil {
			p.failAt(at, diag.CodeParse, "behind FROM … INSERT stands a SELECT without a FROM of its own")
		}
		p.zorder(s)
		p.finish(s, begin)
		m.Inserts = append(m.Inserts, s)
	}
	return m
}

func (s *Insert) each(visit func(Node)) {
	if s.Partition != nil {
		visit(s.Partition)
	}
	if s.Directory != nil {
		visit(s.Directory)
	}
	visit(s.Query)
}

func (d *Directory) each(visit func(Node)) {
	if d.Format != nil {
		visit(d.Format)
	}
}

func (d *Directory) print(p *printer) {
	p.word("INSERT OVERWRITE")
	p.wordIf(d.Local, "LOCAL")
	p.word("DIRECTORY")
	p.str(d.Path)
	p.files(d.Format, nil)
}

func (s *Insert) print(p *printer) {
	if s.Directory != nil {
		s.Directory.print(p)
		s.Query.print(p)
		return
	}
	if s.Overwrite {
		p.word("INSERT OVERWRITE TABLE")
	} else {
		p.word("INSERT INTO TABLE")
	}
	p.name(s.Table)
	if s.Partition != nil {
		s.Partition.print(p)
	}
	if s.Columns != nil {
		p.idents(s.Columns)
	}
	s.Query.print(p)
	if s.ZOrder != nil {
		p.word("ZORDER BY")
		p.idents(s.ZOrder)
	}
}

func (m *MultiInsert) each(visit func(Node)) {
	visitAll(visit, m.With)
	visit(m.From)
	visitAll(visit, m.Inserts)
}

func (m *MultiInsert) print(p *printer) {
	p.with(m.With, m.Recursive)
	p.word("FROM")
	m.From.print(p)
	for _, s := range m.Inserts {
		s.print(p)
	}
}
