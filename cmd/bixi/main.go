// Command bixi is the whole engine in one program: a console, a server, workers
// and the tools around tables.
package main

import (
	"context"
	"os"

	"github.com/bixidata/bixi/bench"
	"github.com/bixidata/bixi/mapreduce"
	"github.com/bixidata/bixi/mapreduce/program"
)

func main() {
	if os.Getenv(program.EnvServe) != "" {
		// A worker has started this executable as the program of bixi bench wordcount.
		mapreduce.Main(bench.WordCountJob)
	}
	os.Exit(run(context.Background(), os.Args[1:], realDoors()))
}
