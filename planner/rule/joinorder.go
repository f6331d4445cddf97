package rule

import (
	"math"
	"math/bits"

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
	conds []scalar.Expr
	masks []uint64 // per condition: the relations it reads
	ids   map[int]int
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

// plan is the best tree found for a set of relations.
type plan struct {
	node logical.Node
	est  *cost.Estimate
	cost float64
	set  uint64
}

func (g *joinGraph) order() logical.Node {
	g.ids = map[int]int{}
	for i, r := range g.rels {
		for id := range logical.IDs(r) {
			g.ids[id] = i
		}
	}
	for _, e := range g.conds {
		var m uint64
		for id := range columnsOf(e) {
			m |= 1 << g.ids[id]
		}
		g.masks = append(g.masks, m)
	}
	var plans []*plan
	for i, r := range g.rels {
		plans = append(plans, &plan{node: r, est: g.c.Cost.Of(r), set: 1 << i})
	}
	var best *plan
	if len(plans) <= maxExhaustive {
		best = g.exhaustive(plans)
	} else {
		best = g.greedy(plans)
	}
	// Conditions on one relation or none were pushed before; any left go on top.
	var rest []scalar.Expr
	for i, m := range g.masks {
		if bits.OnesCount64(m) < 2 {
			rest = append(rest, g.conds[i])
		}
	}
	return filtered(best.node, rest)
}

// between lists the conditions that a join of a and b can decide first.
func (g *joinGraph) between(a, b uint64) []scalar.Expr {
	var out []scalar.Expr
	for i, m := range g.masks {
		if m&^(a|b) == 0 && m&^a != 0 && m&^b != 0 && bits.OnesCount64(m) > 1 {
			out = append(out, g.conds[i])
		}
	}
	return out
}

func (g *joinGraph) connected(a, b uint64) bool {
	for _, m := range g.masks {
		if m&a != 0 && m&b != 0 && m&^(a|b) == 0 {
			return true
		}
	}
	return false
}

// join combines two plans, the larger side on the left (the probe side).
func (g *joinGraph) join(a, b *plan) *plan {
	if b.est.Rows > a.est.Rows || b.est.Rows == a.est.Rows && b.set < a.set {
		a, b = b, a
	}
	on := g.between(a.set, b.set)
	node := &logical.Join{Kind: logical.Inner, L: a.node, R: b.node, On: on}
	est := g.c.Cost.Join(logical.Inner, a.est, b.est, on, node.Columns())
	return &plan{node: node, est: est, set: a.set | b.set, cost: a.cost + b.cost + est.Rows + 2*b.est.Rows + 0.2*a.est.Rows}
}

// exhaustive is dynamic programming over subsets. Cross products are considered
// only for sets that no condition connects.
func (g *joinGraph) exhaustive(base []*plan) *plan {
	n := len(base)
	best := make([]*plan, 1<<n)
	for _, p := range base {
		best[p.set] = p
	}
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
				if p := g.join(best[sub], best[rest]); best[set] == nil || p.cost < best[set].cost {
					best[set] = p
				}
			}
			if best[set] != nil || set != full && g.hasEdges(set) {
				break
			}
		}
	}
	if best[full] == nil {
		// A condition on three relations or more makes every pair wait for the
		// others: some cross product has to come first.
		return g.greedy(base)
	}
	return best[full]
}

// hasEdges reports whether some condition joins set to the relations outside: a
// cross product inside set can wait.
func (g *joinGraph) hasEdges(set uint64) bool {
	for _, m := range g.masks {
		if m&set != 0 && m&^set != 0 {
			return true
		}
	}
	return false
}

func (g *joinGraph) greedy(plans []*plan) *plan {
	for len(plans) > 1 {
		bi, bj, bestCost := 0, 1, math.Inf(1)
		var bestPlan *plan
		for _, cross := range []bool{false, true} {
			for i := range plans {
				for j := i + 1; j < len(plans); j++ {
					if !cross && !g.connected(plans[i].set, plans[j].set) {
						continue
					}
					if p := g.join(plans[i], plans[j]); bestPlan == nil || p.est.Rows < bestCost {
						bi, bj, bestCost, bestPlan = i, j, p.est.Rows, p
					}
				}
			}
			if bestPlan != nil {
				break
			}
		}
		plans[bi] = bestPlan
		plans = append(plans[:bj], plans[bj+1:]...)
	}
	return plans[0]
}
