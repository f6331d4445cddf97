package operator

import (
	"bytes"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/planner/physical"
	"github.com/bixidata/bixi/planner/scalar"
)

// rangeRouter finds the partition of rows in a Range exchange by comparing
// normalised keys with those of the bounds: by the eight bytes that follow what all
// bounds begin with, and the whole keys where these are equal.
type rangeRouter struct {
	keys    *sortKeys
	bounds  [][]byte
	codes   []uint64 // of the bounds, behind common
	common  []byte
	arena   []byte
	offsets []int64
}

func newRangeRouter(n *physical.ShuffleWrite, env *Env) (*rangeRouter, error) {
	keys, err := newSortKeys([]scalar.SortKey{*n.Order}, env)
	if err != nil {
		return nil, err
	}
	// The bounds are encoded as the key of rows that hold them.
	bound := *n.Order
	bound.Expr = &scalar.Column{Typ: n.Order.Expr.Type()}
	encode, err := newSortKeys([]scalar.SortKey{bound}, env)
	if err != nil {
		return nil, err
	}
	r := &rangeRouter{keys: keys}
	for _, v := range n.Bounds {
		key, _, err := encode.append(nil, []int64{0}, batch.New(1, batch.DatumColumn(bound.Expr.Type(), v, 1)))
		if err != nil {
			return nil, err
		}
		r.bounds = append(r.bounds, key)
	}
	if n := len(r.bounds); n > 0 {
		// They ascend: what the first and the last have in common, all have.
		first, last := r.bounds[0], r.bounds[n-1]
		k := 0
		for k < min(len(first), len(last)) && first[k] == last[k] {
			k++
		}
		r.common = first[:k]
	}
	for _, key := range r.bounds {
		r.codes = append(r.codes, batch.TextCode(key[len(r.common):]))
	}
	return r, nil
}

// route writes the partition of each row of b to targets: the number of bounds
// that do not come after its key.
func (r *rangeRouter) route(b *batch.Batch, targets []int32) error {
	var err error
	if r.arena, r.offsets, err = r.keys.append(r.arena[:0], append(r.offsets[:0], 0), b); err != nil {
		return err
	}
	for i := range targets {
		targets[i] = int32(r.find(r.arena[r.offsets[i]:r.offsets[i+1]]))
	}
	return nil
}

// find is the number of bounds that do not come after key.
func (r *rangeRouter) find(key []byte) int {
	if !bytes.HasPrefix(key, r.common) {
		if bytes.Compare(key, r.common) < 0 {
			return 0
		}
		return len(r.bounds)
	}
	code := batch.TextCode(key[len(r.common):])
	// The bounds [0, at) have lesser codes, those from at+n on do not.
	at := 0
	for n := len(r.codes); n > 0; {
		half := (n + 1) / 2
		if r.codes[at+half-1] < code {
			at += half
		}
		n -= half
	}
	for at < len(r.bounds) && r.codes[at] == code && bytes.Compare(r.bounds[at], key) <= 0 {
		at++
	}
	return at
}
