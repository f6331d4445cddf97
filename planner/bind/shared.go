package bind

import "github.com/bixidata/bixi/planner/logical"

// Share makes a definition of n, which must not refer to an outer query. Each
// place that reads it takes a Use of its own.
func (b *Binder) Share(name string, n logical.Node) *logical.Definition {
	return &logical.Definition{Name: name, Root: n}
}

// Use is one place that reads a definition.
func (b *Binder) Use(d *logical.Definition) *logical.Shared {
	return d.Use(func(c logical.Column) logical.Column { return b.NewColumn(c.Name, c.Type, c.Required) })
}

// useCTE binds a use of a name of a WITH clause.
func (b *Binder) useCTE(c *cte) (logical.Node, error) {
	if c.recursive {
		return b.useRecursion(c)
	}
	if c.shared == nil {
		n, err := b.query(c.def.Query, c.scope, nil)
		if err != nil || len(logical.Free(n)) > 0 {
			return n, err
		}
		c.shared = b.Share(c.def.Name.Name, n)
	}
	return b.Use(c.shared), nil
}
