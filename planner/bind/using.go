package bind

import (
	"strings"

	"github.com/bixidata/bixi/planner/logical"
	"github.com/bixidata/bixi/planner/scalar"
	"github.com/bixidata/bixi/sql/syntax"
)

// naturalColumns are the names that both sides of a NATURAL join have.
func naturalColumns(ref *syntax.Join, l, r []relation) []syntax.Ident {
	var out []syntax.Ident
	right := (&scope{rels: r}).columns()
	for _, c := range (&scope{rels: l}).columns() {
		if hasColumn(right, c.Name) {
			out = append(out, syntax.Ident{Start: syntax.Start{At: ref.OpPos}, Name: c.Name})
		}
	}
	return out
}

// usingJoin binds USING (names). The name alone then means one column, which
// comes first in *: that of the side whose rows are all kept, and in a FULL join
// the value of whichever side has one. The columns of both sides are still found
// by qualified names.
func (b *Binder) usingJoin(j *logical.Join, names []syntax.Ident, l, r []relation) (logical.Node, []relation, error) {
	hidden := map[int]bool{}
	both := relation{}
	top := &logical.Project{Input: j}
	for _, id := range names {
		lc, _, err := (&scope{rels: l}).lookup([]syntax.Ident{id})
		if err != nil {
			return nil, nil, err
		}
		rc, _, err := (&scope{rels: r}).lookup([]syntax.Ident{id})
		if err != nil {
			return nil, nil, err
		}
		eq, err := b.compare(syntax.OpEq, id.Pos(), lc.Ref(), rc.Ref())
		if err != nil {
			return nil, nil, err
		}
		j.On = append(j.On, eq)
		hidden[lc.ID], hidden[rc.ID] = true, true
		col := lc
		switch j.Kind {
		case logical.Right:
			col = rc
		case logical.Full:
			e, err := b.apply("coalesce", id.Pos(), []scalar.Expr{lc.Ref(), rc.Ref()})
			if err != nil {
				return nil, nil, err
			}
			col = b.NewColumn(strings.ToLower(id.Name), e.Type(), false)
			top.Items, top.Cols = append(top.Items, e), append(top.Cols, col)
		}
		both.cols = append(both.cols, col)
	}
	if j.Kind == logical.Semi || j.Kind == logical.Anti {
		return j, l, nil
	}
	rels := []relation{both}
	for _, rel := range append(append([]relation{}, l...), r...) {
		rel.hidden = union(rel.hidden, hidden)
		rels = append(rels, rel)
	}
	if len(top.Cols) == 0 {
		return j, rels, nil
	}
	for _, c := range j.Columns() {
		top.Items, top.Cols = append(top.Items, c.Ref()), append(top.Cols, c)
	}
	return top, rels, nil
}

func union(a, b map[int]bool) map[int]bool {
	out := map[int]bool{}
	for k := range a {
		out[k] = true
	}
	for k := range b {
		out[k] = true
	}
	return out
}
