package lower

import (
	"github.com/bixidata/bixi/planner/logical"
	"github.com/bixidata/bixi/planner/physical"
	"github.com/bixidata/bixi/planner/scalar"
	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/table"
)

// scan reads the files that pruning leaves. Columns that only the conditions
// read do not leave the node.
func (l *Lowerer) scan(n *logical.Scan, want need) (*plan, error) {
	files, err := l.files(n)
	if err != nil {
		return nil, err
	}
	l.scans++
	s := &physical.Scan{ID: l.scans, Table: n.Table.Name.String(), Text: textFormat(n.Table.Format())}
	used := want.with(n.Conds...)
	var all, out []logical.Column
	for i, c := range n.Cols {
		if !used[c.ID] {
			continue
		}
		col := physical.ScanColumn{Name: c.Name, Type: c.Type}
		if at := n.Ordinals[i]; at < len(n.Table.Columns) {
			col.Name = n.Table.Columns[at].Name
			if n.Table.Properties[table.PropertyExternal] == "" {
				col.FieldID = n.Table.Columns[at].ID // files of others have ids of their own
			}
		} else {
			col.Name = n.Table.Partition[at-len(n.Table.Columns)].Name
			col.Partition = at - len(n.Table.Columns) + 1
		}
		if want[c.ID] {
			s.Output = append(s.Output, len(all))
			out = append(out, c)
		}
		s.Columns, all = append(s.Columns, col), append(all, c)
	}
	if len(n.Conds) > 0 {
		s.Filter = position(scalar.And(n.Conds), all)
	}
	if s.Output == nil {
		s.Output = []int{}
	}
	est := l.cost.Of(n)
	s.Rows, s.Bytes = int64(est.Rows), int64(est.Rows*est.Width(out))
	s.Splits = pack(splits(files, l.opts.SplitBytes), l.opts.SplitBytes)
	if len(s.Splits) > 1 {
		s.Because("%d tasks read about %s each, from %d files", len(s.Splits), size(float64(l.opts.SplitBytes)), len(files))
	}
	return &plan{node: s, cols: out, dist: dist{single: len(s.Splits) <= 1}, rows: est.Rows}, nil
}

// files lists the files of the table that may hold rows of the scan.
func (l *Lowerer) files(n *logical.Scan) ([]table.DataFile, error) {
	if n.Fixed {
		return n.Files, nil
	}
	return l.catalog.Files(l.ctx, n.Table, Conditions(n))
}

// rowWork is the compressed bytes that a row counts for at least: well-packed
// rows are not less work than others.
const rowWork = 16

// work is what a split costs to read, in compressed bytes.
func work(s physical.Split) int64 { return max(s.Bytes, rowWork*s.Rows) }

// splits cuts files with known row groups into runs of about target bytes.
func splits(files []table.DataFile, target int64) []physical.Split {
	var out []physical.Split
	for _, f := range files {
		s := physical.Split{Path: f.Path, Format: physical.FormatParquet, Rows: f.Rows, Bytes: f.Bytes, Partition: f.Partition}
		parts := min(int(work(s)/max(target, 1))+1, f.RowGroups)
		if parts <= 1 {
			out = append(out, s)
			continue
		}
		for i := range parts {
			from, to := i*f.RowGroups/parts, (i+1)*f.RowGroups/parts
			part := s
			part.From, part.To = from, to
			part.Bytes, part.Rows = f.Bytes*int64(to-from)/int64(f.RowGroups), f.Rows*int64(to-from)/int64(f.RowGroups)
			out = append(out, part)
		}
	}
	return out
}

// pack gives each task consecutive splits of about target bytes together.
func pack(all []physical.Split, target int64) [][]physical.Split {
	var out [][]physical.Split
	var size int64
	for _, s := range all {
		if len(out) == 0 || size+work(s)/2 > target {
			out, size = append(out, nil), 0
		}
		out[len(out)-1] = append(out[len(out)-1], s)
		size += work(s)
	}
	return out
}

// Conditions expresses what the scan's conditions say of single columns, for
// pruning.
func Conditions(n *logical.Scan) []table.Condition {
	ids := map[int]int{}
	for i, c := range n.Cols {
		if at := n.Ordinals[i]; at < len(n.Table.Columns) {
			ids[c.ID] = n.Table.Columns[at].ID
		} else {
			ids[c.ID] = n.Table.Partition[at-len(n.Table.Columns)].ID
		}
	}
	var out []table.Condition
	for _, e := range n.Conds {
		if c, ok := condition(e, ids); ok {
			out = append(out, c)
		}
	}
	return out
}

var mirrored = map[string]string{"=": "=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}

func condition(e scalar.Expr, ids map[int]int) (table.Condition, bool) {
	switch e := e.(type) {
	case *scalar.In:
		if c, ok := e.Arg.(*scalar.Column); ok && !e.Negate {
			var vals []types.Datum
			for _, v := range e.List {
				if v != nil {
					vals = append(vals, v)
				}
			}
			return table.Condition{Column: ids[c.ID], Op: "in", Values: vals}, true
		}
	case *scalar.Call:
		op, ok := mirrored[e.Name]
		if !ok {
			return table.Condition{}, false
		}
		c, isCol := e.Args[0].(*scalar.Column)
		lit, isLit := e.Args[1].(*scalar.Literal)
		if isCol && isLit {
			op = e.Name
		} else {
			lit, isLit = e.Args[0].(*scalar.Literal)
			c, isCol = e.Args[1].(*scalar.Column)
		}
		if !isCol || !isLit || lit.Value == nil || lit.Typ.Scale != c.Typ.Scale {
			return table.Condition{}, false
		}
		return table.Condition{Column: ids[c.ID], Op: op, Values: []types.Datum{lit.Value}}, true
	}
	return table.Condition{}, false
}
