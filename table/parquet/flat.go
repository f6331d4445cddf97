package parquet

import (
	"github.com/bixidata/bixi/batch"
)

// flatReader reads a column that does not repeat.
type flatReader struct {
	pages pageReader

	pos  int // level in the page
	vpos int // value in the page: levels before pos that are not NULL
	at   int64

	coded  batch.Column // of codes; nobody keeps the column of a batch
	values scratch      // conversions
	spread scratch      // values moved apart by NULLs
	valid  scratch
	joined joiner // batches that cross pages
}

// seek makes row the next to be read. Rows are only ever skipped forwards.
func (r *flatReader) seek(row int64) error {
	if row == r.at {
		return nil
	}
	first := r.pages.first
	if err := r.pages.seek(row); err != nil {
		return err
	}
	if r.pages.first != first {
		r.pos, r.vpos = 0, 0
	}
	r.advance(int(row-r.pages.first) - r.pos)
	r.at = row
	return nil
}

// advance skips k rows of the page.
func (r *flatReader) advance(k int) {
	if r.pages.def == nil {
		r.vpos += k
	} else {
		r.vpos += count(r.pages.def[r.pos:r.pos+k], r.pages.maxDef)
	}
	r.pos += k
}

// read gives the next n rows.
func (r *flatReader) read(n int) (*batch.Column, error) {
	joining := false
	for left := n; ; {
		if r.pos == r.pages.n {
			if err := r.pages.next(); err != nil {
				return nil, err
			}
			r.pos, r.vpos = 0, 0
		}
		k := min(left, r.pages.n-r.pos)
		c, err := r.piece(k)
		if err != nil {
			return nil, err
		}
		left -= k
		r.at += int64(k)
		if left == 0 && !joining {
			return c, nil
		}
		if !joining {
			r.joined.begin(n)
			joining = true
		}
		r.joined.add(c)
		if left == 0 {
			return r.joined.finish(), nil
		}
	}
}

// piece gives the next k rows, which are in the page.
func (r *flatReader) piece(k int) (*batch.Column, error) {
	p := &r.pages
	m := k // values
	var def []byte
	if p.def != nil {
		def = p.def[r.pos : r.pos+k]
		m = count(def, r.pages.maxDef)
	}
	from := r.vpos
	r.pos += k
	r.vpos += m
	if m == 0 {
		return batch.NullColumn(r.pages.target, k), nil
	}
	c, err := p.values(from, from+m, &r.values, &r.coded)
	if err != nil || m == k {
		return c, err
	}
	return expand(c, def, r.pages.maxDef, &r.valid, &r.spread), nil
}

// count is the number of levels equal to full.
func count(levels []byte, full byte) int {
	n := 0
	for _, d := range levels {
		if d == full {
			n++
		}
	}
	return n
}

// expand moves the values of c to the rows whose level is full; the others are
// NULL.
func expand(c *batch.Column, def []byte, full byte, valid, spread *scratch) *batch.Column {
	n := len(def)
	bits := valid.bitmap(n)
	for w := range bits {
		var x uint64
		for i, d := range def[64*w : min(64*w+64, n)] {
			if d == full {
				x |= 1 << uint(i)
			}
		}
		bits[w] = x
	}
	out := &batch.Column{Type: c.Type, Phys: c.Phys, Enc: c.Enc, N: n, Dict: c.Dict, Valid: bits}
	switch {
	case c.Enc == batch.Dict:
		out.Codes = fixed[int32](spread, n)
		scatter(out.Codes, c.Codes, def, full)
	case c.Phys == batch.PhysBool:
		dst, src := spread.bitmap(n), c.Bits()
		clear(dst)
		j := 0
		for i, d := range def {
			if d == full {
				dst.SetTo(i, src.Get(j))
				j++
			}
		}
		out.Data = batch.BytesOf(dst)
	case c.Phys == batch.PhysBytes:
		out.Data, out.Offsets = c.Data, make([]int32, n+1)
		j := 0
		for i, d := range def {
			out.Offsets[i] = c.Offsets[j]
			if d == full {
				j++
			}
		}
		out.Offsets[n] = c.Offsets[j]
	default:
		out.Data = scatterFixed(c, def, full, spread)
	}
	return out
}

func scatter[T batch.Fixed](dst, src []T, def []byte, full byte) {
	var zero T
	j := 0
	for i, d := range def {
		if d == full {
			dst[i] = src[j]
			j++
		} else {
			dst[i] = zero
		}
	}
}
