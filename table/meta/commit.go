package meta

import (
	"context"
	"database/sql"
	"slices"

	"github.com/bixidata/bixi/sql/diag"
	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/table"
)

// maxTries bounds how often a commit that lost a race is made again.
const maxTries = 50

// maxManifests is the number of manifests from which a commit merges them all.
const maxManifests = 50

const propJob = "bixi.job"

// Commit adds data files in one atomic step: a new snapshot is written beside
// the current one and becomes current by a compare-and-set. Who loses a race
// starts over from the winner's snapshot.
func (c *Catalog) Commit(ctx context.Context, t *table.Table, commit table.Commit) (int64, error) {
	x := &change{t: t, commits: []table.Commit{commit}}
	if err := x.check(); err != nil {
		return 0, err
	}
	for range maxTries {
		id, done, err := c.begin(ctx, x)
		if err != nil || done {
			return id, err
		}
		id, won, err := c.try(ctx, x)
		if err != nil || won {
			return id, err
		}
	}
	return 0, tooManyWriters(t)
}

func tooManyWriters(t *table.Table) error {
	return diag.Errorf(diag.CodeConflict, diag.Pos{}, "%s is changed by too many writers at once", t.Name)
}

// change is what a job commits to one table, and one attempt at it.
type change struct {
	t       *table.Table
	commits []table.Commit // of one job
	// after, if set, runs in the transaction of the commit, as its last step.
	after func(context.Context, *sql.Tx) error

	m        *metadata
	location string
	w        *snapshotWriter
	next     *metadata
}

func (x *change) check() error {
	for _, commit := range x.commits {
		for _, f := range commit.Files {
			if err := checkPartition(x.t, f.Partition); err != nil {
				return err
			}
		}
		if len(commit.Static) > len(x.t.Partition) {
			return diag.Errorf(diag.CodeInternal, diag.Pos{}, "%s has no %d partition columns", x.t.Name, len(commit.Static))
		}
	}
	return nil
}

// begin reads the table's metadata for an attempt; done if the job has committed
// already, as snapshot id.
func (c *Catalog) begin(ctx context.Context, x *change) (id int64, done bool, err error) {
	if x.m, x.location, err = c.current(ctx, x.t.Name); err != nil {
		return 0, false, err
	}
	if x.m.UUID != x.t.UUID {
		return 0, false, c.notFound(ctx, x.t.Name)
	}
	job := x.commits[0].Job
	if id, ok := committed(x.m, job); ok {
		return id, true, nil
	}
	return c.committedBefore(ctx, x.m.UUID, job)
}

// committed finds the snapshot of a job that has committed already.
func committed(m *metadata, job string) (int64, bool) {
	for _, s := range m.Snapshots {
		if job != "" && s.Summary[propJob] == job {
			return s.ID, true
		}
	}
	return 0, false
}

// checkPartition refuses values that cannot name a partition. The empty text
// would also be written as a null bound, which hides files from readers.
func checkPartition(t *table.Table, values []types.Datum) error {
	if len(values) != len(t.Partition) {
		return diag.Errorf(diag.CodeInternal, diag.Pos{}, "a file of %s has %d partition values, not %d", t.Name, len(values), len(t.Partition))
	}
	for i, v := range values {
		if v == nil || v == "" {
			return diag.Errorf(diag.CodeDynamicPartition, diag.Pos{}, "the value of partition column %s is NULL or empty", t.Partition[i].Name)
		}
	}
	return nil
}

// try makes one attempt from the metadata that begin has read.
func (c *Catalog) try(ctx context.Context, x *change) (id int64, won bool, err error) {
	defer func() {
		if !won {
			c.remove(ctx, x.w.written...)
		}
	}()
	if err := c.prepare(ctx, x); err != nil {
		return 0, false, err
	}
	won, err = c.swap(ctx, x.t.Name, x.m, x.location, x.next, x.w, func(tx *sql.Tx) error { return c.recordAll(ctx, tx, x) })
	return x.w.id, won, err
}

// prepare writes the files of a new snapshot and makes the metadata that has it.
// What it has written is in x.w.written, also after an error.
func (c *Catalog) prepare(ctx context.Context, x *change) error {
	x.w = &snapshotWriter{c: c, m: x.m, id: newSnapshotID(), ctx: ctx}
	manifests, err := c.manifestList(ctx, x.m.current())
	if err != nil {
		return err
	}
	whole := table.Commit{Job: x.commits[0].Job}
	var replaced []func(table.DataFile) bool
	for _, commit := range x.commits {
		whole.Files = append(whole.Files, commit.Files...)
		if commit.Properties != nil {
			whole.Properties = commit.Properties
		}
		replaces := replacement(commit)
		if replaces == nil {
			continue
		}
		whole.Mode = commit.Mode
		replaced = append(replaced, replaces)
		if err := c.checkConflict(ctx, x.t, x.m, commit, replaces); err != nil {
			return err
		}
	}
	if replaced != nil {
		any := func(f table.DataFile) bool {
			return slices.ContainsFunc(replaced, func(r func(table.DataFile) bool) bool { return r(f) })
		}
		if manifests, err = x.w.without(manifests, any); err != nil {
			return err
		}
	}
	if len(manifests) >= maxManifests {
		if manifests, err = x.w.merge(manifests); err != nil {
			return err
		}
	}
	if err := x.w.add(x.t, whole.Files); err != nil {
		return err
	}
	x.next, err = x.w.finish(manifests, x.location, whole)
	return err
}

func (c *Catalog) recordAll(ctx context.Context, tx *sql.Tx, x *change) error {
	for _, commit := range x.commits {
		if err := c.record(ctx, tx, x.t, commit); err != nil {
			return err
		}
	}
	if x.after != nil {
		return x.after(ctx, tx)
	}
	return nil
}
