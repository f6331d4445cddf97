package bind

import (
	"strings"

	"github.com/bixidata/bixi/planner/scalar"
	"github.com/bixidata/bixi/sql/diag"
	"github.com/bixidata/bixi/sql/syntax"
	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/udf"
)

// planned computes a function of the catalog, whose arguments must be constant.
func (b *Binder) planned(f *udf.Function, pos diag.Pos, args []scalar.Expr, t types.Type) (scalar.Expr, error) {
	vals := make([]types.Datum, len(args))
	for i, a := range args {
		l, ok := a.(*scalar.Literal)
		if !ok {
			return nil, semantic(pos, "the arguments of %s must be constants: it is computed before the statement runs", f.Name)
		}
		vals[i] = l.Value
	}
	v, err := f.Planned(catalog{b}, vals)
	if err != nil {
		return nil, At(err, pos)
	}
	return &scalar.Literal{Value: v, Typ: t}, nil
}

// catalog answers planned functions. It loads tables by way of the binder, so a
// statement sees one snapshot of each.
type catalog struct{ b *Binder }

func (c catalog) User() string { return c.b.env.User }

func (c catalog) Exists(name string) (bool, error) {
	_, err := c.b.Resolve(written(name))
	if err == nil {
		return true, nil
	}
	if diag.Of(err).Code == diag.CodeTableNotFound {
		return false, nil
	}
	return false, unplaced(err)
}

func (c catalog) Partitions(name string) ([]udf.Partition, error) {
	t, err := c.b.Resolve(written(name))
	if err != nil {
		return nil, unplaced(err)
	}
	if len(t.Partition) == 0 {
		return nil, diag.Errorf(diag.CodeSemantic, diag.Pos{}, "%s is not partitioned", t.Name)
	}
	parts, err := c.b.env.Catalog.Partitions(c.b.ctx, t, nil)
	if err != nil {
		return nil, err
	}
	out := make([]udf.Partition, len(parts))
	for i, p := range parts {
		out[i] = udf.Partition{HasData: p.Rows > 0}
		for k, v := range p.Values {
			text := c.b.convert(&scalar.Literal{Value: v, Typ: t.Partition[k].Type}, types.StringType, diag.Pos{})
			if l, ok := text.(*scalar.Literal); ok {
				s, _ := l.Value.(string)
				out[i].Values = append(out[i].Values, s)
			}
		}
	}
	return out, nil
}

// unplaced takes the place off an error: it is that of the call.
func unplaced(err error) error {
	if e, ok := err.(*diag.Error); ok {
		c := *e
		c.Pos = diag.Pos{}
		return &c
	}
	return err
}

// written is the name that a text says: [project.][schema.]table.
func written(text string) syntax.Name {
	var n syntax.Name
	for _, part := range strings.Split(strings.TrimSpace(text), ".") {
		n.Parts = append(n.Parts, syntax.Ident{Name: strings.Trim(strings.TrimSpace(part), "`")})
	}
	return n
}
