package planner

import (
	"slices"

	"github.com/bixidata/bixi/planner/bind"
	"github.com/bixidata/bixi/planner/logical"
	"github.com/bixidata/bixi/planner/physical"
	"github.com/bixidata/bixi/planner/scalar"
	"github.com/bixidata/bixi/sql/diag"
	"github.com/bixidata/bixi/sql/syntax"
	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/table"
)

func (st *statement) update(stmt *syntax.Update) (*Plan, error) {
	t, err := st.changeable(stmt.Table)
	if err != nil {
		return nil, err
	}
	if err := keysStay(t, stmt.Set); err != nil {
		return nil, err
	}
	prefix, err := st.partitionPrefix(t, stmt.Partition)
	if err != nil {
		return nil, err
	}
	w := &writing{}
	switch {
	case stmt.From != nil:
		err = st.updateFrom(w, t, stmt, prefix)
	case hasSubquery(stmt.Set):
		err = st.updateApart(w, t, stmt, prefix)
	default:
		err = st.updateInPlace(w, t, stmt, prefix)
	}
	if err != nil {
		return nil, err
	}
	return st.write(w)
}

func (st *statement) delete(stmt *syntax.Delete) (*Plan, error) {
	t, err := st.changeable(stmt.Table)
	if err != nil {
		return nil, err
	}
	prefix, err := st.partitionPrefix(t, stmt.Partition)
	if err != nil {
		return nil, err
	}
	rows := st.binder.Rows(t, stmt.Alias)
	hit, commit, err := st.hit(rows, stmt.Alias, stmt.Where, prefix)
	if err != nil {
		return nil, err
	}
	w := &writing{}
	w.add(st.rewrite(rows, nil, actionIf(hit, physical.ActionDelete)), commit)
	return st.write(w)
}

// hit adds a column to rows that says which of them the WHERE clause means, and
// gives it and the commit of what it may mean.
func (st *statement) hit(rows *bind.Rows, alias syntax.Ident, where syntax.Expr, prefix []types.Datum) (scalar.Expr, *Commit, error) {
	var cond scalar.Expr
	if where != nil {
		var err error
		if cond, err = rows.Condition(where); err != nil {
			return nil, nil, err
		}
	}
	commit, err := st.fix(rows, cond, prefix)
	if err == nil {
		err = st.onlyHits(rows, alias, where, commit)
	}
	if err != nil {
		return nil, nil, err
	}
	if cond == nil {
		return &scalar.Literal{Value: true, Typ: types.BooleanType}, commit, nil
	}
	return rows.Mark("_hit", isTrue(cond)), commit, nil
}

// updateInPlace reads the rows once: those that are not meant keep their values.
func (st *statement) updateInPlace(w *writing, t *table.Table, stmt *syntax.Update, prefix []types.Datum) error {
	rows := st.binder.Rows(t, stmt.Alias)
	hit, commit, err := st.hit(rows, stmt.Alias, stmt.Where, prefix)
	if err != nil {
		return err
	}
	values, err := rows.Set(stmt.Set)
	if err != nil {
		return err
	}
	for i, v := range values {
		if v != nil {
			values[i] = &scalar.Case{Whens: []scalar.Expr{hit}, Thens: []scalar.Expr{v}, Else: rows.Scan.Cols[i].Ref(), Typ: v.Type()}
		}
	}
	w.add(st.rewrite(rows, values, actionIf(hit, physical.ActionPut)), commit)
	return nil
}

// updateApart reads the rows twice, those that stay and those that change, so that
// the subqueries of SET are not evaluated, and do not fail, for rows that stay.
func (st *statement) updateApart(w *writing, t *table.Table, stmt *syntax.Update, prefix []types.Datum) error {
	stay := st.binder.Rows(t, stmt.Alias)
	hit, commit, err := st.hit(stay, stmt.Alias, stmt.Where, prefix)
	if err != nil {
		return err
	}
	stay.Node = &logical.Filter{Input: stay.Node, Conds: []scalar.Expr{not(hit)}}
	w.add(st.rewrite(stay, nil, rowAction(physical.ActionKeep)), commit)

	rows := st.binder.Rows(t, stmt.Alias)
	rows.Scan.Files, rows.Scan.Fixed = stay.Scan.Files, true
	if stmt.Where != nil {
		if err := rows.Where(stmt.Where); err != nil {
			return err
		}
	}
	values, err := rows.Set(stmt.Set)
	if err != nil {
		return err
	}
	w.also(st.rewrite(rows, values, rowAction(physical.ActionPut)))
	return nil
}

// updateFrom joins the rows with the source; a row with several partners is an
// error.
func (st *statement) updateFrom(w *writing, t *table.Table, stmt *syntax.Update, prefix []types.Datum) error {
	if stmt.Where == nil {
		return diag.Errorf(diag.CodeSemantic, stmt.From.Pos(), "UPDATE … FROM needs a WHERE that says which row belongs to which")
	}
	using, err := st.binder.Using(stmt.From)
	if err != nil {
		return err
	}
	p, err := st.binder.Rows(t, stmt.Alias).Pair(using, stmt.From.Pos())
	if err != nil {
		return err
	}
	source, there := p.Marked()
	j := &logical.Join{Kind: logical.Single, L: p.Node, R: source, Many: severalRows(t)}
	cond, err := p.OnJoin(j, stmt.Where, "WHERE")
	if err != nil {
		return err
	}
	commit, err := st.fix(p.Rows, cond, prefix)
	if err != nil {
		return err
	}
	j.On, p.Node = append(j.On, scalar.Conjuncts(cond)...), j
	hit := p.Mark("_hit", isTrue(there.Ref()))
	values, err := p.Assign(stmt.Set, hit, false)
	if err != nil {
		return err
	}
	for i, v := range values {
		if v != nil {
			values[i] = &scalar.Case{Whens: []scalar.Expr{hit}, Thens: []scalar.Expr{v}, Else: p.Scan.Cols[i].Ref(), Typ: v.Type()}
		}
	}
	w.add(st.rewrite(p.Rows, values, actionIf(hit, physical.ActionPut)), commit)
	return nil
}

func severalRows(t *table.Table) string {
	return "several rows of the source belong to one row of " + t.Name.String()
}

// hasSubquery reports whether some value is computed by a subquery.
func hasSubquery(list []*syntax.Assignment) bool {
	return slices.ContainsFunc(list, func(a *syntax.Assignment) bool { return asks(a) })
}
