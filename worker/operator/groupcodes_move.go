package operator

import (
	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/sql/types"
)

// moveShare is how many combinations there must be for each entry of a dictionary
// so that it pays to find the old dictionaries' entries in the new ones.
const moveShare = 4

// move gives the combinations of the keys' dictionaries, size in all, the groups
// that they had with the dictionaries before; false if that does not pay, or if there
// are twins: which of their values come together may have changed.
func (g *groupCodes) move(keys []*batch.Column, size int) bool {
	if len(g.groups) == 0 || len(g.dicts) != len(keys) {
		return false
	}
	entries := 0
	for i, c := range keys {
		if (c.Enc == batch.Dict) != (g.dicts[i] != nil) || c.Enc == batch.Const || g.twins[i] || isTwin(keys[:i], c) {
			return false
		}
		if c.Enc == batch.Dict {
			entries += c.Dict.N
		}
	}
	if size < moveShare*entries {
		return false
	}
	if g.numbers == nil {
		g.numbers = make([]dictNumbers, len(keys))
	}
	old := []int32{0} // combined code before, of each combination of the keys so far; -1: none
	for i, c := range keys {
		if c.Enc == batch.Dict {
			old = combineOld(old, g.numbers[i].move(g.dicts[i], c), int32(g.dicts[i].N+1))
			g.dicts[i] = c.Dict
		} else {
			old = combineOld(old, []int32{0, 1, 2}, 3)
		}
	}
	for k, before := range old {
		if before >= 0 {
			old[k] = g.groups[before]
		}
	}
	g.groups = old
	return true
}

func combineOld(old, codes []int32, radix int32) []int32 {
	out := make([]int32, 0, len(old)*len(codes))
	for _, o := range old {
		for _, k := range codes {
			if o|k < 0 {
				out = append(out, -1)
			} else {
				out = append(out, o*radix+k)
			}
		}
	}
	return out
}

// dictNumbers numbers the values of one dictionary after the other.
type dictNumbers struct {
	table groupTable // nil: begin again
	of    []int32    // the last dictionary's entries
}

// maxNumbers bounds the values of dictionaries that have little in common.
const maxNumbers = 1 << 14

// move gives for each code of c, and for its NULL, the code that the value had in
// the dictionary before; -1: none.
func (d *dictNumbers) move(before, c *batch.Column) []int32 {
	if d.table == nil {
		d.table = newGroupTable([]types.Type{c.Type})
		d.number(before, c.Type)
	}
	last := make([]int32, len(d.table.hashes()))
	for k := range last {
		last[k] = -1
	}
	for code, number := range d.of {
		last[number] = int32(code)
	}
	d.number(c.Dict, c.Type)
	codes := make([]int32, len(d.of), len(d.of)+1)
	for code, number := range d.of {
		codes[code] = -1
		if int(number) < len(last) {
			codes[code] = last[number]
		}
	}
	if len(d.table.hashes()) > maxNumbers {
		d.table = nil
	}
	return append(codes, int32(before.N))
}

func (d *dictNumbers) number(dict *batch.Column, t types.Type) {
	values := *dict
	values.Type = t
	keys := []*batch.Column{&values}
	d.of = make([]int32, dict.N)
	d.table.assign(keys, batch.HashColumns(keys, dict.N, nil), d.of)
}
