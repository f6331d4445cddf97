package operator

import (
	"math/bits"
	"slices"
)

// pair is an order-preserving code of a row and the row it stands for.
type pair struct {
	code uint64
	id   uint32
}

// pairBytes is the memory a row takes while pairs are sorted: a pair and its
// place in the second buffer.
const pairBytes = 2 * 16

// sortPairs sorts p by code; equal codes end up next to each other in no
// particular order. tmp has at least p's length.
//
// It radix-sorts on as many of the leading varying bits as there are rows to
// tell apart, then finishes the few rows that still tie.
func sortPairs(p, tmp []pair) {
	n := len(p)
	if n <= 24 {
		insertPairs(p)
		return
	}
	var vary uint64
	for i := range p {
		vary |= p[i].code ^ p[0].code
	}
	if vary == 0 {
		return
	}
	if n < 200 {
		slices.SortFunc(p, func(a, b pair) int {
			if a.code < b.code {
				return -1
			} else if a.code > b.code {
				return 1
			}
			return 0
		})
		return
	}
	passes := 1
	if n > 1<<10 {
		passes = 2
	}
	if n > 1<<18 {
		passes = 3
	}
	shift := max(bits.Len64(vary)-8*passes, 0)
	passes = (bits.Len64(vary) - shift + 7) / 8
	radixPairs(p, tmp[:n], shift, passes)
	if shift == 0 {
		return
	}
	for i := 0; i < n; {
		j := i + 1
		for j < n && p[j].code>>shift == p[i].code>>shift {
			j++
		}
		if j-i > 1 {
			sortPairs(p[i:j], tmp[i:j])
		}
		i = j
	}
}

func insertPairs(p []pair) {
	for i := 1; i < len(p); i++ {
		x := p[i]
		j := i
		for ; j > 0 && p[j-1].code > x.code; j-- {
			p[j] = p[j-1]
		}
		p[j] = x
	}
}

// radixPairs sorts stably by the passes bytes that begin at bit shift, least
// significant first. The result is in p.
func radixPairs(p, tmp []pair, shift, passes int) {
	var counts [3][256]uint32
	for i := range p {
		c := p[i].code >> shift
		for d := range passes {
			counts[d][byte(c>>(8*d))]++
		}
	}
	src, dst := p, tmp
	for d := range passes {
		count := &counts[d]
		var sum uint32
		for i, c := range count {
			count[i] = sum
			sum += c
		}
		s := shift + 8*d
		for _, x := range src {
			b := byte(x.code >> s)
			dst[count[b]] = x
			count[b]++
		}
		src, dst = dst, src
	}
	if passes%2 == 1 {
		copy(p, src)
	}
}
