package rule

import (
	"maps"
	"math/bits"
	"slices"

	"github.com/bixidata/bixi/planner/cost"
	"github.com/bixidata/bixi/planner/logical"
	"github.com/bixidata/bixi/planner/scalar"
)

// maxExhaustive is the number of relations up to which every join tree is
// considered; above it, the cheapest pair is joined again and again.
const maxExhaustive = 11

// orderJoins finds the cheapest order of each group of inner joins. The cost of
// a tree is the rows that flow: those of every intermediate result, and those of
// the smaller side of each join twice, for building its table.
func orderJoins(c *Context, n logical.Node) (logical.Node, error) {
	if j, ok := n.(*logical.Join); ok && j.Kind == logical.Inner {
		g := &joinGraph{c: c}
		g.flatten(n)
		if len(g.rels) > 2 {
			return g.order(), nil
		}
	}
	in := n.Inputs()
	if len(in) == 0 {
		return n, nil
	}
	out := make([]logical.Node, len(in))
	for i, k := range in {
		out[i], _ = orderJoins(c, k)
	}
	return n.WithInputs(out), nil
}

// joinGraph is a group of inner joins: relations and conditions between them.
type joinGraph struct {
	c     *Context
	rels  []logical.Node
	of    map[int]int // by column: the relation that gives it
	conds []scalar.Expr
	reads [][]int // per condition: the relations it reads
	// edges are the conditions in groups, of few relations: see equalities.
	edges [][]edge
}

func (g *joinGraph) flatten(n logical.Node) {
	switch j := n.(type) {
	case *logical.Join:
		if j.Kind == logical.Inner {
			g.flatten(j.L)
			g.flatten(j.R)
			g.conds = append(g.conds, j.On...)
			return
		}
	case *logical.Filter:
		if in, ok := j.Input.(*logical.Join); ok && in.Kind == logical.Inner {
			g.flatten(in)
			g.conds = append(g.conds, j.Conds...)
			return
		}
	}
	n, _ = orderJoins(g.c, n)
	g.rels = append(g.rels, n)
}

// plan is the best tree found for a set of relations. Of columns it knows those
// that conditions read.
type plan struct {
	node logical.Node
	cols []logical.Column
	est  *cost.Estimate
	cost float64
	last int // the highest of its relations
}

func (g *joinGraph) order() logical.Node {
	g.of = map[int]int{}
	for i, r := range g.rels {
		for id := range logical.IDs(r) {
			g.of[id] = i
		}
	}
	// Conditions on one relation or none were pushed before; any left go on top.
	conds := g.conds
	var rest []scalar.Expr
	g.conds = nil
	used := map[int]bool{}
	for _, e := range conds {
		ids := columnsOf(e)
		rels := map[int]bool{}
		for id := range ids {
			rels[g.of[id]] = true
		}
		if len(rels) < 2 {
			rest = append(rest, e)
			continue
		}
		g.conds = append(g.conds, e)
		g.reads = append(g.reads, slices.Sorted(maps.Keys(rels)))
		maps.Copy(used, ids)
	}
	var plans []*plan
	for i, r := range g.rels {
		plans = append(plans, plan{node: r, cols: r.Columns(), est: g.c.Cost.Of(r), last: i}.narrow(used))
	}
	var best logical.Node
	if len(plans) <= maxExhaustive {
		best = g.exhaustive(plans)
	}
	if best == nil {
		best = g.greedy(plans)
	}
	return filtered(best, rest)
}

// narrow keeps of the columns of p those in used.
func (p plan) narrow(used map[int]bool) *plan {
	all, est := p.cols, p.est
	p.cols, p.est = nil, &cost.Estimate{Rows: est.Rows, Columns: map[int]cost.Column{}}
	for _, c := range all {
		if used[c.ID] {
			p.cols = append(p.cols, c)
			if s, ok := est.Columns[c.ID]; ok {
				p.est.Columns[c.ID] = s
			}
		}
	}
	return &p
}

// between lists the conditions that a join of a and b can decide first, one of a group.
func (g *joinGraph) between(a, b uint64) []scalar.Expr {
	var out []scalar.Expr
	for _, group := range g.edges {
		if i := slices.IndexFunc(group, func(e edge) bool { return e.connects(a, b) }); i >= 0 {
			out = append(out, group[i].cond)
		}
	}
	return out
}

func (g *joinGraph) connected(a, b uint64) bool {
	return slices.ContainsFunc(g.edges, func(group []edge) bool {
		return slices.ContainsFunc(group, func(e edge) bool { return e.connects(a, b) })
	})
}

// join combines two plans, the larger side on the left (the probe side).
func (g *joinGraph) join(a, b *plan, on []scalar.Expr) *plan {
	if b.est.Rows > a.est.Rows || b.est.Rows == a.est.Rows && b.last < a.last {
		a, b = b, a
	}
	p := &plan{node: &logical.Join{Kind: logical.Inner, L: a.node, R: b.node, On: on}, last: max(a.last, b.last)}
	p.cols = slices.Concat(a.cols, b.cols)
	p.est = g.c.Cost.Join(logical.Inner, a.est, b.est, on, p.cols)
	p.cost = a.cost + b.cost + p.est.Rows + 2*b.est.Rows + 0.2*a.est.Rows
	return p
}

// exhaustive is dynamic programming over subsets. Cross products are considered
// only for sets that no condition connects. It gives nil if a condition on three
// relations or more makes every pair wait for the others: some cross product has
// to come first.
func (g *joinGraph) exhaustive(base []*plan) logical.Node {
	n := len(base)
	best := make([]*plan, 1<<n)
	for i, p := range base {
		best[1<<i] = p
	}
	g.edges = g.equalities()
	full := uint64(1<<n) - 1
	for set := uint64(1); set <= full; set++ {
		if bits.OnesCount64(set) < 2 {
			continue
		}
		for _, cross := range []bool{false, true} {
			for sub := (set - 1) & set; sub > 0; sub = (sub - 1) & set {
				rest := set &^ sub
				if sub < rest || best[sub] == nil || best[rest] == nil {
					continue
				}
				if !cross && !g.connected(sub, rest) {
					continue
				}
				if p := g.join(best[sub], best[rest], g.between(sub, rest)); best[set] == nil || p.cost < best[set].cost {
					best[set] = p
				}
			}
			if best[set] != nil || set != full && g.hasEdges(set) {
				break
			}
		}
	}
	if best[full] == nil {
		return nil
	}
	return best[full].node
}

// hasEdges reports whether some condition joins set to the relations outside: a
// cross product inside set can wait.
func (g *joinGraph) hasEdges(set uint64) bool {
	return slices.ContainsFunc(g.edges, func(group []edge) bool {
		return slices.ContainsFunc(group, func(e edge) bool { return e.rels&set != 0 && e.rels&^set != 0 })
	})
}
