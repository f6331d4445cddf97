package operator

import (
	"slices"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/sql/types"
)

// partBuilder collects the rows of one partition of an exchange. Columns with a
// lasting, small dictionary keep it: their codes are copied and the dictionary
// is shared. When another dictionary comes the column turns flat.
type partBuilder struct {
	cols []partColumn
	rows int
}

// keepDict is the size up to which an exchange keeps a dictionary.
const keepDict = 64 << 10

func (p *partBuilder) init(ts []types.Type) {
	p.cols = make([]partColumn, len(ts))
	for i, t := range ts {
		p.cols[i].flat = batch.NewBuilder(t)
	}
}

// add appends rows (nil: all) of b, which may have a selection that rows
// already went through.
func (p *partBuilder) add(b *batch.Batch, rows []int32) {
	for i, c := range b.Columns {
		p.cols[i].add(c, rows)
	}
	if rows == nil {
		p.rows += b.N
	} else {
		p.rows += len(rows)
	}
}

// changesDictionary reports whether adding b would turn a column flat.
func (p *partBuilder) changesDictionary(b *batch.Batch) bool {
	for i, c := range b.Columns {
		if d := p.cols[i].dict; d != nil && d != c.Dict {
			return true
		}
	}
	return false
}

func (p *partBuilder) size() int64 {
	var n int64
	for i := range p.cols {
		n += p.cols[i].flat.Size() + 4*int64(len(p.cols[i].codes)) + 8*int64(len(p.cols[i].valid))
	}
	return n
}

// finish gives the rows as an owned batch and empties the builder.
func (p *partBuilder) finish() *batch.Batch {
	b := &batch.Batch{Columns: make([]*batch.Column, len(p.cols)), N: p.rows}
	for i := range p.cols {
		b.Columns[i] = p.cols[i].finish()
	}
	p.rows = 0
	return b
}

// reuse takes back the memory of a batch that finish gave; the builder is empty.
func (p *partBuilder) reuse(b *batch.Batch) {
	for i, c := range b.Columns {
		if c.Enc == batch.Dict {
			p.cols[i].spare = c.Codes[:0]
		} else {
			p.cols[i].flat.Reuse(c)
		}
	}
}

// partColumn is either codes into dict, or flat.
type partColumn struct {
	dict  *batch.Column
	codes []int32
	spare []int32      // empty, for the next codes
	valid batch.Bitmap // of codes; nil: no NULL so far
	flat  *batch.Builder
	// What the last batch took: the next one likely takes as much.
	lastRows, lastBytes int
}

func (p *partColumn) add(c *batch.Column, rows []int32) {
	if p.dict == nil && p.flat.Len() == 0 {
		if c.Enc == batch.Dict && c.Lasts() && c.Dict.N <= keepDict {
			p.dict, p.codes, p.spare = c.Dict, slices.Grow(p.spare, p.lastRows), nil
		} else if p.lastRows > 0 {
			p.flat.Grow(p.lastRows, p.lastBytes)
		}
	}
	if p.dict == nil {
		p.flat.Append(c, rows)
		return
	}
	if p.dict != c.Dict {
		p.flat.Append(p.finishCodes(), nil)
		p.flat.Append(c, rows)
		return
	}
	p.addValid(c, rows)
	if rows == nil {
		p.codes = append(p.codes, c.Codes[:c.N]...)
		return
	}
	for _, i := range rows {
		p.codes = append(p.codes, c.Codes[i])
	}
}

// addValid appends the validity of the rows; len(codes) is still the old length.
func (p *partColumn) addValid(c *batch.Column, rows []int32) {
	if c.Valid == nil && p.valid == nil {
		return
	}
	at, n := len(p.codes), len(rows)
	if rows == nil {
		n = c.N
	}
	grown := batch.NewBitmap(max(at+n, 2*64*len(p.valid)))
	if 64*len(p.valid) >= at+n {
		grown = p.valid
	} else {
		grown.CopyBits(0, p.valid, 0, at) // set, if there was no NULL
	}
	p.valid = grown
	if c.Valid == nil || rows == nil {
		p.valid.CopyBits(at, c.Valid, 0, n)
		return
	}
	for k, i := range rows {
		p.valid.SetTo(at+k, c.Valid.Get(int(i)))
	}
}

func (p *partColumn) finishCodes() *batch.Column {
	c := batch.FromCodes(p.dict, p.codes, p.valid)
	p.dict, p.codes, p.valid = nil, nil, nil
	return c
}

func (p *partColumn) finish() *batch.Column {
	if p.dict != nil {
		p.lastRows, p.lastBytes = len(p.codes), 0
		return p.finishCodes()
	}
	c := p.flat.Finish()
	p.lastRows, p.lastBytes = c.N, len(c.Data)
	return c
}
