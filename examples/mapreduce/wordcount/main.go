// Wordcount counts the words of a table of text: each value of the column is a
// line, and words are what blanks separate.
//
//	bixi sql -e "create table lines (line string); create table words (word string, count bigint)"
//	bixi mr run ./wordcount lines words
package main

import (
	"errors"
	"iter"
	"strings"

	"github.com/bixidata/bixi/mapreduce"
)

type wordCount struct {
	Word  string
	Count int64
}

func main() { mapreduce.Main(job) }

func job(args []string) (*mapreduce.Job, error) {
	if len(args) != 2 {
		return nil, errors.New("usage: wordcount INPUT OUTPUT")
	}
	return mapreduce.MapReduce[string, int64, wordCount]{
		Name:     "wordcount",
		Inputs:   []mapreduce.Input[string, int64]{mapreduce.Read(args[0], mapreduce.MapFunc(split))},
		Combiner: mapreduce.ReduceFunc(combine),
		Reducer:  mapreduce.ReduceFunc(count),
		Output:   mapreduce.Table{Name: args[1]},
	}.Job()
}

// split gives each word of a line once. A line may be NULL.
func split(ctx *mapreduce.Context, line *string, emit func(string, int64)) error {
	if line == nil {
		ctx.Counter("wordcount", "lines without text").Add(1)
		return nil
	}
	for word := range strings.FieldsSeq(*line) {
		emit(word, 1)
	}
	return nil
}

func combine(_ *mapreduce.Context, _ string, counts iter.Seq[int64], emit func(int64)) error {
	emit(sum(counts))
	return nil
}

func count(_ *mapreduce.Context, word string, counts iter.Seq[int64], emit func(wordCount)) error {
	emit(wordCount{word, sum(counts)})
	return nil
}

func sum(counts iter.Seq[int64]) (n int64) {
	for c := range counts {
		n += c
	}
	return n
}
