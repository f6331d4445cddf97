package bind

import (
	"slices"

	"github.com/bixidata/bixi/planner/logical"
	"github.com/bixidata/bixi/planner/scalar"
	"github.com/bixidata/bixi/sql/diag"
	"github.com/bixidata/bixi/sql/syntax"
	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/table"
)

// Pair is a table and what it is merged with.
type Pair struct {
	*Rows
	// Source is the other side; From names its columns alone.
	Source logical.Node
	from   *scope
}

// Pair puts a use of a source, which is written at pos, beside the rows.
func (r *Rows) Pair(using *Source, pos diag.Pos) (*Pair, error) {
	use := using.use(r.b)
	for _, rel := range use.names.rels {
		if rel.alias != "" && rel.alias == r.names.rels[0].alias {
			return nil, semantic(pos, "%s names both the table and its source", rel.alias).WithHint("give one of them another alias")
		}
	}
	own := *r
	own.names = &scope{rels: slices.Concat(r.names.rels[:1], use.names.rels)}
	return &Pair{Rows: &own, Source: use.node, from: use.names}, nil
}

// own names the table's columns alone.
func (p *Pair) own() *scope { return &scope{rels: p.names.rels[:1]} }

// On binds a condition between the two sides, without subqueries.
func (p *Pair) On(e syntax.Expr, clause string) (scalar.Expr, error) {
	return p.b.condition(e, &exprScope{names: p.names, clause: clause})
}

// OnJoin binds a condition on the pairs of j, a join of the rows and the source.
// Its subqueries are computed over the sides of j.
func (p *Pair) OnJoin(j *logical.Join, e syntax.Expr, clause string) (scalar.Expr, error) {
	return p.b.onSides(j, e, p.names, clause)
}

// Missing binds a condition on the table's columns alone. Its subqueries are joined
// to Node.
func (p *Pair) Missing(e syntax.Expr) (scalar.Expr, error) {
	return p.b.condition(e, &exprScope{names: p.own(), rel: &p.Node, clause: "WHEN NOT MATCHED BY SOURCE"})
}

// Assign binds assignments that concern the rows for which applies is true. Their
// values may read both sides, or, if alone, those of the table. Subqueries are
// joined to Node, and give nothing for other rows: there they do not fail either.
func (p *Pair) Assign(list []*syntax.Assignment, applies scalar.Expr, alone bool) ([]scalar.Expr, error) {
	names := p.names
	if alone {
		names = p.own()
	}
	before := p.Node
	out, err := p.set(list, &exprScope{names: names, rel: &p.Node, clause: "SET"})
	if err != nil {
		return nil, err
	}
	for _, a := range unstack(p.Node, before) {
		if a.Kind == logical.Single {
			a.R = &logical.Filter{Input: a.R, Conds: []scalar.Expr{applies}}
		}
	}
	return out, nil
}

// OfSource binds a condition on rel, rows of the source, to which its subqueries are
// joined.
func (p *Pair) OfSource(rel *logical.Node, e syntax.Expr) (scalar.Expr, error) {
	return p.b.condition(e, &exprScope{names: p.from, rel: rel, clause: "WHEN NOT MATCHED"})
}

// Value binds an inserted value over rel, rows of the source.
func (p *Pair) Value(rel *logical.Node, e syntax.Expr, c table.Column) (scalar.Expr, error) {
	v, err := p.b.expr(e, &exprScope{names: p.from, rel: rel, clause: "VALUES"})
	if err != nil {
		return nil, err
	}
	return p.b.assign(v, c.Type, "column "+c.Name, e.Pos())
}

// Marked is the source with a column that is TRUE.
func (p *Pair) Marked() (logical.Node, logical.Column) {
	col := p.b.NewColumn("_source", types.BooleanType, true)
	return withColumn(p.Source, &scalar.Literal{Value: true, Typ: types.BooleanType}, col), col
}
