package rule

import (
	"github.com/bixidata/bixi/planner/logical"
	"github.com/bixidata/bixi/planner/scalar"
)

// inlineShared puts a definition in place of its uses where computing it once
// gains nothing: it has one use, or it only reads a table, so that each use can
// read what it needs.
func inlineShared(c *Context, n logical.Node) (logical.Node, error) {
	uses := logical.Uses(n)
	defs := logical.Definitions(n)
	for i, d := range defs {
		if len(uses[d]) > 1 && !c.isCheap(d.Root) {
			continue
		}
		put := func(n logical.Node) logical.Node {
			s, ok := n.(*logical.Shared)
			if !ok || s.Def != d {
				return n
			}
			return c.inline(s, len(uses[d]) > 1)
		}
		for _, later := range defs[i+1:] {
			later.Root = logical.Transform(later.Root, put)
		}
		n = logical.Transform(n, put)
	}
	return n, nil
}

// inline is the definition of s, giving the columns of s; a copy where there are
// other uses.
func (c *Context) inline(s *logical.Shared, others bool) logical.Node {
	own := map[int]logical.Column{}
	for i, id := range s.From {
		own[id] = s.Cols[i]
	}
	n, ok := logical.Renumber(s.Def.Root, func(col logical.Column) logical.Column {
		if o, ok := own[col.ID]; ok {
			return o
		}
		if !others {
			return col
		}
		return c.NewColumn(col.Name, col.Type, col.Required)
	})
	if !ok {
		return s
	}
	return n
}

// pushIntoDefinition lets a definition keep only rows that some use wants: if
// every use is filtered, the disjunction of the filters holds for them.
func pushIntoDefinition(c *Context, d *logical.Definition, users []logical.Node) {
	var branches []scalar.Expr
	seen := map[string]bool{}
	all := true
	use := func(s *logical.Shared, conds []scalar.Expr) {
		var sure []scalar.Expr
		for _, e := range conds {
			if !c.isVolatile(e) {
				sure = append(sure, e)
			}
		}
		if len(sure) == 0 {
			all = false
			return
		}
		branch := scalar.And(s.ToSource(sure))
		if !seen[branch.String()] {
			seen[branch.String()] = true
			branches = append(branches, branch)
		}
	}
	var walk func(logical.Node)
	walk = func(n logical.Node) {
		if f, ok := n.(*logical.Filter); ok {
			if s, ok := f.Input.(*logical.Shared); ok {
				if s.Def == d {
					use(s, f.Conds)
				}
				return
			}
		}
		if s, ok := n.(*logical.Shared); ok && s.Def == d {
			use(s, nil)
		}
		for _, in := range n.Inputs() {
			walk(in)
		}
	}
	for _, n := range users {
		walk(n)
	}
	if !all || len(branches) == 0 {
		return
	}
	for len(branches) > 1 {
		branches = append(branches[2:], call("or", branches[0], branches[1]))
	}
	filter := &logical.Filter{Input: d.Root}
	for _, e := range scalar.Conjuncts(branches[0]) {
		filter.Conds = append(filter.Conds, factor(e)...)
	}
	d.Root = filter
}

// pruneDefinition drops the columns of a definition that no use reads.
func pruneDefinition(_ *Context, d *logical.Definition, users []logical.Node) {
	need := map[int]bool{}
	var walk func(logical.Node)
	walk = func(n logical.Node) {
		if s, ok := n.(*logical.Shared); ok && s.Def == d {
			for _, id := range s.From {
				need[id] = true
			}
		}
		for _, in := range n.Inputs() {
			walk(in)
		}
	}
	for _, n := range users {
		walk(n)
	}
	d.Root = prune(d.Root, need)
}

// pruneShared keeps the columns of a use that are in need, at least one.
func pruneShared(n *logical.Shared, need map[int]bool) logical.Node {
	out := &logical.Shared{Def: n.Def}
	for i, c := range n.Cols {
		if need[c.ID] || i == len(n.Cols)-1 && len(out.Cols) == 0 {
			out.Cols, out.From = append(out.Cols, c), append(out.From, n.From[i])
		}
	}
	return out
}
