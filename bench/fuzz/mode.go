package fuzz

import (
	"context"
	"fmt"
	"maps"
	"slices"
)

// mode is a way to run a statement that must not change its answer.
type mode struct {
	name     string
	settings map[string]string
	reorders bool // rows without ORDER BY may come in another order
}

var modes = []mode{
	{"batches of 3 rows", map[string]string{"bixi.batch.rows": "3"}, false},
	{"everything spills", map[string]string{"bixi.spill.always": "true"}, false},
	{"plans encoded, statements printed", map[string]string{"bixi.test.reencode": "true"}, false},
	{"one partition", map[string]string{"bixi.partitions": "1"}, true},
	{"seven partitions", map[string]string{"bixi.partitions": "7", "bixi.broadcast.bytes": "0"}, true},
	{"no optimizer", map[string]string{"bixi.optimizer": "false"}, true},
	{"small splits, batches and spilling", map[string]string{"bixi.split.bytes": "1kb", "bixi.batch.rows": "3", "bixi.spill.always": "true", "bixi.partitions": "3"}, true},
	{"pipelined", map[string]string{"bixi.exchange.mode": "pipelined"}, false},
}

// inMode runs a query in a mode and compares it with the plain answer.
func (x *round) inMode(ctx context.Context, m mode, q *query, plain answer) (verdict, string) {
	settings := maps.Clone(plainly)
	maps.Copy(settings, m.settings)
	got := run(ctx, x.o.Engine, settings, q.in(ours))
	if v, why := failure(got, plain); v != agreed || got.err != nil {
		return v, why
	}
	if plain.err != nil {
		return skipped, m.name + ": succeeds"
	}
	a, b := lines(q.types(), got.Rows), lines(q.types(), plain.Rows)
	if m.reorders && !q.order {
		slices.Sort(a)
		slices.Sort(b)
	}
	for i := range max(len(a), len(b)) {
		if len(a) != len(b) {
			return wrong, fmt.Sprintf("%s: %d rows, not %d", m.name, len(a), len(b))
		}
		if a[i] != b[i] {
			return wrong, fmt.Sprintf("%s: row %d is %s, not %s", m.name, i+1, a[i], b[i])
		}
	}
	return agreed, ""
}
