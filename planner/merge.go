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

// merging is a MERGE being planned.
type merging struct {
	*statement
	stmt  *syntax.Merge
	t     *table.Table
	using *bind.Source
	// The clauses by what they are about.
	matched, missing, inserts []*syntax.MergeWhen
}

// merge plans MERGE INTO as the rewriting of the table's rows, each with the one
// row of the source that changes it, and the insertion of the source's rows that
// have no partner.
func (st *statement) merge(stmt *syntax.Merge) (*Plan, error) {
	t, err := st.changeable(stmt.Table)
	if err != nil {
		return nil, err
	}
	using, err := st.binder.Using(stmt.Using)
	if err != nil {
		return nil, err
	}
	m := &merging{statement: st, stmt: stmt, t: t, using: using}
	for _, when := range stmt.Whens {
		if err := keysStay(t, when.Set); err != nil {
			return nil, err
		}
		switch {
		case when.Matched:
			m.matched = append(m.matched, when)
		case when.BySource:
			m.missing = append(m.missing, when)
		default:
			m.inserts = append(m.inserts, when)
		}
	}
	w := &writing{}
	if len(m.matched)+len(m.missing) > 0 {
		if err := m.change(w); err != nil {
			return nil, err
		}
	}
	if len(m.inserts) > 0 {
		if err := m.insert(w); err != nil {
			return nil, err
		}
	}
	return st.write(w)
}

// change adds the rewriting of the rows of the table.
func (m *merging) change(w *writing) error {
	p, err := m.binder.Rows(m.t, m.stmt.Alias).Pair(m.using, m.stmt.Using.Pos())
	if err != nil {
		return err
	}
	on, err := p.On(m.stmt.On, "ON")
	if err != nil {
		return err
	}
	prune := on
	if len(m.missing) > 0 {
		prune = nil // a row without a partner may be anywhere
	}
	commit, err := m.fix(p.Rows, prune, nil)
	if err != nil {
		return err
	}
	found, err := m.anyPartner(p)
	if err != nil {
		return err
	}
	c := &clauses{p: p}
	if err := m.joinMatched(c, on); err != nil {
		return err
	}
	for _, when := range m.missing {
		var cond scalar.Expr
		if when.Cond != nil {
			if cond, err = p.Missing(when.Cond); err != nil {
				return err
			}
		}
		c.add(when, cond, not(found))
	}
	node, err := m.rewriteClauses(c)
	if err != nil {
		return err
	}
	w.add(node, commit)
	return nil
}

// anyPartner adds a column to the rows that says whether the source has a partner,
// if some clause is about rows that have none.
func (m *merging) anyPartner(p *bind.Pair) (scalar.Expr, error) {
	if len(m.missing) == 0 {
		return nil, nil
	}
	again, err := p.Rows.Pair(m.using, m.stmt.Using.Pos())
	if err != nil {
		return nil, err
	}
	on, err := again.On(m.stmt.On, "ON")
	if err != nil {
		return nil, err
	}
	mark := m.binder.NewColumn("_found", types.BooleanType, false)
	p.Node = &logical.Join{Kind: logical.Mark, L: p.Node, R: again.Source, On: scalar.Conjuncts(on), Mark: mark}
	return isTrue(mark.Ref()), nil
}

// joinMatched joins each row with the row of the source that changes it: there
// may be one at most. Partners for which no clause applies do not count.
func (m *merging) joinMatched(c *clauses, on scalar.Expr) error {
	if len(m.matched) == 0 {
		return nil
	}
	source, there := c.p.Marked()
	j := &logical.Join{Kind: logical.Single, L: c.p.Node, R: source, On: scalar.Conjuncts(on), Many: severalRows(m.t)}
	var conds []scalar.Expr
	for _, when := range m.matched {
		var cond scalar.Expr
		var err error
		if when.Cond != nil {
			if cond, err = c.p.OnJoin(j, when.Cond, "WHEN"); err != nil {
				return err
			}
		}
		conds = append(conds, cond)
		c.add(when, cond, isTrue(there.Ref()))
	}
	if some := disjunction(conds); some != nil {
		j.On = append(j.On, some)
	}
	c.p.Node = j
	return nil
}

// clauses are the WHENs that change rows, in order.
type clauses struct {
	p       *bind.Pair
	whens   []*syntax.MergeWhen
	applies []scalar.Expr
}

// add adds a clause that applies to rows for which base, and cond (nil: none), are
// true.
func (c *clauses) add(when *syntax.MergeWhen, cond, base scalar.Expr) {
	if cond != nil {
		base = scalar.And([]scalar.Expr{base, isTrue(cond)})
	}
	c.whens, c.applies = append(c.whens, when), append(c.applies, base)
}

// rewriteClauses stores each row as the first clause that applies says.
func (m *merging) rewriteClauses(c *clauses) (*logical.Write, error) {
	number := func(i int) scalar.Expr { return &scalar.Literal{Value: int64(i), Typ: types.IntType} }
	which := &scalar.Case{Else: number(0), Typ: types.IntType}
	for i, e := range c.applies {
		which.Whens, which.Thens = append(which.Whens, e), append(which.Thens, number(i+1))
	}
	clause := c.p.Mark("_clause", which)
	is := func(i int) scalar.Expr {
		return &scalar.Call{Name: "=", Args: []scalar.Expr{clause, number(i + 1)}, Typ: types.BooleanType}
	}
	set := make([][]scalar.Expr, len(c.whens))
	do := &scalar.Case{Else: rowAction(physical.ActionKeep), Typ: types.TinyIntType}
	for i, when := range c.whens {
		var err error
		if set[i], err = c.p.Assign(when.Set, is(i), when.BySource); err != nil {
			return nil, err
		}
		action := physical.ActionPut
		if when.Action == syntax.MergeDelete {
			action = physical.ActionDelete
		}
		do.Whens, do.Thens = append(do.Whens, is(i)), append(do.Thens, rowAction(action))
	}
	values := make([]scalar.Expr, len(m.t.Columns))
	for col := range values {
		e := &scalar.Case{Else: c.p.Scan.Cols[col].Ref(), Typ: m.t.Columns[col].Type}
		for i := range set {
			if v := set[i][col]; v != nil {
				e.Whens, e.Thens = append(e.Whens, is(i)), append(e.Thens, v)
			}
		}
		if e.Whens != nil {
			values[col] = e
		}
	}
	return m.rewrite(c.p.Rows, values, do), nil
}

// insert adds the rows of the source that have no partner.
func (m *merging) insert(w *writing) error {
	p, err := m.binder.Rows(m.t, m.stmt.Alias).Pair(m.using, m.stmt.Using.Pos())
	if err != nil {
		return err
	}
	on, err := p.On(m.stmt.On, "ON")
	if err != nil {
		return err
	}
	var n logical.Node = &logical.Join{Kind: logical.Anti, L: p.Source, R: p.Node, On: scalar.Conjuncts(on)}
	var conds []scalar.Expr
	var rows [][]scalar.Expr
	for _, when := range m.inserts {
		var cond scalar.Expr
		if when.Cond != nil {
			if cond, err = p.OfSource(&n, when.Cond); err != nil {
				return err
			}
		}
		conds = append(conds, cond)
	}
	if some := disjunction(conds); some != nil {
		n = &logical.Filter{Input: n, Conds: []scalar.Expr{some}}
	}
	for _, when := range m.inserts {
		row, err := m.inserted(p, &n, when)
		if err != nil {
			return err
		}
		rows = append(rows, row)
	}
	node := &logical.Write{Input: n, Table: m.t}
	for i, c := range slices.Concat(m.t.Columns, m.t.Partition) {
		node.Items = append(node.Items, firstOf(conds, rows, i))
		node.Row = append(node.Row, m.binder.NewColumn(c.Name, c.Type, false))
	}
	if len(w.commits) > 0 {
		w.also(node)
	} else {
		w.add(node, &Commit{Table: m.t, Mode: table.Append})
	}
	return nil
}

// firstOf is the value of column col in the first clause whose condition holds;
// one of them does.
func firstOf(conds []scalar.Expr, rows [][]scalar.Expr, col int) scalar.Expr {
	last := slices.Index(conds, nil)
	if last < 0 {
		last = len(conds) - 1
	}
	value := rows[last][col]
	if last == 0 {
		return value
	}
	e := &scalar.Case{Else: value, Typ: value.Type()}
	for i, c := range conds[:last] {
		e.Whens, e.Thens = append(e.Whens, c), append(e.Thens, rows[i][col])
	}
	return e
}

// inserted binds the values of an INSERT clause over rel: one a column, partition
// columns last.
func (m *merging) inserted(p *bind.Pair, rel *logical.Node, when *syntax.MergeWhen) ([]scalar.Expr, error) {
	all := slices.Concat(m.t.Columns, m.t.Partition)
	at := make([]int, 0, len(all))
	for i, c := range all {
		if when.Columns == nil && !fillsItself(m.t, c) && !(isAuto(m.t) && i >= len(m.t.Columns)) {
			at = append(at, i)
		}
	}
	for _, id := range when.Columns {
		i := columnIndex(all, id.Name)
		if i < 0 {
			return nil, noColumn(m.t, id)
		}
		if slices.Contains(at, i) {
			return nil, diag.Errorf(diag.CodeSemantic, id.Pos(), "column %s stands twice in the list", id.Name)
		}
		at = append(at, i)
	}
	if len(at) != len(when.Values) {
		return nil, diag.Errorf(diag.CodeSemantic, when.Pos(), "the INSERT takes %d columns and VALUES gives %d", len(at), len(when.Values))
	}
	out := make([]scalar.Expr, len(all))
	for i, e := range when.Values {
		v, err := p.Value(rel, e, all[at[i]])
		if err != nil {
			return nil, err
		}
		out[at[i]] = v
	}
	for i, c := range all {
		switch {
		case out[i] != nil:
		case i >= len(m.t.Columns) && !isAuto(m.t), c.Required && c.Default == nil && !fillsItself(m.t, c):
			return nil, diag.Errorf(diag.CodeSemantic, when.Pos(), "the INSERT must give column %s, which has no default and cannot be NULL", c.Name)
		default:
			out[i] = m.absent(m.t, c)
		}
	}
	return out, nil
}
