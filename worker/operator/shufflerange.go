package operator

import (
	"bytes"
	"slices"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/planner/physical"
	"github.com/bixidata/bixi/planner/scalar"
)

// rangeRouter finds the partition of rows in a Range exchange by comparing
// normalised keys with those of the bounds.
type rangeRouter struct {
	keys    *sortKeys
	bounds  [][]byte
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
		at, found := slices.BinarySearchFunc(r.bounds, r.arena[r.offsets[i]:r.offsets[i+1]], bytes.Compare)
		if found {
			at++
		}
		targets[i] = int32(at)
	}
	return nil
}
