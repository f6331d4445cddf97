package diag

import "strings"

// Near picks the candidate closest to name, ignoring case, or "" when none is
// near enough to be worth suggesting (edit distance with transpositions at most
// a third of the name's length, and at least one).
func Near(name string, candidates []string) string {
	name = strings.ToLower(name)
	best, bestDist := "", max(1, len(name)/3)+1
	for _, c := range candidates {
		if d := distance(name, strings.ToLower(c), bestDist); d < bestDist {
			best, bestDist = c, d
		}
	}
	return best
}

// distance is the optimal string alignment distance of a and b, or limit when
// it is at least that.
func distance(a, b string, limit int) int {
	if len(a)-len(b) >= limit || len(b)-len(a) >= limit {
		return limit
	}
	var prev2, prev, cur []int
	prev = make([]int, len(b)+1)
	cur = make([]int, len(b)+1)
	prev2 = make([]int, len(b)+1)
	for j := range prev {
		prev[j] = j
	}
	for i := 1; i <= len(a); i++ {
		cur[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			cur[j] = min(prev[j]+1, cur[j-1]+1, prev[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				cur[j] = min(cur[j], prev2[j-2]+1)
			}
		}
		prev2, prev, cur = prev, cur, prev2
	}
	return min(prev[len(b)], limit)
}
