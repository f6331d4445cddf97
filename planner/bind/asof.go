package bind

import (
	"strconv"
	"time"

	"github.com/bixidata/bixi/sql/syntax"
	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/table"
)

// AsOf evaluates the version or time of VERSION AS OF or TIMESTAMP AS OF.
func (b *Binder) AsOf(a *syntax.AsOf) (table.At, error) {
	bound, err := b.expr(a.Expr, &exprScope{names: &scope{}, clause: "a constant"})
	if err != nil {
		return table.At{}, err
	}
	if !a.Version {
		if bound, err = b.assign(bound, types.TimestampType, "a time", a.Expr.Pos()); err != nil {
			return table.At{}, err
		}
	}
	v, ok := b.env.Fold(bound)
	if !ok || v == nil {
		return table.At{}, semantic(a.Expr.Pos(), "a version is named by a constant")
	}
	switch v := v.(type) {
	case int64:
		if a.Version {
			return table.At{Version: v}, nil
		}
		return table.At{Time: time.UnixMicro(v)}, nil
	case string:
		if n, err := strconv.ParseInt(v, 10, 64); err == nil && n > 0 {
			return table.At{Version: n}, nil
		}
	}
	return table.At{}, semantic(a.Expr.Pos(), "a version is a number").WithHint("SHOW HISTORY FOR TABLE lists the versions of a table")
}

// past finds a table as it was.
func (b *Binder) past(ref *syntax.Table) (*table.Table, error) {
	t, err := b.Resolve(ref.Name)
	if err != nil {
		return nil, err
	}
	at, err := b.AsOf(ref.AsOf)
	if err != nil {
		return nil, err
	}
	if t, err = b.env.Catalog.LoadAt(b.ctx, t.Name, at); err != nil {
		return nil, At(err, ref.AsOf.Pos())
	}
	return t, nil
}
