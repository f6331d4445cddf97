package parquet

import (
	"bytes"
	"encoding/binary"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/table/sketch"
)

// plainTexts is an open page of texts in the PLAIN encoding: each with its length
// in front.
type plainTexts struct {
	data []byte
	n    int
	// Where the least and the greatest text are, and their first bytes.
	lo, hi         textPlace
	loCode, hiCode uint64

	places []int32
	warmed byte
}

// textPlace is a text's place in the page, which may move.
type textPlace struct{ from, to int }

// gathered is how many texts are copied, then looked at again: as many as the
// fastest cache holds of usual ones.
const gathered = 128

// add appends rows idx of c, n in all, or all of them, and counts them in hll.
func (p *plainTexts) add(c *batch.Column, idx []int32, n int, hll *sketch.HyperLogLog) {
	d := held(c)
	p.places = p.places[:0]
	for k := range n {
		p.places = append(p.places, int32(place(c, idx, k)))
	}
	total := 0
	for _, j := range p.places {
		total += 4 + int(d.Offsets[j+1]-d.Offsets[j])
	}
	p.grow(total)
	for from := 0; from < n; from += gathered {
		at := len(p.data)
		places := p.places[from:min(from+gathered, n)]
		if c.Enc == batch.Dict {
			p.warm(d, places)
		}
		for _, j := range places {
			v := d.Data[d.Offsets[j]:d.Offsets[j+1]]
			p.data = append(binary.LittleEndian.AppendUint32(p.data, uint32(len(v))), v...)
		}
		for range places {
			size := int(binary.LittleEndian.Uint32(p.data[at:]))
			hll.AddBytes(p.data[at+4 : at+4+size])
			p.count(textPlace{at + 4, at + 4 + size})
			at += 4 + size
		}
	}
}

// grow makes room for size more bytes; the room is kept from page to page.
func (p *plainTexts) grow(size int) {
	if need := len(p.data) + size; need > cap(p.data) {
		p.data = append(make([]byte, 0, max(need, 2*cap(p.data))), p.data...)
	}
}

// warm reads a byte of every cache line of texts that lie anywhere, so that the
// processor fetches many of them at the same time.
func (p *plainTexts) warm(d *batch.Column, places []int32) {
	const line = 64
	sum := byte(0)
	for _, j := range places {
		v := d.Data[d.Offsets[j]:d.Offsets[j+1]]
		for i := 0; i < len(v); i += line {
			sum += v[i]
		}
		if len(v) > 0 {
			sum += v[len(v)-1]
		}
	}
	p.warmed = sum // so that the loads are not optimised away
}

// append adds one text.
func (p *plainTexts) append(v []byte) {
	p.data = append(binary.LittleEndian.AppendUint32(p.data, uint32(len(v))), v...)
	p.count(textPlace{len(p.data) - len(v), len(p.data)})
}

func (p *plainTexts) at(t textPlace) []byte { return p.data[t.from:t.to:t.to] }

// count takes the bounds of one more text, that at t. Most are told from the
// bounds by their first bytes.
func (p *plainTexts) count(t textPlace) {
	v := p.at(t)
	code := batch.TextCode(v)
	p.n++
	if p.n == 1 {
		p.lo, p.hi, p.loCode, p.hiCode = t, t, code, code
		return
	}
	if code < p.loCode || code == p.loCode && bytes.Compare(v, p.at(p.lo)) < 0 {
		p.lo, p.loCode = t, code
	}
	if code > p.hiCode || code == p.hiCode && bytes.Compare(v, p.at(p.hi)) > 0 {
		p.hi, p.hiCode = t, code
	}
}

// finish ends the page. The bounds are valid until the next text.
func (p *plainTexts) finish() pageBounds {
	var b pageBounds
	if p.n > 0 {
		b = pageBounds{p.at(p.lo), p.at(p.hi), true}
	}
	p.data, p.n = p.data[:0], 0
	return b
}
