package bind

import (
	"github.com/bixidata/bixi/planner/logical"
	"github.com/bixidata/bixi/sql/syntax"
)

// Source is a bound FROM clause that several parts of a statement read: the
// INSERTs of a multi-insert, the halves of a MERGE. It is computed once.
type Source struct {
	def   *logical.Definition
	names *scope
	outer *scope // holds the names of WITH
}

// Source binds the FROM of a multi-insert.
func (b *Binder) Source(stmt *syntax.MultiInsert) (*Source, error) {
	outer, err := b.withScope(&syntax.Query{With: stmt.With, Recursive: stmt.Recursive}, nil)
	if err != nil {
		return nil, err
	}
	return b.source(stmt.From, outer)
}

// Using binds the source of a MERGE.
func (b *Binder) Using(ref syntax.TableRef) (*Source, error) { return b.source(ref, nil) }

func (b *Binder) source(ref syntax.TableRef, outer *scope) (*Source, error) {
	n, names, err := b.fromClause(ref, outer, nil)
	if err != nil {
		return nil, err
	}
	return &Source{def: b.Share("source", n), names: names, outer: outer}, nil
}

// use is one place that reads s, with columns of its own.
func (s *Source) use(b *Binder) *source {
	n := b.Use(s.def)
	own := map[int]logical.Column{}
	for i, id := range n.From {
		own[id] = n.Cols[i]
	}
	names := &scope{parent: s.outer}
	for _, rel := range s.names.rels {
		mine := relation{alias: rel.alias, project: rel.project, hidden: map[int]bool{}}
		for _, c := range rel.cols {
			mine.cols = append(mine.cols, logical.Column{ID: own[c.ID].ID, Name: c.Name, Type: c.Type, Required: own[c.ID].Required})
			mine.hidden[own[c.ID].ID] = rel.hidden[c.ID]
		}
		names.rels = append(names.rels, mine)
	}
	return &source{n, names}
}

// QueryOver binds a query whose SELECT without FROM reads s; nil is no source.
func (b *Binder) QueryOver(q *syntax.Query, s *Source) (logical.Node, error) {
	if s == nil {
		return b.Query(q)
	}
	return b.query(q, s.outer, s.use(b))
}
