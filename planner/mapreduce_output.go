package planner

import (
	"github.com/bixidata/bixi/mapreduce/program"
	"github.com/bixidata/bixi/planner/logical"
	"github.com/bixidata/bixi/planner/lower"
	"github.com/bixidata/bixi/planner/scalar"
	"github.com/bixidata/bixi/sql/diag"
	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/table"
)

// mapReduceOutput settles the table that is written and how.
func (st *statement) mapReduceOutput(j *lower.MapReduce, out *program.Output) (table.CommitMode, error) {
	name, err := tableName(out.Table)
	if err != nil {
		return 0, err
	}
	t, err := st.binder.Resolve(name)
	if err != nil {
		return 0, err
	}
	if t.View != "" {
		return 0, diag.Errorf(diag.CodeSemantic, diag.Pos{}, "%s is a view; rows cannot be written to it", t.Name)
	}
	j.Table = t
	if j.Static, err = st.outputPartition(t, out.Partition); err != nil {
		return 0, err
	}
	if err := st.outputItems(j, t); err != nil {
		return 0, err
	}
	switch {
	case out.Append:
		return table.Append, nil
	case len(t.Partition) > 0:
		return table.OverwritePartition, nil
	}
	return table.OverwriteTable, nil
}

// outputPartition gives the values of all partition columns.
func (st *statement) outputPartition(t *table.Table, spec string) ([]types.Datum, error) {
	names, values, err := program.ParsePartition(spec)
	if err != nil {
		return nil, err
	}
	if len(names) != len(t.Partition) {
		if len(t.Partition) == 0 {
			return nil, diag.Errorf(diag.CodePartitionMissing, diag.Pos{}, "%s has no partitions, and the job writes %s of it", t.Name, spec)
		}
		return nil, diag.Errorf(diag.CodePartitionMissing, diag.Pos{}, "%s is partitioned by %s; the job has to name one partition", t.Name, partitionNames(t)).
			WithHint("set Partition of the output to %s=…", t.Partition[0].Name)
	}
	static := make([]types.Datum, len(t.Partition))
	for i, name := range names {
		at := columnIndex(t.Partition, name)
		if at < 0 || static[at] != nil {
			return nil, diag.Errorf(diag.CodePartitionMissing, diag.Pos{}, "%s is partitioned by %s, not by %s", t.Name, partitionNames(t), spec)
		}
		if static[at], err = st.partitionText(t.Partition[at], values[i]); err != nil {
			return nil, err
		}
	}
	return static, nil
}

// outputItems makes the table's columns of those the program gives; the others get
// their defaults.
func (st *statement) outputItems(j *lower.MapReduce, t *table.Table) error {
	var data types.Schema
	for _, c := range t.Columns {
		data = append(data, c.Field)
		j.Items = append(j.Items, &scalar.Literal{Value: c.Default, Typ: c.Type})
	}
	given := make([]bool, len(data))
	for i, f := range j.Output {
		at, err := tableColumn(t, data, f.Name)
		if err != nil {
			return err
		}
		if given[at] {
			return diag.Errorf(diag.CodeSemantic, diag.Pos{}, "the program gives column %s of %s twice", data[at].Name, t.Name)
		}
		given[at] = true
		// The expression is over positions: the column's number is its position.
		j.Items[at], err = st.binder.Assign(logical.Column{ID: i, Name: f.Name, Type: f.Type}, data[at].Type, data[at].Name, diag.Pos{})
		if err != nil {
			return diag.Errorf(diag.CodeImplicitCast, diag.Pos{}, "column %s of %s is %s, which does not hold the program's %s",
				data[at].Name, t.Name, data[at].Type, f.Type)
		}
	}
	for i, c := range t.Columns {
		if !given[i] && c.Required && c.Default == nil {
			return diag.Errorf(diag.CodeSemantic, diag.Pos{}, "column %s of %s is NOT NULL and has no default; the program must give it", c.Name, t.Name)
		}
	}
	return nil
}
