package cost

import "math"

// nearlyUnique is the number of distinct values per row from which a column is
// taken for a key of its relation.
const nearlyUnique = 0.9

// combinations estimates how many combinations of values columns have: as many as
// their values allow, those of one relation no more than it has rows.
func combinations(cols []Column) float64 {
	total := 1.0
	done := map[int]bool{}
	for i, c := range cols {
		if done[c.Of] && c.Of != 0 {
			continue
		}
		done[c.Of] = true
		product := math.Max(1, c.NDV)
		if c.Of != 0 {
			for _, other := range cols[i+1:] {
				if other.Of == c.Of {
					product *= math.Max(1, other.NDV)
				}
			}
			product = math.Min(product, math.Max(1, c.Among))
		}
		total *= product
	}
	return total
}

// keysOf are the columns that tell the rows of their relation apart.
func keysOf(e *Estimate) map[int]bool {
	keys := map[int]bool{}
	for id, c := range e.Columns {
		if c.Of != 0 && c.NDV >= nearlyUnique*c.Among {
			keys[id] = true
		}
	}
	return keys
}

// limit notes that no more than rows rows of a relation are left.
func limit(e *Estimate, of int, rows float64) {
	for id, c := range e.Columns {
		if c.Of == of && c.Among > rows {
			c.Among, c.NDV = rows, math.Min(c.NDV, rows)
			e.Columns[id] = c
		}
	}
}

// domain bounds how many combinations of values key columns can come from: the rows
// of their relation, filtered or not, since that is where its other side finds them.
func domain(keys []Column) float64 {
	for _, k := range keys {
		if k.Of == 0 || k.Of != keys[0].Of {
			return math.Inf(1)
		}
	}
	return math.Max(1, keys[0].Base)
}
