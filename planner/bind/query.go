package bind

import (
	"strings"

	"github.com/bixidata/bixi/planner/logical"
	"github.com/bixidata/bixi/sql/syntax"
)

// query binds a query inside parent (nil at the top). from, if given, is the
// relation that a SELECT without FROM reads (multi-insert).
func (b *Binder) query(q *syntax.Query, parent *scope, from *source) (logical.Node, error) {
	s, err := b.withScope(q, parent)
	if err != nil {
		return nil, err
	}
	order, err := orderingOf(q, b.env.OrderNeedsLimit)
	if err != nil {
		return nil, err
	}
	var n logical.Node
	if sel, ok := q.Body.(*syntax.Select); ok {
		n, err = b.selectQuery(sel, order, s, from)
	} else {
		n, err = b.body(q.Body, s, from)
		if err == nil && len(order.items) > 0 {
			n, err = b.orderOutput(n, order, s)
		}
	}
	if err != nil {
		return nil, err
	}
	return b.limit(n, q, s)
}

// withScope is the scope of q's body: it has the names of WITH.
func (b *Binder) withScope(q *syntax.Query, parent *scope) (*scope, error) {
	s := &scope{parent: parent}
	if len(q.With) > 0 {
		s.ctes = map[string]*cte{}
		inner := s
		for _, def := range q.With {
			// Each name sees those before it, not itself.
			c := &cte{def: def, scope: &scope{parent: inner.parent, ctes: clone(inner.ctes)}}
			if q.Recursive {
				var err error
				if c.recursive, err = isRecursive(def); err != nil {
					return nil, err
				}
				if c.recursive {
					c.scope.ctes[strings.ToLower(def.Name.Name)] = c
				}
			}
			inner.ctes[strings.ToLower(def.Name.Name)] = c
		}
	}
	return s, nil
}

func clone(m map[string]*cte) map[string]*cte {
	out := make(map[string]*cte, len(m))
	for k, v := range m {
		out[k] = v
	}
	return out
}

// body binds what yields rows, without ORDER BY and LIMIT.
func (b *Binder) body(e syntax.QueryExpr, s *scope, from *source) (logical.Node, error) {
	switch e := e.(type) {
	case *syntax.Query:
		return b.query(e, s, from)
	case *syntax.Select:
		return b.selectQuery(e, ordering{}, s, from)
	case *syntax.Values:
		return b.values(e, s)
	case *syntax.SetOp:
		return b.setOp(e, s, from)
	}
	return nil, unsupported(e.Pos(), "this query")
}

func (b *Binder) limit(n logical.Node, q *syntax.Query, s *scope) (logical.Node, error) {
	if q.Limit == nil && q.Offset == nil {
		return n, nil
	}
	l := &logical.Limit{Input: n, Count: -1}
	for _, part := range []struct {
		e    syntax.Expr
		into *int64
		name string
	}{{q.Limit, &l.Count, "LIMIT"}, {q.Offset, &l.Offset, "OFFSET"}} {
		if part.e == nil {
			continue
		}
		x, err := b.expr(part.e, &exprScope{names: &scope{}, clause: part.name})
		if err != nil {
			return nil, err
		}
		v, ok := b.constant(x)
		count, isInt := v.(int64)
		if !ok || !isInt || count < 0 {
			return nil, semantic(part.e.Pos(), "%s needs a whole number that is not negative", part.name)
		}
		*part.into = count
	}
	return l, nil
}
