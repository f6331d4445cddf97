package bind

import (
	"strings"

	"github.com/bixidata/bixi/planner/logical"
	"github.com/bixidata/bixi/sql/diag"
	"github.com/bixidata/bixi/sql/syntax"
	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/table"
)

// maxViewDepth bounds views in views.
const maxViewDepth = 32

// source is a bound FROM clause that several SELECTs share (multi-insert).
type source struct {
	node  logical.Node
	names *scope
}

// fromClause binds FROM; without one there is a single row without columns.
func (b *Binder) fromClause(ref syntax.TableRef, outer *scope, shared *source) (logical.Node, *scope, error) {
	names := &scope{parent: outer}
	if ref == nil {
		if shared != nil {
			return shared.node, &scope{parent: outer, rels: shared.names.rels}, nil
		}
		return &logical.Values{Rows: [][]types.Datum{{}}}, names, nil
	}
	n, rels, err := b.tableRef(ref, outer)
	names.rels = rels
	return n, names, err
}

func (b *Binder) tableRef(ref syntax.TableRef, outer *scope) (logical.Node, []relation, error) {
	switch ref := ref.(type) {
	case *syntax.Table:
		n, rels, err := b.table(ref, outer)
		return b.sample(n, rels, ref.Sample, err)
	case *syntax.SubqueryTable:
		n, err := b.query(ref.Query, outer, nil)
		if err != nil {
			return nil, nil, err
		}
		n, rels, err := b.named(n, strings.ToLower(ref.Alias.Name), ref.Columns, "")
		return b.sample(n, rels, ref.Sample, err)
	case *syntax.VariableTable:
		return b.variableTable(ref)
	case *syntax.Join:
		return b.join(ref, outer)
	case *syntax.LateralView:
		return b.lateralView(ref, outer)
	case *syntax.FuncTable:
		return b.funcTable(ref, outer)
	case *syntax.Pivot:
		return b.pivot(ref, outer)
	case *syntax.Unpivot:
		return b.unpivot(ref, outer)
	}
	return nil, nil, unsupported(ref.Pos(), "this table")
}

// named puts n in scope as alias, renaming its columns where names are given.
func (b *Binder) named(n logical.Node, alias string, names []syntax.Ident, project string) (logical.Node, []relation, error) {
	cols := append([]logical.Column{}, n.Columns()...)
	if len(names) > 0 && len(names) != len(cols) {
		return nil, nil, semantic(names[0].Pos(), "%d names are given for %d columns", len(names), len(cols))
	}
	for i, id := range names {
		cols[i].Name = strings.ToLower(id.Name)
	}
	r := relation{alias: alias, cols: cols, project: project}
	b.relations = append(b.relations, r)
	return n, []relation{r}, nil
}

func (b *Binder) table(ref *syntax.Table, outer *scope) (logical.Node, []relation, error) {
	alias := strings.ToLower(ref.Name.Last().Name)
	if !ref.Alias.IsZero() {
		alias = strings.ToLower(ref.Alias.Name)
	}
	if len(ref.Name.Parts) == 1 {
		if c := outer.cte(strings.ToLower(ref.Name.Parts[0].Name)); c != nil {
			n, err := b.useCTE(c)
			if err != nil {
				return nil, nil, err
			}
			names := ref.Columns
			if len(names) == 0 {
				names = c.def.Columns
			}
			return b.named(n, alias, names, "")
		}
	}
	t, err := b.Resolve(ref.Name)
	if ref.AsOf != nil {
		t, err = b.past(ref)
	}
	if err != nil {
		return nil, nil, err
	}
	if t.View != "" {
		n, err := b.view(t, ref)
		if err != nil {
			return nil, nil, err
		}
		return b.named(n, alias, ref.Columns, t.Name.Project)
	}
	return b.named(b.Scan(t), alias, ref.Columns, t.Name.Project)
}

// Scan reads all columns of t.
func (b *Binder) Scan(t *table.Table) *logical.Scan {
	n := &logical.Scan{Table: t}
	for i, f := range t.Schema() {
		n.Cols = append(n.Cols, b.NewColumn(f.Name, f.Type, f.Required))
		n.Ordinals = append(n.Ordinals, i)
	}
	return n
}

var joinKinds = map[syntax.JoinKind]logical.JoinKind{
	syntax.InnerJoin: logical.Inner, syntax.CrossJoin: logical.Inner, syntax.CommaJoin: logical.Inner,
	syntax.LeftJoin: logical.Left, syntax.RightJoin: logical.Right, syntax.FullJoin: logical.Full,
	syntax.SemiJoin: logical.Semi, syntax.AntiJoin: logical.Anti,
}

func (b *Binder) join(ref *syntax.Join, outer *scope) (logical.Node, []relation, error) {
	if v := commaLateral(ref); v != nil {
		return b.tableRef(v, outer)
	}
	l, lrels, badL := b.tableRef(ref.L, outer)
	r, rrels, badR := b.tableRef(ref.R, outer)
	err := diag.Join(badL, badR)
	if err != nil {
		return nil, nil, err
	}
	if err := distinctAliases(ref, lrels, rrels); err != nil {
		return nil, nil, err
	}
	j := &logical.Join{Kind: joinKinds[ref.Kind], L: l, R: r}
	rels := append(append([]relation{}, lrels...), rrels...)
	using := ref.Using
	if ref.Natural {
		using = naturalColumns(ref, lrels, rrels)
	}
	if len(using) > 0 {
		return b.usingJoin(j, using, lrels, rrels)
	}
	var n logical.Node = j
	if ref.On != nil {
		if n, err = b.on(j, ref.On, &scope{parent: outer, rels: rels}); err != nil {
			return nil, nil, err
		}
	}
	if n == logical.Node(j) && j.Kind != logical.Inner && len(j.On) == 0 {
		return nil, nil, semantic(ref.OpPos, "%s needs a condition", ref.Kind)
	}
	if j.Kind == logical.Semi || j.Kind == logical.Anti {
		return n, rels[:len(lrels)], nil
	}
	return n, rels, nil
}

func distinctAliases(ref *syntax.Join, l, r []relation) error {
	for _, x := range l {
		for _, y := range r {
			if x.alias != "" && x.alias == y.alias {
				return semantic(ref.R.Pos(), "%s stands twice in FROM", x.alias).WithHint("give one of them another alias")
			}
		}
	}
	return nil
}
