package lower

import (
	"github.com/bixidata/bixi/planner/logical"
	"github.com/bixidata/bixi/planner/physical"
	"github.com/bixidata/bixi/table"
)

func (l *Lowerer) unload(n *logical.Unload) (*plan, error) {
	rows := &logical.Project{Input: n.Input, Items: n.Items, Cols: n.Row}
	p, err := l.lower(rows, logical.IDs(rows), true)
	if err != nil {
		return nil, err
	}
	p = l.arrange(p, n.Row)
	sink := &physical.FileSink{Unary: unary(p.node), Location: n.Location, Text: textFormat(n.Format)}
	return &plan{node: sink, cols: n.Cols, dist: dist{single: p.dist.single}, rows: 1}, nil
}

// textFormat is f as plans have it.
func textFormat(f *table.TextFormat) *physical.TextFormat {
	if f == nil {
		return nil
	}
	return &physical.TextFormat{Kind: string(f.Kind), Comma: f.Comma, Header: f.Header, Null: f.Null, Columns: f.Columns}
}
