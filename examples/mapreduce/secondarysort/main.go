// Secondarysort puts the values of each key in order without holding them: the
// value is part of the key that rows are sorted by, and left out of the columns
// that make a group.
//
//	bixi sql -e "create table ss_in (key bigint, value bigint); create table ss_out (key bigint, rank bigint, value bigint)"
//	bixi mr run ./secondarysort ss_in ss_out
package main

import (
	"errors"
	"iter"

	"github.com/bixidata/bixi/mapreduce"
)

type pair struct{ Key, Value int64 }

type ranked struct{ Key, Rank, Value int64 }

func main() { mapreduce.Main(job) }

func job(args []string) (*mapreduce.Job, error) {
	if len(args) != 2 {
		return nil, errors.New("usage: secondarysort INPUT OUTPUT")
	}
	return mapreduce.MapReduce[pair, int64, ranked]{
		Name: "secondarysort",
		Inputs: []mapreduce.Input[pair, int64]{
			mapreduce.Read(args[0], mapreduce.MapFunc(func(_ *mapreduce.Context, p pair, emit func(pair, int64)) error {
				emit(p, p.Value)
				return nil
			})),
		},
		Reducer: mapreduce.ReduceFunc(rank),
		SortBy:  []mapreduce.SortKey{{Column: "key"}, {Column: "value", Desc: true}},
		GroupBy: []string{"key"},
		Output:  mapreduce.Table{Name: args[1]},
	}.Job()
}

// rank numbers the values of a key, the largest first.
func rank(_ *mapreduce.Context, first pair, values iter.Seq[int64], emit func(ranked)) error {
	n := int64(0)
	for v := range values {
		n++
		emit(ranked{first.Key, n, v})
	}
	return nil
}
