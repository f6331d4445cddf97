package bind

import (
	"fmt"
	"slices"
	"strings"

	"github.com/bixidata/bixi/planner/logical"
	"github.com/bixidata/bixi/sql/diag"
	"github.com/bixidata/bixi/sql/syntax"
	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/table"
)

// Recursion is a name of WITH RECURSIVE: SEED UNION [ALL] STEP. Uses of the name
// read the table All. Who carries the statement out fills it first: with the rows
// of Seed, then again and again with those that Step gives for Working, the rows
// of the round before, until it gives none.
type Recursion struct {
	Name       string
	Pos        diag.Pos
	Seed, Step logical.Node // of the same columns
	Working    *table.Table
	All        *table.Table
	cols       []logical.Column // of Seed, by the names that uses see
}

// Recursions lists the recursive names of the statement that it uses, each behind
// those that it reads itself.
func (b *Binder) Recursions() []*Recursion { return b.recursions }

// useRecursion binds a use of a recursive name.
func (b *Binder) useRecursion(c *cte) (logical.Node, error) {
	if c.recursion != nil {
		if c.recursion.Step == nil { // in the step itself
			return b.readTemporary(c.recursion.Working, c.recursion.cols), nil
		}
		return b.readTemporary(c.recursion.All, c.recursion.cols), nil
	}
	union := c.def.Query.Body.(*syntax.SetOp)
	if refersTo(union.L, c.def.Name.Name) {
		return nil, semantic(union.L.Pos(), "the first part of the recursive %s refers to itself", c.def.Name.Name).
			WithHint("write it as seed UNION ALL step, where only the step reads %s", c.def.Name.Name)
	}
	within, err := b.withScope(&syntax.Query{With: c.def.Query.With, Recursive: c.def.Query.Recursive}, c.scope)
	if err != nil {
		return nil, err
	}
	seed, err := b.body(union.L, within, nil)
	if err != nil {
		return nil, err
	}
	var ts []types.Type
	for _, col := range seed.Columns() {
		ts = append(ts, col.Type.Known())
	}
	r := &Recursion{Name: c.def.Name.Name, Pos: c.def.Name.Pos(), Seed: b.CastColumns(seed, ts)}
	if err := r.describe(c.def); err != nil {
		return nil, err
	}
	c.recursion = r
	b.growing[r.Working] = true
	defer delete(b.growing, r.Working)
	step, err := b.body(union.R, within, nil)
	if err != nil {
		return nil, err
	}
	if step, err = b.asSeed(r, step, union); err != nil {
		return nil, err
	}
	if !union.All {
		if r.Seed, step, err = b.onlyNew(r, union, step); err != nil {
			return nil, err
		}
	}
	if err := b.checkRecursion(r, step); err != nil {
		return nil, err
	}
	r.Step = step
	b.recursions = append(b.recursions, r)
	return b.readTemporary(r.All, r.cols), nil
}

// isRecursive reports whether a name of WITH RECURSIVE refers to itself.
func isRecursive(def *syntax.CTE) (bool, error) {
	if !refersTo(def.Query, def.Name.Name) {
		return false, nil
	}
	q := def.Query
	op, ok := q.Body.(*syntax.SetOp)
	if !ok || op.Op != syntax.Union {
		return false, semantic(def.Name.Pos(), "the recursive %s is no union of a seed and a step", def.Name.Name).
			WithHint("write it as seed UNION ALL step, where only the step reads %s", def.Name.Name)
	}
	if q.OrderBy != nil || q.Limit != nil || q.Offset != nil || q.DistributeBy != nil || q.SortBy != nil || q.ClusterBy != nil {
		return false, semantic(def.Name.Pos(), "ORDER BY and LIMIT cannot stand in the recursive %s itself", def.Name.Name).
			WithHint("put them in the query that reads %s", def.Name.Name)
	}
	return true, nil
}

func refersTo(n syntax.Node, name string) bool {
	found := false
	syntax.Inspect(n, func(n syntax.Node) bool {
		if t, ok := n.(*syntax.Table); ok {
			found = found || len(t.Name.Parts) == 1 && strings.EqualFold(t.Name.Parts[0].Name, name)
		}
		return !found
	})
	return found
}

// describe makes the tables that hold the rows. Their columns are numbered, as
// those of a query may have equal names.
func (r *Recursion) describe(def *syntax.CTE) error {
	r.cols = slices.Clone(r.Seed.Columns())
	if len(def.Columns) > 0 && len(def.Columns) != len(r.cols) {
		return semantic(def.Columns[0].Pos(), "%d names are given for %d columns", len(def.Columns), len(r.cols))
	}
	for i, id := range def.Columns {
		r.cols[i].Name = strings.ToLower(id.Name)
	}
	r.Working, r.All = Temporary(r.Name, r.cols), Temporary(r.Name, r.cols)
	return nil
}

// TemporaryProject is the project of the names of temporary tables; no project of a
// catalog can bear it.
const TemporaryProject = "(temporary)"

// Temporary is a table outside the catalog for rows of these columns.
func Temporary(name string, cols []logical.Column) *table.Table {
	t := &table.Table{Name: table.Name{Project: TemporaryProject, Table: strings.ToLower(name)}}
	for i, c := range cols {
		t.Columns = append(t.Columns, table.Column{Field: types.Field{Name: fmt.Sprintf("c%d", i+1), Type: c.Type}, ID: i + 1})
	}
	return t
}

// readTemporary reads a temporary table; the names of its columns are those of
// cols.
func (b *Binder) readTemporary(t *table.Table, cols []logical.Column) *logical.Scan {
	n := b.Scan(t)
	for i := range n.Cols {
		n.Cols[i].Name = cols[i].Name
	}
	return n
}

// asSeed converts the columns of the step to those of the seed.
func (b *Binder) asSeed(r *Recursion, step logical.Node, union *syntax.SetOp) (logical.Node, error) {
	cols := step.Columns()
	if len(cols) != len(r.cols) {
		return nil, diag.Errorf(diag.CodeSetOperation, union.OpPos, "the seed of %s has %d columns and the step %d", r.Name, len(r.cols), len(cols))
	}
	p := &logical.Project{Input: step}
	for i, c := range cols {
		e, err := b.assign(c.Ref(), r.cols[i].Type, fmt.Sprintf("column %s of the recursive %s", r.cols[i].Name, r.Name), union.R.Pos())
		if err != nil {
			return nil, err
		}
		p.Items = append(p.Items, e)
		p.Cols = append(p.Cols, b.NewColumn(r.cols[i].Name, r.cols[i].Type, false))
	}
	return p, nil
}

// onlyNew makes UNION DISTINCT of the recursion: a round gives the rows, each once,
// that no earlier round gave.
func (b *Binder) onlyNew(r *Recursion, union *syntax.SetOp, step logical.Node) (seed, newRows logical.Node, err error) {
	for i, c := range r.cols {
		if !c.Type.IsComparable() {
			return nil, nil, diag.Errorf(diag.CodeSetOperation, union.OpPos, "column %d is %s, whose values cannot be compared", i+1, c.Type).
				WithHint("UNION ALL compares nothing")
		}
	}
	except := &syntax.SetOp{Op: syntax.Except, OpPos: union.OpPos}
	return b.distinct(r.Seed), b.intersect(except, b.distinct(step), b.readTemporary(r.All, r.cols)), nil
}

// checkRecursion refuses what cannot be computed round by round, apart from the
// rest of the statement.
func (b *Binder) checkRecursion(r *Recursion, step logical.Node) error {
	if len(logical.Free(r.Seed)) > 0 || len(logical.Free(step)) > 0 {
		return unsupported(r.Pos, "a recursive WITH that refers to an outer query")
	}
	var err error
	check := func(n logical.Node) logical.Node {
		if s, ok := n.(*logical.Scan); ok && b.growing[s.Table] && s.Table != r.Working && s.Table != r.All {
			err = unsupported(r.Pos, "a recursive WITH within the step of another one")
		}
		return n
	}
	for _, root := range []logical.Node{r.Seed, step} {
		logical.Transform(root, check)
		for _, d := range logical.Definitions(root) {
			logical.Transform(d.Root, check)
		}
	}
	return err
}
