package planner

import (
	"context"
	"slices"

	"github.com/bixidata/bixi/planner/bind"
	"github.com/bixidata/bixi/planner/scalar"
	"github.com/bixidata/bixi/sql/diag"
	"github.com/bixidata/bixi/sql/syntax"
	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/table"
)

func (st *statement) addPartition(t *table.Table, a *syntax.AddPartition) (Command, error) {
	specs, err := st.whole(t, "ADD PARTITION", a.Partitions...)
	if err != nil {
		return nil, err
	}
	return action(func(ctx context.Context, s *Session) error {
		for i, p := range specs {
			if err := s.Catalog.AddPartition(ctx, t, p, a.IfNotExists); err != nil {
				return bind.At(err, a.Partitions[i].Pos())
			}
		}
		return nil
	}), nil
}

// whole evaluates PARTITION (…) lists that name one partition each.
func (st *statement) whole(t *table.Table, what string, specs ...*syntax.PartitionSpec) ([][]types.Datum, error) {
	out, err := st.prefixes(t, specs)
	if err != nil {
		return nil, err
	}
	for i, p := range out {
		if len(p) != len(t.Partition) {
			return nil, diag.Errorf(diag.CodeSemantic, specs[i].Pos(), "%s needs a value for each of %s", what, partitionNames(t))
		}
	}
	return out, nil
}

// dropPartition drops what the specs select. Several that must exist are looked
// for before the first is dropped.
func (st *statement) dropPartition(t *table.Table, a *syntax.DropPartition) (Command, error) {
	var all [][]types.Datum
	for _, spec := range a.Partitions {
		some, err := st.selectPartitions(t, spec)
		if err != nil {
			return nil, err
		}
		if len(some) == 0 && !a.IfExists {
			return nil, st.noPartition(t, spec).WithHint("write DROP IF EXISTS PARTITION")
		}
		all = append(all, some...)
	}
	return action(func(ctx context.Context, s *Session) error {
		for _, p := range all {
			fresh, err := s.Catalog.Load(ctx, t.Name)
			if err != nil {
				return err
			}
			if err := s.Catalog.DropPartition(ctx, fresh, p, true); err != nil {
				return bind.At(err, a.Pos())
			}
		}
		return purge(ctx, s, t, a.Purge)
	}), nil
}

// purge deletes the files that only earlier versions have.
func purge(ctx context.Context, s *Session, t *table.Table, wanted bool) error {
	if !wanted {
		return nil
	}
	return s.Catalog.Upkeep(ctx, t)
}

func (st *statement) noPartition(t *table.Table, spec *syntax.PartitionSpec) *diag.Error {
	return diag.Errorf(diag.CodePartitionMissing, spec.Pos(), "%s has no partition %s", t.Name, specText(spec))
}

func specText(spec *syntax.PartitionSpec) string { return syntax.Print(spec)[len("PARTITION "):] }

// selectPartitions lists the partitions there are that a spec names: by leading
// values, or by a condition on partition columns.
func (st *statement) selectPartitions(t *table.Table, spec *syntax.PartitionSpec) ([][]types.Datum, error) {
	var prefix []types.Datum
	holds := func([]types.Datum) (bool, error) { return true, nil }
	var err error
	if spec.Filter != nil {
		holds, err = st.partitionCondition(t, spec)
	} else {
		prefix, err = st.prefix(t, spec)
	}
	if err != nil {
		return nil, err
	}
	parts, err := st.Catalog.Partitions(st.ctx, t, prefix)
	if err != nil {
		return nil, err
	}
	var out [][]types.Datum
	for _, p := range parts {
		ok, err := holds(p.Values)
		if err != nil {
			return nil, err
		}
		if ok {
			out = append(out, p.Values)
		}
	}
	return out, nil
}

// partitionCondition makes the condition of a spec a function of a partition's
// values.
func (st *statement) partitionCondition(t *table.Table, spec *syntax.PartitionSpec) (func([]types.Datum) (bool, error), error) {
	if len(t.Partition) == 0 {
		return nil, diag.Errorf(diag.CodeSemantic, spec.Pos(), "%s is not partitioned", t.Name)
	}
	cond, cols, err := st.binder.PartitionCondition(t, spec.Filter)
	if err != nil {
		return nil, err
	}
	return func(values []types.Datum) (bool, error) {
		e := scalar.Transform(cond, func(e scalar.Expr) scalar.Expr {
			c, ok := e.(*scalar.Column)
			if !ok {
				return e
			}
			i := slices.IndexFunc(cols, func(x scalar.Column) bool { return x.ID == c.ID })
			return &scalar.Literal{Value: values[i], Typ: c.Typ}
		})
		v, ok := st.Fold(e, st.udf)
		if !ok {
			return false, diag.Errorf(diag.CodeSemantic, spec.Filter.Pos(), "the condition on partitions cannot be evaluated for %s", PartitionText(t, values))
		}
		return v == true, nil
	}, nil
}

func (st *statement) renamePartition(t *table.Table, from *syntax.PartitionSpec, a *syntax.RenamePartition) (Command, error) {
	specs, err := st.whole(t, "RENAME", from, a.To)
	if err != nil {
		return nil, err
	}
	if err := st.mustExist(t, specs[0], from); err != nil {
		return nil, err
	}
	there, err := st.Catalog.Partitions(st.ctx, t, specs[1])
	if err != nil {
		return nil, err
	}
	if len(there) > 0 {
		return nil, diag.Errorf(diag.CodeDDLFailed, a.To.Pos(), "partition %s of %s exists already", PartitionText(t, specs[1]), t.Name).
			WithHint("MERGE PARTITION … OVERWRITE joins partitions")
	}
	return action(func(ctx context.Context, s *Session) error {
		return bind.At(s.Catalog.MovePartitions(ctx, t, specs[:1], specs[1]), a.Pos())
	}), nil
}

func (st *statement) mustExist(t *table.Table, values []types.Datum, spec *syntax.PartitionSpec) error {
	parts, err := st.Catalog.Partitions(st.ctx, t, values)
	if err == nil && len(parts) == 0 {
		err = st.noPartition(t, spec)
	}
	return err
}

func (st *statement) mergePartitions(t *table.Table, a *syntax.MergePartitions) (Command, error) {
	into, err := st.whole(t, "MERGE", a.Into)
	if err != nil {
		return nil, err
	}
	var from [][]types.Datum
	for _, spec := range a.From {
		some, err := st.selectPartitions(t, spec)
		if err != nil {
			return nil, err
		}
		if len(some) == 0 && !a.IfExists {
			return nil, st.noPartition(t, spec).WithHint("write MERGE IF EXISTS PARTITION")
		}
		from = append(from, some...)
	}
	return action(func(ctx context.Context, s *Session) error {
		if len(from) == 0 {
			return nil
		}
		if err := s.Catalog.MovePartitions(ctx, t, from, into[0]); err != nil {
			return bind.At(err, a.Pos())
		}
		return purge(ctx, s, t, a.Purge)
	}), nil
}

func (st *statement) exchangePartition(t *table.Table, a *syntax.ExchangePartition) (Command, error) {
	values, err := st.whole(t, "EXCHANGE PARTITION", a.Partition)
	if err != nil {
		return nil, err
	}
	with, err := st.writable(a.With)
	if err != nil {
		return nil, err
	}
	return action(func(ctx context.Context, s *Session) error {
		return bind.At(s.Catalog.ExchangePartition(ctx, t, with, values[0]), a.Pos())
	}), nil
}

// alterPartition is TOUCH and ENABLE or DISABLE LIFECYCLE of partitions.
func (st *statement) alterPartition(t *table.Table, spec *syntax.PartitionSpec, a syntax.AlterAction) (Command, error) {
	values, err := st.prefix(t, spec)
	if err != nil {
		return nil, err
	}
	change := table.PartitionChange{Touch: true}
	if off, ok := a.(*syntax.EnableLifecycle); ok {
		change = table.PartitionChange{LifecycleOff: &off.Disable}
	}
	return action(func(ctx context.Context, s *Session) error {
		return bind.At(s.Catalog.AlterPartition(ctx, t, values, change), spec.Pos())
	}), nil
}
