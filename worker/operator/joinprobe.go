package operator

import (
	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/planner/physical"
)

// joinProbe joins one left batch at a time with the table. It gives pieces of
// about limit rows and can stop within the matches of a row.
//
// Left rows are numbered 0..n-1 among the existing rows of the batch; raw maps
// them to positions in its columns.
type joinProbe struct {
	join     *hashJoin
	table    *joinTable
	residual *pairFilter
	unknown  *pairFilter // passes where the condition of a join without keys is NULL; or nil
	limit    int
	// Which columns leave the join; the others are nil in what next gives.
	wantLeft, wantRight []bool

	b     *batch.Batch // nil: no batch
	n     int
	keys  []*batch.Column
	able  batch.Bitmap
	heads []int32 // first row of the left row's word, or -1

	row    int   // the left row whose matches are being given
	cur    int32 // the next of them, or -1
	paired bool  // row has had a match already
	many   bool  // some row has had two

	li, ri   []int32 // pairs
	outL     []int32
	outR     []int32
	raw      []int32
	matched  []bool // of the left rows (semi, anti, mark)
	verifier verifier
	seen     batch.Bitmap // right rows that had a match (kinds that keep right rows)
}

func (p *joinProbe) open(t *joinTable) {
	p.table = t
	if keepsRight(p.join.node.Kind) {
		p.seen = batch.NewBitmap(t.rows)
	}
}

// begin looks up the rows of b.
func (p *joinProbe) begin(b *batch.Batch) error {
	keys, words, able, err := p.join.keys.eval(b)
	if err != nil {
		return err
	}
	p.beginRows(b, keys, words, able)
	return nil
}

// beginRows is begin with the keys evaluated.
func (p *joinProbe) beginRows(b *batch.Batch, keys []*batch.Column, words []uint64, able batch.Bitmap) {
	p.b, p.n, p.keys, p.able = b, len(words), keys, able
	p.heads = growInts(p.heads, p.n)
	p.table.lookup(words, p.heads)
	if able != nil {
		for i := range p.heads {
			if !able.Get(i) {
				p.heads[i] = -1
			}
		}
	}
	p.row, p.cur, p.paired = 0, p.heads[0], false
}

// growInts is s with length n and unspecified content, never nil: as a
// selection nil would mean all rows.
func growInts(s []int32, n int) []int32 {
	if s == nil || cap(s) < n {
		s = make([]int32, n)
	}
	return s[:n]
}

// next gives the next piece of the current batch, or nil when it is used up.
func (p *joinProbe) next() (*batch.Batch, error) {
	for p.b != nil {
		out, err := p.piece()
		if err != nil || out != nil && out.Rows() > 0 {
			return out, err
		}
	}
	return nil, nil
}

func (p *joinProbe) piece() (*batch.Batch, error) {
	kind := p.join.node.Kind
	switch kind {
	case physical.LeftSemi, physical.LeftAnti, physical.LeftAntiNull, physical.LeftMark:
		out, err := p.filterLeft(kind)
		p.b = nil
		return out, err
	}
	exact := p.table.packed && p.residual == nil // every candidate is a match
	switch {
	case exact && (kind == physical.RightSemi || kind == physical.RightAnti):
		p.seeChains()
		p.b = nil
		return nil, nil
	case exact && p.table.unique:
		return p.uniquePiece(kind), nil
	}
	from := p.row
	p.fillPairs()
	if err := p.checkPairs(); err != nil {
		return nil, err
	}
	p.see(p.ri)
	switch kind {
	case physical.RightSemi, physical.RightAnti:
		p.endPiece()
		return nil, nil
	case physical.LeftOuter, physical.FullOuter:
		p.addUnmatched(from)
		if p.many && p.join.node.Many != "" {
			return nil, p.join.errMany()
		}
		p.li, p.outL = p.outL, p.li
		p.ri, p.outR = p.outR, p.ri
	}
	out := p.output(p.li, p.ri)
	p.endPiece()
	return out, nil
}

// endPiece lets go of the batch when all its rows are done. What was given from
// it stays valid until the left input is asked again.
func (p *joinProbe) endPiece() {
	if p.row >= p.n {
		p.b = nil
	}
}

// uniquePiece is all of the batch when every left row has one match at most.
func (p *joinProbe) uniquePiece(kind physical.JoinKind) *batch.Batch {
	p.row = p.n
	p.li, p.ri = growInts(p.li, p.n), growInts(p.ri, p.n)
	k := 0
	if kind == physical.LeftOuter || kind == physical.FullOuter {
		k = p.n
		copy(p.ri, p.heads)
		for i := range p.li {
			p.li[i] = int32(i)
		}
	} else {
		for i, h := range p.heads {
			p.li[k], p.ri[k] = int32(i), h
			k += int(uint32(^h) >> 31)
		}
	}
	p.li, p.ri = p.li[:k], p.ri[:k]
	p.see(p.ri)
	out := p.output(p.li, p.ri)
	p.b = nil
	return out
}

// fillPairs collects up to limit candidates from (row, cur) on.
func (p *joinProbe) fillPairs() {
	p.li, p.ri = growInts(p.li, p.limit), growInts(p.ri, p.limit)
	li, ri, k := p.li, p.ri, 0
	row, cur, next := p.row, p.cur, p.table.next
	for k < p.limit {
		if cur < 0 {
			row++
			if row >= p.n {
				break
			}
			cur = p.heads[row]
			continue
		}
		li[k], ri[k] = int32(row), cur
		k++
		if next == nil {
			cur = -1
		} else {
			cur = next[cur] - 1
		}
	}
	p.row, p.cur = row, cur
	p.li, p.ri = li[:k], ri[:k]
}

// checkPairs drops the candidates whose keys differ or that fail the residual.
func (p *joinProbe) checkPairs() error {
	if !p.table.packed && len(p.keys) > 0 && len(p.li) > 0 {
		p.compact(p.verifier.equal(p.keys, p.table.keys, p.li, p.ri, false))
	}
	return p.checkResidual()
}

func (p *joinProbe) checkResidual() error {
	if p.residual == nil || len(p.li) == 0 {
		return nil
	}
	sel, err := p.residual.sel(p.b, p.table.cols, p.rawRows(p.li), p.ri)
	if err != nil {
		return err
	}
	p.compact(sel)
	return nil
}

func (p *joinProbe) compact(keep []int32) {
	for k, i := range keep {
		p.li[k], p.ri[k] = p.li[i], p.ri[i]
	}
	p.li, p.ri = p.li[:len(keep)], p.ri[:len(keep)]
}

// rawRows maps row numbers to positions in the batch's columns. The result is
// valid until the next call.
func (p *joinProbe) rawRows(rows []int32) []int32 {
	if p.b.Sel == nil {
		return rows
	}
	p.raw = growInts(p.raw, len(rows))
	for k, i := range rows {
		p.raw[k] = p.b.Sel[i]
	}
	return p.raw
}

// see remembers the right rows of matches.
func (p *joinProbe) see(ri []int32) {
	if p.seen == nil {
		return
	}
	for _, r := range ri {
		if r >= 0 {
			p.seen.Set(int(r))
		}
	}
}

// seeChains remembers all rows of the words found. A chain whose first row has
// been seen has been seen whole.
func (p *joinProbe) seeChains() {
	for _, r := range p.heads {
		for ; r >= 0 && !p.seen.Get(int(r)); r = p.table.after(r) {
			p.seen.Set(int(r))
		}
	}
}

// addUnmatched merges the pairs of rows from.. with the rows that are complete
// and had no match, into outL and outR.
func (p *joinProbe) addUnmatched(from int) {
	p.outL, p.outR = p.outL[:0], p.outR[:0]
	k := 0
	for row := from; row <= p.row && row < p.n; row++ {
		if row > from {
			p.paired = false
		}
		for ; k < len(p.li) && p.li[k] == int32(row); k++ {
			p.outL, p.outR = append(p.outL, int32(row)), append(p.outR, p.ri[k])
			p.many = p.many || p.paired
			p.paired = true
		}
		if row < p.row && !p.paired {
			p.outL, p.outR = append(p.outL, int32(row)), append(p.outR, -1)
		}
	}
}

// output makes the batch of the pairs: left columns then right columns.
func (p *joinProbe) output(li, ri []int32) *batch.Batch {
	out := &batch.Batch{N: len(li)}
	if len(li) == 0 {
		return out
	}
	whole := len(li) == p.b.N && p.b.Sel == nil && isIdentity(li)
	if whole {
		out.Columns = append(out.Columns, p.b.Columns...)
	} else {
		raw := p.rawRows(li)
		for i, c := range p.b.Columns {
			if !p.wantLeft[i] {
				out.Columns = append(out.Columns, nil)
				continue
			}
			out.Columns = append(out.Columns, batch.Take(c, raw))
		}
	}
	return p.appendRight(out, ri)
}

func isIdentity(idx []int32) bool {
	for i, j := range idx {
		if int32(i) != j {
			return false
		}
	}
	return true
}

// appendRight adds the right columns of rows ri (-1: NULLs). Texts refer to the
// table's column as their dictionary: it never changes, but keepers should not
// share a large one for the sake of a few rows.
func (p *joinProbe) appendRight(out *batch.Batch, ri []int32) *batch.Batch {
	for i, c := range p.table.cols {
		if !p.wantRight[i] {
			out.Columns = append(out.Columns, nil)
			continue
		}
		t := batch.Take(c, ri)
		if c.Enc == batch.Flat && t.Enc == batch.Dict {
			t.Dict, t.Borrowed = c, c.N > keepDict
		}
		out.Columns = append(out.Columns, t)
	}
	return out
}
