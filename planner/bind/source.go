package bind

import (
	"github.com/bixidata/bixi/planner/logical"
	"github.com/bixidata/bixi/sql/syntax"
)

// Source is a bound FROM clause that the INSERTs of a statement share.
type Source struct {
	from  *source
	outer *scope // holds the names of WITH
}

// Source binds the FROM of a multi-insert.
func (b *Binder) Source(stmt *syntax.MultiInsert) (*Source, error) {
	outer, err := b.withScope(&syntax.Query{With: stmt.With, Recursive: stmt.Recursive}, nil)
	if err != nil {
		return nil, err
	}
	n, names, err := b.fromClause(stmt.From, outer, nil)
	if err != nil {
		return nil, err
	}
	return &Source{&source{n, names}, outer}, nil
}

// QueryOver binds a query whose SELECT without FROM reads s; nil is no source.
func (b *Binder) QueryOver(q *syntax.Query, s *Source) (logical.Node, error) {
	if s == nil {
		return b.Query(q)
	}
	return b.query(q, s.outer, s.from)
}
