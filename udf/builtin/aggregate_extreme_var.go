package builtin

import (
	"bytes"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/sql/decimal"
	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/udf/kernel"
)

// extremeWide is the extreme of DECIMALs of more than 18 digits.
type extremeWide struct {
	typ      types.Type
	greatest bool
	best     []decimal.Int128
	seen     []uint8
	wide     []decimal.Int128
	ints     []int64
}

func (a *extremeWide) Resize(groups int) {
	a.best, a.seen = resize(a.best, groups), resize(a.seen, groups)
}

func (a *extremeWide) Update(groups []int32, args []*batch.Column) error {
	c := args[0]
	valid, none := validRows(c)
	if none {
		return nil
	}
	var vals []decimal.Int128
	if c.Phys == batch.PhysI128 {
		vals = fixed(c, &a.wide)
	} else {
		vals = grow(&a.wide, c.N)
		for i, v := range ints(c, &a.ints) {
			vals[i] = decimal.FromInt64(v)
		}
	}
	for i, g := range groups {
		if valid != nil && !valid.Get(i) {
			continue
		}
		if a.seen[g] == 0 || vals[i].Cmp(a.best[g]) > 0 == a.greatest {
			a.best[g], a.seen[g] = vals[i], 1
		}
	}
	return nil
}

func (a *extremeWide) Merge(groups []int32, state []*batch.Column) error {
	return a.Update(groups, state)
}

func (a *extremeWide) State(from, to int) ([]*batch.Column, error) {
	c, err := a.Final(from, to)
	return []*batch.Column{c}, err
}

func (a *extremeWide) Final(from, to int) (*batch.Column, error) {
	valid := present(from, to, func(g int) bool { return a.seen[g] != 0 })
	return kernel.Decimals(a.typ, append([]decimal.Int128(nil), a.best[from:to]...), valid), nil
}

func (a *extremeWide) Size() int64 {
	return 16*int64(cap(a.best)+cap(a.wide)) + int64(cap(a.seen)) + 8*int64(cap(a.ints))
}

// extremeText is the extreme of texts and, by their sortable encoding, of nested values.
type extremeText struct {
	typ      types.Type
	greatest bool
	best     slots
	codes    []uint64 // of best: most values are told from it by their first bytes
	buf      []byte
}

func (a *extremeText) Resize(groups int) {
	a.best.resize(groups)
	a.codes = resize(a.codes, groups)
}

func (a *extremeText) Update(groups []int32, args []*batch.Column) error {
	c := args[0]
	if a.typ.IsNested() {
		for i, g := range groups {
			if !c.IsNull(i) {
				a.buf = appendSortable(a.buf[:0], c, i)
				a.offer(int(g), a.buf)
			}
		}
		return nil
	}
	return a.offerAll(groups, c)
}

func (a *extremeText) offerAll(groups []int32, c *batch.Column) error {
	valid, none := validRows(c)
	if none || len(groups) == 0 {
		return nil
	}
	d, _ := c.Index(0)
	data, offsets := d.Data, d.Offsets
	for i, g := range groups {
		if valid != nil && !valid.Get(i) {
			continue
		}
		_, j := c.Index(i)
		a.offer(int(g), data[offsets[j]:offsets[j+1]])
	}
	return nil
}

func (a *extremeText) offer(g int, v []byte) {
	code := batch.TextCode(v)
	if a.best.has(g) {
		above := code > a.codes[g]
		if code == a.codes[g] {
			above = bytes.Compare(v, a.best.at(g)) > 0
		}
		if above != a.greatest {
			return
		}
	}
	a.best.set(g, v)
	a.codes[g] = code
}

func (a *extremeText) Merge(groups []int32, state []*batch.Column) error {
	return a.offerAll(groups, state[0])
}

func (a *extremeText) State(from, to int) ([]*batch.Column, error) {
	t := a.typ
	if t.IsNested() {
		t = types.BinaryType
	}
	return []*batch.Column{a.best.column(t, from, to)}, nil
}

func (a *extremeText) Final(from, to int) (*batch.Column, error) {
	if !a.typ.IsNested() {
		return a.best.column(a.typ, from, to), nil
	}
	return a.best.decode(a.typ, from, to)
}

func (a *extremeText) Size() int64 { return a.best.size() + 8*int64(cap(a.codes)) + int64(cap(a.buf)) }
