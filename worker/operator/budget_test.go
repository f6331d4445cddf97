package operator

import (
	"math/rand/v2"
	"testing"

	"github.com/bixidata/bixi/planner/physical"
	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/table/store"
	"github.com/bixidata/bixi/worker/memory"
)

// An operator whose neighbours hold the whole budget does not spill a file a
// batch, and takes little more than the floor.
func TestSpillBesideGreedyNeighbours(t *testing.T) {
	const limit, rows = 64 << 20, 1_200_000
	s := fieldsOf(types.BigIntType)
	for name, plan := range map[string]func(physical.Node) physical.Node{"sort": sortBy(s), "group by": countBy(s, 0)} {
		t.Run(name, func(t *testing.T) {
			env := testEnv(0)
			env.Memory, env.Scratch, env.ScratchDir = memory.NewBudget(limit), store.NewMemory(), "task"
			neighbour := env.Memory.Reserve("neighbour")
			neighbour.Must(limit)
			src := numbers(rows, 1, func(_ *rand.Rand, row int) int64 { return int64(uint64(row+1) * 0x9E3779B97F4A7C15) })
			n := plan(&physical.Values{Fields: s})
			op, err := builders[nodeName(n)](n, []Operator{src}, env)
			if err != nil {
				t.Fatal(err)
			}
			got := 0
			if err := op.Open(t.Context()); err != nil {
				t.Fatal(err)
			}
			for {
				b, err := op.Next(t.Context())
				if err != nil {
					break
				}
				got += b.Rows()
			}
			if err := op.Close(); err != nil || got != rows {
				t.Errorf("%d rows, %v", got, err)
			}
			if env.runs < 5 || env.runs > 60 {
				t.Errorf("%d runs of %d batches", env.runs, rows/4096)
			}
			if over := env.Memory.Peak() - limit; over > 8<<20 {
				t.Errorf("%d bytes beyond the budget", over)
			}
			if env.Memory.Used() != limit {
				t.Errorf("%d bytes stay reserved", env.Memory.Used()-limit)
			}
		})
	}
}
