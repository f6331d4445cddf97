package meta

import (
	"context"
	"database/sql"
	"errors"

	"github.com/bixidata/bixi/table"
)

// errLost says that another writer was faster.
var errLost = errors.New("the table was changed")

// CommitAll applies the commits of a job to several tables in one transaction:
// the snapshots of all of them become current, or none. As the last step is one
// transaction of the database, a job that one table knows is in all of them.
func (c *Catalog) CommitAll(ctx context.Context, targets []table.Target) error {
	changes, err := changesOf(targets)
	if err != nil || len(changes) == 0 {
		return err
	}
	return c.commitChanges(ctx, changes)
}

// commitChanges makes all changes, or none.
func (c *Catalog) commitChanges(ctx context.Context, changes []*change) error {
	for range maxTries {
		won, err := c.tryAll(ctx, changes)
		if err != nil || won {
			return err
		}
	}
	return tooManyWriters(changes[0].t)
}

// changesOf gathers the commits by table, in the order in which tables appear.
func changesOf(targets []table.Target) ([]*change, error) {
	var out []*change
	byTable := map[string]*change{}
	for _, t := range targets {
		x := byTable[t.Table.UUID]
		if x == nil {
			x = &change{t: t.Table}
			byTable[t.Table.UUID] = x
			out = append(out, x)
		}
		x.commits = append(x.commits, t.Commit)
	}
	for _, x := range out {
		if err := x.check(); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func (c *Catalog) tryAll(ctx context.Context, changes []*change) (won bool, err error) {
	for _, x := range changes {
		x.w = nil
		_, done, err := c.begin(ctx, x)
		if err != nil || done {
			return done, err
		}
	}
	if len(changes) == 1 {
		_, won, err := c.try(ctx, changes[0])
		return won, err
	}
	defer func() {
		for _, x := range changes {
			if !won && x.w != nil {
				c.remove(ctx, x.w.written...)
			}
		}
	}()
	for _, x := range changes {
		if err := c.prepare(ctx, x); err != nil {
			return false, err
		}
	}
	return c.swapAll(ctx, changes)
}

// swapAll makes the prepared metadata of all changes current if none of the
// tables has changed.
func (c *Catalog) swapAll(ctx context.Context, changes []*change) (won bool, err error) {
	targets := make([]string, len(changes))
	var old []string
	for i, x := range changes {
		var gone []string
		if targets[i], gone, err = c.stage(ctx, x.m, x.location, x.next); err != nil {
			return false, err
		}
		x.w.written = append(x.w.written, targets[i])
		old = append(old, gone...)
	}
	err = c.update(ctx, func(tx *sql.Tx) error {
		for i, x := range changes {
			ok, err := point(ctx, tx, x.t.Name, x.location, targets[i])
			if err != nil {
				return err
			}
			if !ok {
				return errLost
			}
			if err := c.recordAll(ctx, tx, x); err != nil {
				return err
			}
		}
		return nil
	})
	if errors.Is(err, errLost) {
		return false, nil
	}
	if err != nil {
		// As in swap: the database says whether the transaction took effect.
		now, rerr := c.pointer(context.WithoutCancel(ctx), changes[0].t.Name)
		if rerr != nil {
			for _, x := range changes {
				x.w.written = nil
			}
		}
		if rerr != nil || now != targets[0] {
			return false, err
		}
	}
	c.remove(ctx, old...)
	return true, nil
}
