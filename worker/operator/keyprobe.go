package operator

import (
	"github.com/bixidata/bixi/batch"
)

// keyProbe asks a KeyFilter about the batches of one scanned column. It keeps
// what it has learnt of the dictionary at hand, which many batches share.
type keyProbe struct {
	filter *KeyFilter
	dict   *batch.Column
	seen   int    // rows asked about since dict came
	may    []bool // by dictionary entry, once it pays; else empty
}

// Select is KeyFilter.Select.
func (p *keyProbe) Select(c *batch.Column, sel []int32) []int32 {
	if c.Enc != batch.Dict || p.filter.rows == 0 {
		return p.filter.Select(c, sel)
	}
	if p.dict != c.Dict {
		p.dict, p.seen, p.may = c.Dict, 0, p.may[:0]
	}
	p.seen += len(sel)
	if len(p.may) == 0 && 2*p.seen >= c.Dict.N {
		p.may = p.filter.every(c.Dict, p.may)
	}
	if len(p.may) == 0 {
		return p.filter.Select(c, sel)
	}
	k := 0
	if c.Valid == nil {
		for _, i := range sel {
			sel[k] = i
			if p.may[c.Codes[i]] {
				k++
			}
		}
		return sel[:k]
	}
	for _, i := range sel {
		sel[k] = i
		if p.may[c.Codes[i]] && c.Valid.Get(int(i)) {
			k++
		}
	}
	return sel[:k]
}

// every decides for all values of a flat column.
func (f *KeyFilter) every(c *batch.Column, may []bool) []bool {
	if cap(may) < c.N {
		may = make([]bool, c.N)
	}
	may = may[:c.N]
	switch {
	case !f.text && c.Phys == batch.PhysI64:
		everyInt(f, batch.Values[int64](c), may)
	case !f.text && c.Phys == batch.PhysI32:
		everyInt(f, batch.Values[int32](c), may)
	default:
		for i := range may {
			may[i] = f.mayContain(c, i)
		}
	}
	return may
}

func everyInt[T int32 | int64](f *KeyFilter, vals []T, may []bool) {
	vals = vals[:len(may)]
	span := uint64(f.hi) - uint64(f.lo)
	for i, v := range vals {
		d := uint64(int64(v)) - uint64(f.lo)
		switch {
		case d > span:
			may[i] = false
		case f.exact != nil:
			may[i] = f.exact[d/64]>>(d%64)&1 != 0
		default:
			may[i] = f.bloom == nil || f.has(uint64(int64(v))*slotMix)
		}
	}
}

// selectCodes is selectInts through a dictionary.
func selectCodes[T int32 | int64](f *KeyFilter, vals []T, codes, sel []int32) []int32 {
	k := 0
	span := uint64(f.hi) - uint64(f.lo)
	for _, i := range sel {
		sel[k] = i
		v := int64(vals[codes[i]])
		d := uint64(v) - uint64(f.lo)
		switch {
		case d > span:
		case f.exact != nil:
			k += int(f.exact[d/64] >> (d % 64) & 1)
		case f.bloom == nil || f.has(uint64(v)*slotMix):
			k++
		}
	}
	return sel[:k]
}
