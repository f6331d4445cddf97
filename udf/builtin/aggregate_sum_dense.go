package builtin

import "github.com/bixidata/bixi/batch"

// Sums of columns without NULLs are read from them as they are, of whatever width,
// flat or by code. Where there are few groups, a word a group holds the sum of a
// batch and, below it, the number of its terms: one addition a row.
const (
	laneGroups  = 32  // groups with four words each: rows that follow each other do not wait
	wordGroups  = 512 // groups with one
	denseRows   = 4096
	laneCount   = 11 // bits of the number of terms in a lane, and in a word
	wordCount   = 13
	laneLargest = 1 << 40
	wordLargest = 1 << 36
)

// addDense adds the rows of a flat or dictionary column without NULLs.
func addDense[T int32 | int64](totals []total, groups []int32, c *batch.Column) {
	var codes []int32
	d := c
	if c.Enc == batch.Dict {
		d, codes = c.Dict, c.Codes[:len(groups)]
	}
	vals := batch.Values[T](d)[:d.N]
	switch {
	case len(groups) > denseRows:
	case len(totals) <= laneGroups:
		if addLanes(totals, groups, vals, codes) {
			return
		}
	case len(totals) <= wordGroups:
		if addWords(totals, groups, vals, codes) {
			return
		}
	}
	if codes == nil {
		vals = vals[:len(groups)]
		for i, g := range groups {
			totals[g].add(int64(vals[i]), 1)
		}
		return
	}
	for i, k := range codes {
		totals[groups[i]].add(int64(vals[k]), 1)
	}
}

// addLanes adds rows of few groups; false, and nothing is added, if a value is too
// large.
func addLanes[T int32 | int64](totals []total, groups []int32, vals []T, codes []int32) bool {
	var sums [4][laneGroups]int64
	var large int64
	put := func(lane int, g int32, v int64) {
		large |= v ^ v>>63
		sums[lane][g&(laneGroups-1)] += v<<laneCount + 1
	}
	i := 0
	if codes == nil {
		vals = vals[:len(groups)]
		for ; i+4 <= len(groups) && i+4 <= len(vals); i += 4 {
			g, v := groups[i:i+4:i+4], vals[i:i+4:i+4]
			put(0, g[0], int64(v[0]))
			put(1, g[1], int64(v[1]))
			put(2, g[2], int64(v[2]))
			put(3, g[3], int64(v[3]))
		}
		for ; i < len(groups); i++ {
			put(i&3, groups[i], int64(vals[i]))
		}
	} else {
		for ; i+4 <= len(groups) && i+4 <= len(codes); i += 4 {
			g, k := groups[i:i+4:i+4], codes[i:i+4:i+4]
			put(0, g[0], int64(vals[k[0]]))
			put(1, g[1], int64(vals[k[1]]))
			put(2, g[2], int64(vals[k[2]]))
			put(3, g[3], int64(vals[k[3]]))
		}
		for ; i < len(groups); i++ {
			put(i&3, groups[i], int64(vals[codes[i]]))
		}
	}
	if large >= laneLargest {
		return false
	}
	for g := range totals {
		var v, n int64
		for l := range sums {
			v += sums[l][g] >> laneCount
			n += sums[l][g] & (1<<laneCount - 1)
		}
		totals[g].add(v, n)
	}
	return true
}

// addWords is addLanes for more groups.
func addWords[T int32 | int64](totals []total, groups []int32, vals []T, codes []int32) bool {
	var sums [wordGroups]int64
	var large int64
	if codes == nil {
		vals = vals[:len(groups)]
		for i, g := range groups {
			v := int64(vals[i])
			large |= v ^ v>>63
			sums[g&(wordGroups-1)] += v<<wordCount + 1
		}
	} else {
		codes = codes[:len(groups)]
		for i, g := range groups {
			v := int64(vals[codes[i]])
			large |= v ^ v>>63
			sums[g&(wordGroups-1)] += v<<wordCount + 1
		}
	}
	if large >= wordLargest {
		return false
	}
	for g := range totals {
		totals[g].add(sums[g]>>wordCount, sums[g]&(1<<wordCount-1))
	}
	return true
}
