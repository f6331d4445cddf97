package planner

import (
	"context"
	"slices"

	"github.com/bixidata/bixi/planner/logical"
	"github.com/bixidata/bixi/planner/scalar"
	"github.com/bixidata/bixi/sql/diag"
	"github.com/bixidata/bixi/sql/syntax"
	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/table"
)

// compact plans MERGE SMALLFILES, which writes the small files of a partition as
// few large ones, and COMPACT, which also cleans up behind it; COMPACT MAJOR
// writes all files anew.
func (st *statement) compact(stmt *syntax.AlterTable, a *syntax.Compact) (*Plan, error) {
	t, err := st.altered(stmt)
	if err != nil {
		return nil, err
	}
	if k := t.Kind(); k != table.KindTable && k != table.KindMaterialized {
		return nil, diag.Errorf(diag.CodeSemantic, stmt.Name.Pos(), "%s is a %s and has no files to merge", t.Name, k)
	}
	conds, err := st.partitionConditions(t, stmt.Partition)
	if err != nil {
		return nil, err
	}
	files, err := st.Catalog.Files(st.ctx, t, conds)
	if err != nil {
		return nil, err
	}
	limit := int64(st.Settings.SplitBytes) / 2
	if a.Kind == "MAJOR" {
		limit = 1 << 62
	}
	var after func(context.Context) error
	if a.Kind != "SMALLFILES" {
		after = st.Catalog.CleanUp
	}
	files = mergeable(files, limit)
	if len(files) == 0 {
		return &Plan{Session: st.udf, Command: action(func(ctx context.Context, _ *Session) error {
			if after == nil {
				return nil
			}
			return after(ctx)
		})}, nil
	}
	p, err := st.rewriteFiles(t, files, nil)
	if err == nil {
		p.Then = after
	}
	return p, err
}

// mergeable lists the files smaller than limit of the partitions that have
// several. The files are in the order of their partitions.
func mergeable(files []table.DataFile, limit int64) []table.DataFile {
	var out []table.DataFile
	for len(files) > 0 {
		n := 1
		for n < len(files) && slices.EqualFunc(files[0].Partition, files[n].Partition, func(a, b types.Datum) bool { return a == b }) {
			n++
		}
		var small []table.DataFile
		for _, f := range files[:n] {
			if f.Bytes < limit {
				small = append(small, f)
			}
		}
		if len(small) > 1 {
			out = append(out, small...)
		}
		files = files[n:]
	}
	return out
}

// rewriteFiles plans to write the rows of files again, with the columns in empty
// NULL, in the place of the files.
func (st *statement) rewriteFiles(t *table.Table, files []table.DataFile, empty map[string]bool) (*Plan, error) {
	session := *st.Session
	session.Catalog = selection{st.Catalog, t.UUID, files}
	own, err := session.begin(st.ctx)
	if err != nil {
		return nil, err
	}
	scan := own.binder.Scan(t)
	node := &logical.Write{Input: scan, Table: t}
	for _, c := range scan.Cols {
		var e scalar.Expr = c.Ref()
		if empty[c.Name] {
			e = &scalar.Literal{Typ: c.Type}
		}
		node.Items = append(node.Items, e)
		node.Row = append(node.Row, own.binder.NewColumn(c.Name, c.Type, c.Required))
	}
	commit := &Commit{Table: t, Mode: table.Replace}
	for _, f := range files {
		commit.Remove = append(commit.Remove, f.Path)
	}
	w := &writing{}
	w.add(node, commit)
	return own.write(w)
}

// selection is a catalog in which a table has some of its files only.
type selection struct {
	table.Catalog
	uuid  string
	files []table.DataFile
}

func (s selection) Files(ctx context.Context, t *table.Table, conds []table.Condition) ([]table.DataFile, error) {
	if t.UUID == s.uuid {
		return s.files, nil
	}
	return s.Catalog.Files(ctx, t, conds)
}
