package bind

import (
	"strings"

	"github.com/bixidata/bixi/planner/logical"
	"github.com/bixidata/bixi/sql/diag"
	"github.com/bixidata/bixi/sql/syntax"
	"github.com/bixidata/bixi/sql/types"
)

// relation is a named set of columns in scope.
type relation struct {
	alias   string // lower case, "" for none
	project string // of a table, to resolve p.t.c
	cols    []logical.Column
	// hidden columns are found by qualified name only (the right side of USING).
	hidden map[int]bool
}

// scope is what names may refer to. A column found in parent is a correlation.
type scope struct {
	parent *scope
	rels   []relation
	ctes   map[string]*cte
}

// cte is a name of a WITH clause.
type cte struct {
	def   *syntax.CTE
	scope *scope // where its query is bound
	// shared is its query once bound, unless that refers to an outer query: then it
	// is bound anew at each use.
	shared *logical.Definition
	// recursive says that it reads itself; recursion is what came of that.
	recursive bool
	recursion *Recursion
}

func (s *scope) cte(name string) *cte {
	for ; s != nil; s = s.parent {
		if c := s.ctes[name]; c != nil {
			return c
		}
	}
	return nil
}

// columns lists all visible columns in order.
func (s *scope) columns() []logical.Column {
	var out []logical.Column
	for _, r := range s.rels {
		for _, c := range r.cols {
			if !r.hidden[c.ID] {
				out = append(out, c)
			}
		}
	}
	return out
}

// lookup finds the column that parts name. Extra parts are struct fields; rest
// is how many of them there are. A table around, however far, is meant before a
// column with fields.
func (s *scope) lookup(parts []syntax.Ident) (col logical.Column, rest int, err error) {
	for _, match := range []func(*scope, []syntax.Ident) ([]logical.Column, int){(*scope).qualified, (*scope).plain} {
		for sc := s; sc != nil; sc = sc.parent {
			var hits []logical.Column
			hits, rest = match(sc, parts)
			if len(hits) == 1 && rest > 0 && hits[0].Type.Kind != types.Struct && s.hasTable(parts[0]) {
				return col, 0, s.notFound(parts)
			}
			if len(hits) == 1 {
				return hits[0], rest, nil
			}
			if len(hits) > 1 {
				return col, 0, semantic(parts[0].Pos(), "column %s is ambiguous", join(parts)).
					WithHint("qualify it with a table name: %s", strings.Join(s.owners(parts), " or "))
			}
		}
	}
	return col, 0, s.notFound(parts)
}

// qualified finds the columns of this scope alone that parts can mean as
// project.table.column or table.column.
func (s *scope) qualified(parts []syntax.Ident) (hits []logical.Column, rest int) {
	if len(parts) >= 3 {
		for _, r := range s.rels {
			if strings.EqualFold(r.project, parts[0].Name) && strings.EqualFold(r.alias, parts[1].Name) {
				hits = append(hits, r.named(parts[2].Name, true)...)
			}
		}
		if len(hits) > 0 {
			return hits, len(parts) - 3
		}
	}
	if len(parts) >= 2 {
		for _, r := range s.rels {
			if r.alias != "" && strings.EqualFold(r.alias, parts[0].Name) {
				hits = append(hits, r.named(parts[1].Name, true)...)
			}
		}
	}
	return hits, len(parts) - 2
}

// plain finds the columns of this scope alone that the first of parts can mean.
func (s *scope) plain(parts []syntax.Ident) (hits []logical.Column, rest int) {
	for _, r := range s.rels {
		hits = append(hits, r.named(parts[0].Name, false)...)
	}
	return hits, len(parts) - 1
}

// hasTable reports whether a table of s or around it is called name.
func (s *scope) hasTable(name syntax.Ident) bool {
	for sc := s; sc != nil; sc = sc.parent {
		for _, r := range sc.rels {
			if strings.EqualFold(r.alias, name.Name) {
				return true
			}
		}
	}
	return false
}

func (r *relation) named(name string, withHidden bool) []logical.Column {
	var out []logical.Column
	for _, c := range r.cols {
		if strings.EqualFold(c.Name, name) && (withHidden || !r.hidden[c.ID]) {
			out = append(out, c)
		}
	}
	return out
}

func (s *scope) owners(parts []syntax.Ident) []string {
	var out []string
	for _, r := range s.rels {
		if r.alias != "" && len(r.named(parts[0].Name, false)) > 0 {
			out = append(out, r.alias+"."+parts[0].Name)
		}
	}
	return out
}

func (s *scope) notFound(parts []syntax.Ident) error {
	e := semantic(parts[0].Pos(), "column %s cannot be resolved", join(parts))
	var all, tables []string
	for sc := s; sc != nil; sc = sc.parent {
		for _, r := range sc.rels {
			if r.alias != "" {
				tables = append(tables, r.alias)
			}
			for _, c := range r.cols {
				all = append(all, c.Name)
			}
		}
	}
	last := parts[len(parts)-1].Name
	if len(parts) > 1 {
		if near := diag.Near(parts[0].Name, tables); near != "" && !strings.EqualFold(near, parts[0].Name) {
			return e.WithHint("did you mean the table %s?", near)
		}
	}
	if near := diag.Near(last, all); near != "" {
		return e.WithHint("did you mean %s?", near)
	}
	if len(all) > 0 && len(all) <= 24 {
		return e.WithHint("the columns in scope are %s", strings.Join(all, ", "))
	}
	if len(all) == 0 {
		return e.WithHint("there is no FROM clause, so no column is in scope")
	}
	return e
}

func join(parts []syntax.Ident) string {
	names := make([]string, len(parts))
	for i, p := range parts {
		names[i] = p.Name
	}
	return strings.Join(names, ".")
}
