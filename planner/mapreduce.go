package planner

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/bixidata/bixi/mapreduce/program"
	"github.com/bixidata/bixi/planner/logical"
	"github.com/bixidata/bixi/planner/lower"
	"github.com/bixidata/bixi/planner/physical"
	"github.com/bixidata/bixi/planner/scalar"
	"github.com/bixidata/bixi/sql/diag"
	"github.com/bixidata/bixi/sql/syntax"
	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/table"
)

// MapReduce plans the job that program p describes by spec.
func MapReduce(ctx context.Context, s *Session, p physical.Program, spec program.Spec) (*Plan, error) {
	if err := spec.Check(); err != nil {
		return nil, err
	}
	st, err := s.begin(ctx)
	if err != nil {
		return nil, err
	}
	plan, err := st.mapReduce(p, &spec)
	return plan, placeless(err)
}

// placeless removes a place in a text that the user did not write.
func placeless(err error) error {
	var e *diag.Error
	if !errors.As(err, &e) || !e.Pos.IsValid() {
		return err
	}
	c := *e
	c.Pos = diag.Pos{}
	return &c
}

func (st *statement) mapReduce(p physical.Program, spec *program.Spec) (*Plan, error) {
	j := lower.MapReduce{Program: p, Reduce: !spec.MapOnly, Reducers: spec.Reducers}
	var lo *lower.Lowerer
	var text strings.Builder
	for i := range spec.Inputs {
		n, err := st.mapInput(&spec.Inputs[i])
		if err != nil {
			return nil, err
		}
		// The lowerer keeps no tree of its own: the last one lowers all inputs.
		if n, lo, err = st.optimize(n); err != nil {
			return nil, err
		}
		if err := onlyReads(&spec.Inputs[i], n); err != nil {
			return nil, err
		}
		j.Inputs = append(j.Inputs, n)
		text.WriteString(logical.Format(n))
	}
	if err := arrangeMapOutput(&j, spec); err != nil {
		return nil, err
	}
	mode, err := st.mapReduceOutput(&j, &spec.Output)
	if err != nil {
		return nil, err
	}
	root, err := lo.MapReduce(j)
	if err != nil {
		return nil, err
	}
	return &Plan{
		Root: st.finish(root), Schema: root.Schema(), Session: st.udf, Text: text.String(),
		Commits: []*Commit{{Table: j.Table, Mode: mode, Static: j.Static}},
	}, nil
}

// arrangeMapOutput settles the columns between mappers and reducers.
func arrangeMapOutput(j *lower.MapReduce, spec *program.Spec) (err error) {
	if j.MapOutput, err = spec.MapOutput(); err != nil {
		return err
	}
	lead := 0
	if spec.Partitioner {
		lead = 1
	}
	column := func(i int) scalar.Expr {
		return &scalar.Column{ID: i, Name: j.MapOutput[i].Name, Typ: j.MapOutput[i].Type}
	}
	for _, k := range spec.Partition {
		j.Keys = append(j.Keys, column(lead+k))
	}
	if spec.Partitioner {
		j.Keys = []scalar.Expr{column(0)}
	}
	for _, k := range spec.Sort {
		j.Sort = append(j.Sort, scalar.SortKey{Expr: column(lead + k.Column), Desc: k.Desc, NullsFirst: !k.Desc})
	}
	j.Output, err = program.Schema(spec.Output.Columns)
	return err
}

// mapInput reads the columns that a mapper wants, in the types it wants.
func (st *statement) mapInput(in *program.Input) (logical.Node, error) {
	name, err := tableName(in.Table)
	if err != nil {
		return nil, err
	}
	t, err := st.binder.Resolve(name)
	if err != nil {
		return nil, err
	}
	if t.View != "" {
		return nil, diag.Errorf(diag.CodeUnsupported, diag.Pos{}, "%s is a view; a MapReduce job reads tables", t.Name)
	}
	query := "select * from " + quoted(name)
	if in.Where != "" {
		query += " where " + in.Where
	}
	parsed, err := syntax.ParseStatement(query)
	if err != nil {
		return nil, fmt.Errorf("the condition %q on %s: %w", in.Where, t.Name, placeless(err))
	}
	q, ok := parsed.(*syntax.QueryStatement)
	if !ok {
		return nil, diag.Errorf(diag.CodeSemantic, diag.Pos{}, "%q on %s is not a condition", in.Where, t.Name)
	}
	n, err := st.binder.Known(q.Query)
	if err != nil {
		return nil, err
	}
	if n, err = st.inPartition(n, t, in.Partition); err != nil {
		return nil, err
	}
	return st.wanted(n, t, in)
}

// tableName parses a name that a program gives.
func tableName(text string) (syntax.Name, error) {
	var n syntax.Name
	for _, p := range strings.Split(text, ".") {
		if p = strings.TrimSpace(p); p == "" {
			return n, diag.Errorf(diag.CodeSemantic, diag.Pos{}, "%q is not a table name", text)
		}
		n.Parts = append(n.Parts, syntax.Ident{Name: p, Quoted: true})
	}
	return n, nil
}

func quoted(n syntax.Name) string {
	parts := make([]string, len(n.Parts))
	for i, p := range n.Parts {
		parts[i] = "`" + p.Name + "`"
	}
	return strings.Join(parts, ".")
}

// inPartition keeps the rows of a partition.
func (st *statement) inPartition(n logical.Node, t *table.Table, spec string) (logical.Node, error) {
	names, values, err := program.ParsePartition(spec)
	if err != nil || len(names) == 0 {
		return n, err
	}
	f := &logical.Filter{Input: n}
	for i, name := range names {
		at := columnIndex(t.Partition, name)
		if at < 0 {
			return nil, diag.Errorf(diag.CodePartitionMissing, diag.Pos{}, "%s has no partition column %s", t.Name, name)
		}
		v, err := st.partitionText(t.Partition[at], values[i])
		if err != nil {
			return nil, err
		}
		c := n.Columns()[len(t.Columns)+at]
		f.Conds = append(f.Conds, &scalar.Call{Name: "=", Typ: types.BooleanType,
			Args: []scalar.Expr{c.Ref(), &scalar.Literal{Value: v, Typ: c.Type}}})
	}
	return f, nil
}

// partitionText converts the text of a partition value to the column's type.
func (st *statement) partitionText(col table.Column, text string) (types.Datum, error) {
	if col.Type.IsText() {
		return text, nil
	}
	v, ok := st.Fold(&scalar.Cast{Arg: &scalar.Literal{Value: text, Typ: types.StringType}, Typ: col.Type}, st.udf)
	if !ok || v == nil {
		return nil, diag.Errorf(diag.CodePartitionMissing, diag.Pos{}, "%q is no value of the partition column %s, which is %s", text, col.Name, col.Type)
	}
	return v, nil
}

// wanted picks and converts the columns of an input.
func (st *statement) wanted(n logical.Node, t *table.Table, in *program.Input) (logical.Node, error) {
	schema, err := program.Schema(in.Columns)
	if err != nil {
		return nil, err
	}
	p := &logical.Project{Input: n}
	for _, f := range schema {
		at, err := tableColumn(t, t.Schema(), f.Name)
		if err != nil {
			return nil, err
		}
		from := n.Columns()[at].Type
		e, err := st.binder.Assign(n.Columns()[at], f.Type, f.Name, diag.Pos{})
		if err != nil || !readable(from, f.Type) {
			return nil, diag.Errorf(diag.CodeImplicitCast, diag.Pos{}, "column %s of %s is %s, which the program's field of type %s cannot hold",
				t.Schema()[at].Name, t.Name, from, f.Type)
		}
		p.Items = append(p.Items, e)
		p.Cols = append(p.Cols, st.binder.NewColumn(f.Name, f.Type, false))
	}
	return p, nil
}

// readable reports whether a column may be read as type to: without losing digits,
// except that an integer which does not fit is an error when it is met.
func readable(from, to types.Type) bool {
	return types.CanCoerce(from, to) || from.IsInteger() && to.IsInteger() || from.IsTemporal() && to.IsTemporal()
}

// tableColumn finds a column that a program names. The empty name is the only one.
func tableColumn(t *table.Table, cols types.Schema, name string) (int, error) {
	if name == "" {
		if len(t.Columns) == 1 {
			return 0, nil
		}
		return 0, diag.Errorf(diag.CodeSemantic, diag.Pos{}, "the program has one nameless column for %s, which has %d", t.Name, len(t.Columns)).
			WithHint("name the column in the job's table: Columns: []string{%q}", cols[0].Name)
	}
	if at := cols.Index(name); at >= 0 {
		return at, nil
	}
	err := diag.Errorf(diag.CodeSemantic, diag.Pos{}, "%s has no column %s", t.Name, name)
	if near := diag.Near(name, cols.Names()); near != "" {
		return 0, err.WithHint("did you mean %s? A struct field can be given its column with a tag `bixi:%q`", near, near)
	}
	return 0, err.WithHint("its columns are %s", strings.Join(cols.Names(), ", "))
}

// onlyReads refuses conditions that need more than reading the table.
func onlyReads(in *program.Input, n logical.Node) error {
	switch n.(type) {
	case *logical.Scan, *logical.Values:
		return nil
	case *logical.Filter, *logical.Project:
		return onlyReads(in, n.Inputs()[0])
	}
	return diag.Errorf(diag.CodeUnsupported, diag.Pos{}, "%q on %s is more than a condition on its rows", in.Where, in.Table)
}
