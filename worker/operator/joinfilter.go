package operator

import (
	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/planner/physical"
	"github.com/bixidata/bixi/sql/types"
)

// filterLeft is the piece of the kinds that give left rows only.
func (p *joinProbe) filterLeft(kind physical.JoinKind) (*batch.Batch, error) {
	if err := p.matchLeft(); err != nil {
		return nil, err
	}
	var unknown []bool
	if kind == physical.LeftAntiNull || kind == physical.LeftMark {
		var err error
		if unknown, err = p.unknownLeft(); err != nil {
			return nil, err
		}
	}
	return p.decided(kind, unknown), nil
}

// decided is the piece, given which rows have a match and for which that is
// unknown.
func (p *joinProbe) decided(kind physical.JoinKind, unknown []bool) *batch.Batch {
	if kind == physical.LeftMark {
		return p.mark(unknown)
	}
	sel := growInts(p.outL, p.n)[:0]
	for i, m := range p.matched {
		pass := m == (kind == physical.LeftSemi)
		if kind == physical.LeftAntiNull {
			pass = !m && !unknown[i]
		}
		if pass {
			sel = append(sel, int32(i))
		}
	}
	p.outL = sel
	if len(sel) == p.n {
		return p.b
	}
	return &batch.Batch{Columns: p.b.Columns, N: p.b.N, Sel: p.rawRows(sel)}
}

// matchLeft sets matched. Candidates are tried in rounds, one of each row that
// has none yet, so that a row stops at its first match.
func (p *joinProbe) matchLeft() error {
	if cap(p.matched) < p.n {
		p.matched = make([]bool, p.n)
	}
	p.matched = p.matched[:p.n]
	if p.table.packed && p.residual == nil {
		for i, h := range p.heads {
			p.matched[i] = h >= 0
		}
		return nil
	}
	clear(p.matched)
	return p.rounds(p.matched)
}

// rounds sets done for the rows that have a candidate that passes all checks.
func (p *joinProbe) rounds(done []bool) error {
	p.outL, p.outR = p.outL[:0], p.outR[:0] // the rows under way and their candidates
	for i, h := range p.heads {
		if h >= 0 && !done[i] {
			p.outL, p.outR = append(p.outL, int32(i)), append(p.outR, h)
		}
	}
	for len(p.outL) > 0 {
		p.li, p.ri = append(p.li[:0], p.outL...), append(p.ri[:0], p.outR...)
		if err := p.checkPairs(); err != nil {
			return err
		}
		for _, i := range p.li {
			done[i] = true
		}
		k := 0
		for x, i := range p.outL {
			if next := p.table.after(p.outR[x]); next >= 0 && !done[i] {
				p.outL[k], p.outR[k] = i, next
				k++
			}
		}
		p.outL, p.outR = p.outL[:k], p.outR[:k]
	}
	return nil
}

// unknownLeft tells, for the rows without a match, whether comparing with some
// right row gave NULL: no component differs and one is NULL on either side, or
// without keys the condition is NULL.
func (p *joinProbe) unknownLeft() ([]bool, error) {
	unknown := make([]bool, p.n)
	if p.unknown != nil {
		copy(unknown, p.matched)
		residual := p.residual
		p.residual = p.unknown
		err := p.rounds(unknown)
		p.residual = residual
		return unknown, err
	}
	for i := range unknown {
		if p.matched[i] || !p.table.anyRow {
			continue
		}
		ownNull := p.able != nil && !p.able.Get(i)
		if !ownNull && !p.table.anyNull {
			continue
		}
		if len(p.keys) == 1 && p.residual == nil {
			unknown[i] = true
			continue
		}
		var err error
		if unknown[i], err = p.anyUnknown(int32(i), ownNull); err != nil {
			return nil, err
		}
	}
	return unknown, nil
}

// anyUnknown looks for a right row whose keys are not surely different from
// those of left row i: among the rows with a NULL key, or among all if the left
// row has one.
func (p *joinProbe) anyUnknown(i int32, all bool) (bool, error) {
	total := len(p.table.nullRows)
	if all {
		total = p.table.rows
	}
	for at := 0; at < total; at += batch.TargetRows {
		p.li, p.ri = p.li[:0], p.ri[:0]
		for r := at; r < min(at+batch.TargetRows, total); r++ {
			row := int32(r)
			if !all {
				row = p.table.nullRows[r]
			}
			p.li, p.ri = append(p.li, i), append(p.ri, row)
		}
		if p.table.keys != nil {
			p.compact(p.verifier.equal(p.keys, p.table.keys, p.li, p.ri, true))
		}
		if err := p.checkResidual(); err != nil {
			return false, err
		}
		if len(p.li) > 0 {
			return true, nil
		}
	}
	return false, nil
}

// mark is the batch with a column that says whether a match exists.
func (p *joinProbe) mark(unknown []bool) *batch.Batch {
	bits := batch.NewBitmap(p.n)
	var valid batch.Bitmap
	for i, m := range p.matched {
		if m {
			bits.Set(i)
		} else if unknown[i] {
			if valid == nil {
				valid = batch.NewBitmapSet(p.n)
			}
			valid.Clear(i)
		}
	}
	d := p.b.Dense()
	cols := append(append([]*batch.Column{}, d.Columns...), batch.FromBits(bits, p.n, valid))
	cols[len(cols)-1].Type = types.BooleanType
	return batch.New(p.n, cols...)
}
