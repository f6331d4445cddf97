package lower

import (
	"github.com/bixidata/bixi/planner/logical"
	"github.com/bixidata/bixi/planner/physical"
	"github.com/bixidata/bixi/planner/scalar"
)

// use lowers one use of a definition: a read of the exchange behind which the
// definition is computed, once.
func (l *Lowerer) use(n *logical.Shared) (*plan, error) {
	p := l.shared[n.Def]
	if p == nil {
		var err error
		if p, err = l.define(n.Def); err != nil {
			return nil, err
		}
		if l.shared == nil {
			l.shared = map[*logical.Definition]*plan{}
		}
		l.shared[n.Def] = p
	}
	own := map[int]logical.Column{}
	for i, id := range n.From {
		own[id] = n.Cols[i]
	}
	exchange := *p.node.(*physical.Exchange)
	out := &plan{node: &exchange, dist: p.dist, rows: p.rows}
	for _, c := range p.cols {
		o, ok := own[c.ID]
		if !ok {
			o = logical.Column{ID: unread, Name: c.Name, Type: c.Type}
		}
		out.cols = append(out.cols, o)
	}
	out.dist.keys = renamed(p.dist.keys, refs(p.cols), out.cols)
	return out, nil
}

// unread is the number of columns of a definition that a use does not read.
const unread = -1

// define lowers a definition up to the exchange that its uses read. Its rows stay
// where they are if that is known, and are spread over as many tasks as their
// size asks for if not.
func (l *Lowerer) define(d *logical.Definition) (*plan, error) {
	cols := d.Root.Columns()
	p, err := l.lower(d.Root, logical.IDs(d.Root), true)
	if err != nil {
		return nil, err
	}
	p = l.arrange(p, cols)
	l.definitions++
	e := &physical.Exchange{Unary: unary(p.node), Kind: physical.Gather, Partitions: 1, Ordered: true, Shared: l.definitions}
	q := &plan{node: e, cols: cols, dist: dist{single: true}, rows: p.rows}
	if p.dist.single {
		return q, nil
	}
	keys, partitions := p.dist.keys, p.dist.partitions
	if len(keys) == 0 {
		partitions = l.partitions(p.rows*l.cost.Of(d.Root).Width(cols), 0)
	}
	if partitions <= 1 {
		return q, nil
	}
	by := spread(cols, keys)
	if len(by) == 0 {
		return q, nil
	}
	e.Kind, e.Keys, e.Partitions = physical.Hash, p.exprs(by), partitions
	q.dist = dist{keys: texts(by), partitions: partitions}
	return q, nil
}

// spread picks the columns that rows are spread by: those of keys, if there are
// any, or else all that can be hashed.
func spread(cols []logical.Column, keys []string) []scalar.Expr {
	var known, all []scalar.Expr
	for _, c := range cols {
		if !c.Type.IsComparable() {
			continue
		}
		all = append(all, c.Ref())
		if contains(keys, c.Ref().String()) {
			known = append(known, c.Ref())
		}
	}
	if len(known) > 0 {
		return known
	}
	return all
}

func contains(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}
