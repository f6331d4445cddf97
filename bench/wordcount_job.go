package bench

import (
	"errors"
	"iter"
	"strings"

	"github.com/bixidata/bixi/mapreduce"
)

// wordCount is a row of the word count's output.
type wordCount struct {
	Word string
	N    int64
}

// WordCountJob makes the job of the suite wordcount: args are the input table, of
// one STRING column, and the output table (word STRING, n BIGINT). It is what the
// process does that the engine starts as the suite's program.
func WordCountJob(args []string) (*mapreduce.Job, error) {
	if len(args) != 2 {
		return nil, errors.New("usage: INPUT OUTPUT")
	}
	return mapreduce.MapReduce[string, int64, wordCount]{
		Name: "wordcount",
		Inputs: []mapreduce.Input[string, int64]{mapreduce.Read(args[0], mapreduce.MapFunc(
			func(_ *mapreduce.Context, line string, emit func(string, int64)) error {
				for word := range strings.FieldsSeq(line) {
					emit(word, 1)
				}
				return nil
			}))},
		Combiner: mapreduce.ReduceFunc(func(_ *mapreduce.Context, _ string, counts iter.Seq[int64], emit func(int64)) error {
			emit(total(counts))
			return nil
		}),
		Reducer: mapreduce.ReduceFunc(func(_ *mapreduce.Context, word string, counts iter.Seq[int64], emit func(wordCount)) error {
			emit(wordCount{word, total(counts)})
			return nil
		}),
		Output: mapreduce.Table{Name: args[1]},
	}.Job()
}

func total(counts iter.Seq[int64]) (n int64) {
	for c := range counts {
		n += c
	}
	return n
}
