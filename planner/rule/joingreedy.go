package rule

import (
	"cmp"
	"slices"

	"github.com/bixidata/bixi/planner/logical"
	"github.com/bixidata/bixi/planner/scalar"
)

// greedy joins the pair that gives the fewest rows again and again, as long as a
// condition connects some pair, and the two smallest relations otherwise.
func (g *joinGraph) greedy(plans []*plan) logical.Node {
	s := &greedySearch{joinGraph: g, plans: slices.Clone(plans), joined: map[pair]*plan{}}
	for i := range g.rels {
		s.part = append(s.part, i)
	}
	for i := range g.conds {
		s.pending = append(s.pending, i)
	}
	for range len(plans) - 1 {
		s.merge(s.choose())
	}
	return s.plans[0].node
}

// greedySearch is a state of the search.
type greedySearch struct {
	*joinGraph
	plans   []*plan // nil for one that became part of one before
	part    []int   // per relation: the plan it is in
	pending []int   // the conditions that no join has decided yet
	// joined are the joins of the pairs that conditions connect.
	joined map[pair]*plan
}

// pair is two plans, a before b.
type pair struct{ a, b int }

// choose finds the pair to join next.
func (s *greedySearch) choose() pair {
	var best *plan
	var at pair
	for _, i := range s.pending {
		p, ok := s.connects(i)
		if !ok {
			continue
		}
		j := s.joined[p]
		if j == nil {
			j = s.join(s.plans[p.a], s.plans[p.b], s.decides(p))
			s.joined[p] = j
		}
		if best == nil || j.est.Rows < best.est.Rows || j.est.Rows == best.est.Rows && (p.a < at.a || p.a == at.a && p.b < at.b) {
			best, at = j, p
		}
	}
	if best != nil {
		return at
	}
	var left []int
	for i, p := range s.plans {
		if p != nil {
			left = append(left, i)
		}
	}
	slices.SortStableFunc(left, func(a, b int) int { return cmp.Compare(s.plans[a].est.Rows, s.plans[b].est.Rows) })
	return pair{min(left[0], left[1]), max(left[0], left[1])}
}

// connects gives the two plans that condition i reads, if there are two.
func (s *greedySearch) connects(i int) (pair, bool) {
	first, second := s.part[s.reads[i][0]], -1
	for _, r := range s.reads[i][1:] {
		switch p := s.part[r]; {
		case p == first, p == second:
		case second < 0:
			second = p
		default:
			return pair{}, false
		}
	}
	return pair{min(first, second), max(first, second)}, true
}

// decides lists the conditions that a join of p can decide.
func (s *greedySearch) decides(p pair) []scalar.Expr {
	var on []scalar.Expr
	for _, i := range s.pending {
		if q, ok := s.connects(i); ok && q == p {
			on = append(on, s.conds[i])
		}
	}
	return on
}

// merge joins p, and forgets the columns that no condition reads any more.
func (s *greedySearch) merge(p pair) {
	j := s.joined[p]
	if j == nil {
		j = s.join(s.plans[p.a], s.plans[p.b], nil)
	}
	s.pending = slices.DeleteFunc(s.pending, func(i int) bool {
		q, ok := s.connects(i)
		return ok && q == p
	})
	used := map[int]bool{}
	for _, i := range s.pending {
		scalar.Columns(s.conds[i], used)
	}
	s.plans[p.a], s.plans[p.b] = j.narrow(used), nil
	for r, at := range s.part {
		if at == p.b {
			s.part[r] = p.a
		}
	}
	for q := range s.joined {
		if q.a == p.a || q.b == p.a || q.a == p.b || q.b == p.b {
			delete(s.joined, q)
		}
	}
}
