package planner

import (
	"context"
	"strings"

	"github.com/bixidata/bixi/planner/bind"
	"github.com/bixidata/bixi/planner/logical"
	"github.com/bixidata/bixi/sql/syntax"
	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/table"
)

// createAs makes the table, then plans the INSERT; a failure drops it again.
func (st *statement) createAs(stmt *syntax.CreateTable) (*Plan, error) {
	n, err := st.binder.Known(stmt.As)
	if err != nil {
		return nil, err
	}
	def, err := st.definition(stmt)
	if err != nil {
		return nil, err
	}
	for i, c := range n.Columns() {
		name := strings.ToLower(c.Name)
		def.Columns = append(def.Columns, table.Column{Field: types.Field{Name: name, Type: c.Type}, ID: i + 1})
	}
	if def.Cluster, err = st.clustering(stmt.Cluster, def.Columns); err != nil {
		return nil, err
	}
	if def.IfNotExists {
		if _, err := st.Catalog.Load(st.ctx, def.Name); err == nil {
			return &Plan{Command: nothing{}, Session: st.udf}, nil
		}
	}
	var then func(context.Context) error
	if stmt.OrReplace {
		def.Name, then = st.replacing(def.Name)
	}
	if err := st.Catalog.Create(st.ctx, def); err != nil {
		return nil, bind.At(err, stmt.Name.Pos())
	}
	undo := func(ctx context.Context) error { return st.Catalog.Drop(ctx, def.Name, true) }
	p, err := func() (*Plan, error) {
		t, err := st.Catalog.Load(st.ctx, def.Name)
		if err != nil {
			return nil, err
		}
		node := &logical.Write{Input: n, Table: t}
		for _, c := range n.Columns() {
			node.Items = append(node.Items, c.Ref())
			node.Row = append(node.Row, st.binder.NewColumn(c.Name, c.Type, c.Required))
		}
		w := &writing{}
		w.add(node, &Commit{Table: t})
		return st.write(w)
	}()
	if err != nil {
		_ = undo(st.ctx)
		return nil, err
	}
	p.Undo, p.Then = undo, then
	return p, nil
}

// nothing is a command that has nothing to do.
type nothing struct{}

func (nothing) Run(context.Context, *Session) (*Result, error) { return &Result{}, nil }
