package operator

import (
	"encoding/json"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/planner/physical"
	"github.com/bixidata/bixi/sql/types"
)

// report is the batch that names the files.
func (s *tableSink) report() (*batch.Batch, error) {
	file, target, affected := batch.NewBuilder(types.BinaryType), batch.NewBuilder(types.BigIntType), batch.NewBuilder(types.BigIntType)
	n := 0
	add := func(f types.Datum, rows int64) {
		file.AppendDatum(f)
		target.AppendDatum(int64(s.node.Target))
		affected.AppendDatum(rows)
		n++
	}
	for _, f := range s.done {
		text, err := json.Marshal(f)
		if err != nil {
			return nil, err
		}
		if s.node.Action {
			add(string(text), 0)
		} else {
			add(string(text), f.Rows)
		}
	}
	if s.affected > 0 {
		add(nil, s.affected)
	}
	return batch.New(n, file.Finish(), target.Finish(), affected.Finish()), nil
}

// act carries out the actions in the last column of b: it gives the rows to be
// stored, without that column.
func (s *tableSink) act(b *batch.Batch) *batch.Batch {
	last := len(b.Columns) - 1
	var stay []int32
	for i := range b.N {
		action := b.Columns[last].Datum(i).(int64)
		if action != physical.ActionKeep {
			s.affected++
		}
		if action != physical.ActionDelete {
			stay = append(stay, int32(i))
		}
	}
	out := batch.New(b.N, b.Columns[:last]...)
	if len(stay) < b.N {
		if stay == nil {
			return &batch.Batch{}
		}
		out = out.Take(stay)
	}
	return out
}
