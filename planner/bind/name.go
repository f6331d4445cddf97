package bind

import (
	"slices"
	"strings"

	"github.com/bixidata/bixi/sql/diag"
	"github.com/bixidata/bixi/sql/syntax"
	"github.com/bixidata/bixi/table"
)

// candidates are the full names that a written table name may mean, the likelier
// first: a.b is table b of the project a, or else of the schema a.
func (b *Binder) candidates(n syntax.Name) []table.Name {
	parts := make([]string, len(n.Parts))
	for i, p := range n.Parts {
		parts[i] = strings.ToLower(p.Name)
	}
	switch len(parts) {
	case 1:
		return []table.Name{{Project: b.env.Project, Schema: b.schema(), Table: parts[0]}}
	case 2:
		out := []table.Name{{Project: parts[0], Schema: table.DefaultSchema, Table: parts[1]}}
		if b.env.TwoPartSchemas {
			out = append(out, table.Name{Project: b.env.Project, Schema: parts[0], Table: parts[1]})
		}
		return out
	}
	return []table.Name{{Project: parts[0], Schema: parts[1], Table: parts[2]}}
}

func (b *Binder) schema() string {
	if b.env.Schema == "" {
		return table.DefaultSchema
	}
	return b.env.Schema
}

// Resolve finds a table by its written name.
func (b *Binder) Resolve(n syntax.Name) (*table.Table, error) {
	var first error
	for _, name := range b.candidates(n) {
		if t := b.loaded[name]; t != nil {
			return t, nil
		}
		t, err := b.env.Catalog.Load(b.ctx, name)
		if err == nil {
			b.loaded[name] = t
			return t, nil
		}
		if !isMissing(err) {
			return nil, At(err, n.Pos())
		}
		if first == nil || diag.Of(first).Code != diag.CodeTableNotFound && diag.Of(err).Code == diag.CodeTableNotFound {
			first = err
		}
	}
	return nil, At(first, n.Pos())
}

// isMissing reports whether err says that a table, or the project or schema of
// its name, does not exist.
func isMissing(err error) bool {
	e, ok := err.(*diag.Error)
	return ok && (e.Code == diag.CodeTableNotFound || e.Code == diag.CodeSemantic)
}

// Name completes the written name of an object that need not exist. Its project
// and schema should.
func (b *Binder) Name(n syntax.Name) (table.Name, error) {
	all := b.candidates(n)
	if len(all) == 1 {
		return all[0], nil
	}
	if t, err := b.Resolve(n); err == nil {
		return t.Name, nil
	}
	projects, err := b.env.Catalog.Projects(b.ctx)
	if err != nil || slices.Contains(projects, all[0].Project) {
		return all[0], err
	}
	schemas, err := b.env.Catalog.Schemas(b.ctx, b.env.Project)
	if err != nil {
		return all[0], err
	}
	if slices.ContainsFunc(schemas, func(s table.Schema) bool { return s.Name == all[1].Schema }) {
		return all[1], nil
	}
	e := semantic(n.Pos(), "there is no project or schema %s", all[0].Project)
	if near := diag.Near(all[0].Project, projects); near != "" {
		e.WithHint("did you mean %s?", near)
	}
	return all[0], e
}
