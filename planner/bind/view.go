package bind

import (
	"slices"
	"strings"

	"github.com/bixidata/bixi/planner/logical"
	"github.com/bixidata/bixi/planner/scalar"
	"github.com/bixidata/bixi/sql/diag"
	"github.com/bixidata/bixi/sql/syntax"
	"github.com/bixidata/bixi/table"
)

// view binds the query of a view.
func (b *Binder) view(t *table.Table, ref *syntax.Table) (logical.Node, error) {
	n, err := b.Stored(t, t.View, ref.Pos())
	if err != nil {
		return nil, err
	}
	return b.viewColumns(t, n, ref)
}

// Stored binds a query that is kept with t: names mean t's project and schema.
func (b *Binder) Stored(t *table.Table, text string, pos diag.Pos) (logical.Node, error) {
	if b.depth++; b.depth > maxViewDepth {
		return nil, semantic(pos, "view %s refers to itself", t.Name)
	}
	defer func() { b.depth-- }()
	st, err := syntax.ParseStatement(text)
	if err != nil {
		return nil, semantic(pos, "the view %s is damaged: %v", t.Name, err)
	}
	if v, ok := st.(*syntax.CreateView); ok {
		return nil, semantic(pos, "the view %s takes parameters", t.Name).
			WithHint("it is %s", Usage(&syntax.CreateFunction{Name: v.Name, Params: v.Params, Result: v.Result, Returns: v.Returns}))
	}
	q, ok := st.(*syntax.QueryStatement)
	if !ok {
		return nil, semantic(pos, "the view %s is not a query", t.Name)
	}
	outside := b.env
	env := *b.env
	env.Project, env.Schema = t.Name.Project, t.Name.Schema
	b.env = &env
	n, err := b.withVariables(nil, func() (logical.Node, error) { return b.query(q.Query, nil, nil) })
	b.env = outside
	if err != nil {
		return nil, semantic(pos, "the view %s no longer fits its tables: %v", t.Name, err)
	}
	return n, nil
}

// Equal compares two expressions.
func (b *Binder) Equal(l, r scalar.Expr) (scalar.Expr, error) {
	return b.compare(syntax.OpEq, diag.Pos{}, l, r)
}

// viewColumns gives the columns that a view was made with of those of its query,
// n: by name if the query still has all the names, otherwise by position. So a
// view on SELECT * keeps its columns when its table gets more.
func (b *Binder) viewColumns(t *table.Table, n logical.Node, ref *syntax.Table) (logical.Node, error) {
	cols := n.Columns()
	if len(cols) < len(t.Columns) {
		return nil, semantic(ref.Pos(), "the view %s no longer fits its tables: its query gives %d columns, not %d", t.Name, len(cols), len(t.Columns))
	}
	p := &logical.Project{Input: n}
	same := len(cols) == len(t.Columns)
	byName := positions(t.Columns, cols)
	for i, c := range t.Columns {
		from := cols[i]
		if byName != nil {
			from = cols[byName[i]]
		}
		same = same && from.ID == cols[i].ID && strings.EqualFold(from.Name, c.Name)
		p.Items = append(p.Items, from.Ref())
		p.Cols = append(p.Cols, b.NewColumn(c.Name, from.Type, from.Required))
	}
	if same {
		return n, nil
	}
	return p, nil
}

// positions finds each of want in have by its name; nil if one is not there.
func positions(want []table.Column, have []logical.Column) []int {
	out := make([]int, len(want))
	for i, w := range want {
		out[i] = slices.IndexFunc(have, func(c logical.Column) bool { return strings.EqualFold(c.Name, w.Name) })
		if out[i] < 0 {
			return nil
		}
	}
	return out
}
