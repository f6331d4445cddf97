package mrtest

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/sql/types"
)

// lead is the number of columns before the key's.
func (r *runner) lead() int {
	if r.spec.Partitioner {
		return 1
	}
	return 0
}

// spread gives each reducer its rows, as a hash exchange does.
func (r *runner) spread(cols types.Schema, rows []row, reducers int) [][]row {
	parts := make([][]row, reducers)
	if len(rows) == 0 {
		return parts
	}
	b := batchOf(cols, rows)
	keys := []*batch.Column{b.Columns[0]}
	if !r.spec.Partitioner {
		keys = nil
		for _, k := range r.spec.Partition {
			keys = append(keys, b.Columns[k])
		}
	}
	var h batch.Hasher
	for i, x := range h.Hash(keys, len(rows), nil) {
		p := batch.PartitionOf(x, reducers)
		parts[p] = append(parts[p], rows[i])
	}
	return parts
}

// sort puts a reducer's rows in the job's order; ties are broken by all columns.
func (r *runner) sort(rows []row) {
	lead := r.lead()
	slices.SortFunc(rows, func(a, b row) int {
		for _, k := range r.spec.Sort {
			c := compare(a[lead+k.Column], b[lead+k.Column])
			if k.Desc {
				c = -c
			}
			if c != 0 {
				return c
			}
		}
		return slices.CompareFunc(a, b, compare)
	})
}

// compare orders values as SQL does, NULL first.
func compare(a, b types.Datum) int {
	if a == nil || b == nil {
		return cmp.Compare(btoi(a != nil), btoi(b != nil))
	}
	switch a := a.(type) {
	case bool:
		return cmp.Compare(btoi(a), btoi(b.(bool)))
	case int64:
		return cmp.Compare(a, b.(int64))
	case float64:
		b := b.(float64)
		if a != a || b != b { // NaN is the largest
			return cmp.Compare(btoi(a != a), btoi(b != b))
		}
		return cmp.Compare(a, b)
	case string:
		return bytes.Compare([]byte(a), []byte(b.(string)))
	}
	panic(fmt.Sprintf("mrtest: a value of type %T", a))
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}
