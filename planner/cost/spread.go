package cost

import (
	"math"

	"github.com/bixidata/bixi/planner/scalar"
)

// Spread is where the values of a column lie, if Dev is not 0: about Mean, as a
// normal distribution does.
type Spread struct {
	Mean, Dev float64
}

// rarest is the least part of the rows that a condition on such a column is
// thought to keep: real values have longer tails.
const rarest = 1e-3

// above is the part of the values greater than v.
func (s Spread) above(v float64) float64 {
	return math.Max(rarest, math.Min(1-rarest, math.Erfc((v-s.Mean)/(s.Dev*math.Sqrt2))/2))
}

// ofGroups is the spread of an aggregate's results over groups of about rows rows
// each. How many rows a group has varies as counts of independent events do, and
// values lie evenly between their bounds.
func ofGroups(in *Estimate, a scalar.Aggregate, rows float64) Spread {
	if a.Distinct || a.Filter != nil || rows < 1 {
		return Spread{}
	}
	if a.Name == "count" {
		return Spread{rows, math.Sqrt(rows)}
	}
	if len(a.Args) != 1 {
		return Spread{}
	}
	c, ok := stats(in, a.Args[0])
	if !ok || math.IsNaN(c.Min) || math.IsNaN(c.Max) || c.Max <= c.Min {
		return Spread{}
	}
	mean, variance := (c.Min+c.Max)/2, (c.Max-c.Min)*(c.Max-c.Min)/12
	switch a.Name {
	case "sum":
		return Spread{rows * mean, math.Sqrt(rows * (variance + mean*mean))}
	case "avg":
		return Spread{mean, math.Sqrt(variance / rows)}
	}
	return Spread{}
}
