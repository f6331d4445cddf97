package bench

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"time"

	"github.com/bixidata/bixi/bench/suite"
	"github.com/bixidata/bixi/server"
)

// wordQuery is what reports call the only question of the suite.
const wordQuery = "wordcount"

// Program describes the MapReduce program of this suite to an engine: a process that
// does WordCountJob with args.
type Program func(ctx context.Context, args []string) (server.Program, error)

// counter is an engine that counts words.
type counter interface {
	engine
	// Count counts and keeps the answer until it counts again. It gives the time.
	Count(ctx context.Context) (time.Duration, error)
	// Answer reads what Count has counted last.
	Answer(ctx context.Context) (map[string]int64, error)
}

// WordCount counts the words of generated text with a MapReduce program and, if asked
// to, with peers. Each answer is compared with a count in Go before anything is timed.
func WordCount(ctx context.Context, o Options) (r *Report, err error) {
	for _, name := range o.Peers {
		if name != "coreutils" {
			return nil, noPeer(name, "coreutils")
		}
	}
	dir, err := os.MkdirTemp("", "bixi-bench-")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	plain := ""
	if len(o.Peers) > 0 {
		plain = filepath.Join(dir, "lines.txt")
	}
	t, err := o.prepareCorpus(ctx, plain)
	if err != nil {
		return nil, err
	}
	var engines []counter
	defer func() {
		for _, e := range engines {
			err = errors.Join(err, e.Close())
		}
	}()
	mine, err := openOurCounter(ctx, &o, t, dir)
	if err != nil {
		return nil, err
	}
	engines = append(engines, mine)
	if len(o.Peers) > 0 {
		peer, err := openCoreutils(ctx, &o, t, dir)
		if err != nil {
			return nil, err
		}
		engines = append(engines, peer)
	}
	return o.countWords(ctx, t, engines)
}

// countWords compares and then times: the engines take turns.
func (o *Options) countWords(ctx context.Context, t *corpus, engines []counter) (*Report, error) {
	r := newReport(&suite.Suite{Name: "wordcount", Size: fmt.Sprintf("%d MB", o.MB)}, o)
	r.SF, r.Over, r.Bytes, r.Words = float64(o.MB)/1000, OverParquet, t.bytes, t.words
	r.queries = []suite.Query{{Name: wordQuery}}
	for _, e := range engines {
		r.enter(e)
	}
	r.printText(o, t)
	for _, e := range engines {
		res := compareCounts(ctx, e, t.counts)
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		r.Engines[e.Name()].Queries[wordQuery] = res
		if mine := r.result(r.Names[0], wordQuery); mine.Difference == "" && res.Difference != "" {
			mine.Difference = e.Name() + ": " + res.Difference // as in every suite, ours tells of all
			unequal := false
			mine.Equal = &unequal
		}
	}
	if n, _ := r.Equal(); n > 0 {
		for i := range o.Runs {
			for _, e := range engines {
				took, err := e.Count(ctx)
				if err != nil {
					return nil, fmt.Errorf("%s counted once but not again: %w", e.Name(), err)
				}
				res := r.result(e.Name(), wordQuery)
				res.Seconds = append(res.Seconds, took.Seconds())
				r.printRate(o, fmt.Sprintf("%s, run %d", e.Name(), i+1), took.Seconds())
			}
		}
	}
	r.settle()
	r.printWords(o)
	return r, nil
}

// compareCounts lets an engine count, and compares.
func compareCounts(ctx context.Context, e counter, want map[string]int64) *Result {
	res, equal := &Result{}, false
	res.Equal = &equal
	_, err := e.Count(ctx)
	var got map[string]int64
	if err == nil {
		got, err = e.Answer(ctx)
	}
	if err != nil {
		res.Difference = firstLine(err)
		return res
	}
	res.Rows, res.Difference = len(got), countDifference(got, want)
	equal = res.Difference == ""
	return res
}

// countDifference tells in what counts are wrong, "" if in nothing: of the words that
// are counted wrong, the first in the alphabet.
func countDifference(got, want map[string]int64) string {
	var wrong []string
	for word, n := range want {
		if got[word] != n {
			wrong = append(wrong, word)
		}
	}
	for word := range got {
		if _, known := want[word]; !known {
			wrong = append(wrong, word)
		}
	}
	if len(wrong) == 0 {
		return ""
	}
	word := slices.Min(wrong)
	return fmt.Sprintf("%d words are counted wrong: %q %d times, not %d", len(wrong), word, got[word], want[word])
}

// ourCounter is the engine with the text as an external table.
type ourCounter struct {
	ours
	program       server.Program
	input, output string
}

func openOurCounter(ctx context.Context, o *Options, t *corpus, dir string) (counter, error) {
	e := &ourCounter{ours: ours{version: o.Version, state: server.State{Project: "default", Settings: map[string]string{}}}}
	if o.Memory != "" {
		e.state.Settings["bixi.memory.limit"] = o.Memory
	}
	// A server may hold the tables of other such runs.
	id := strconv.Itoa(os.Getpid())
	e.input, e.output = "bench_lines_"+id, "bench_words_"+id
	var err error
	if e.program, err = o.Program(ctx, []string{e.input, e.output}); err != nil {
		return nil, err
	}
	statements, closeEngine, err := o.Open(ctx, filepath.Join(dir, "warehouse"))
	if err != nil {
		return nil, err
	}
	e.statements = statements
	e.close = append(e.close, closeEngine, func() error { return e.drop(context.WithoutCancel(ctx)) })
	for _, text := range []string{
		external("CREATE TABLE "+e.input+" ("+linesColumn+" STRING)", t.parquet),
		"CREATE TABLE " + e.output + " (word STRING, n BIGINT)",
	} {
		if err := e.do(ctx, text); err != nil {
			return nil, errors.Join(err, e.Close())
		}
	}
	return e, nil
}

func (e *ourCounter) drop(ctx context.Context) error {
	return errors.Join(e.do(ctx, "DROP TABLE IF EXISTS "+e.input), e.do(ctx, "DROP TABLE IF EXISTS "+e.output))
}

// Count runs the job to its commit.
func (e *ourCounter) Count(ctx context.Context) (took time.Duration, err error) {
	start := time.Now()
	st, err := server.SubmitProgram(ctx, e.statements, e.program, e.state, "")
	if err != nil {
		return 0, err
	}
	_, err = st.Wait(ctx)
	took = time.Since(start)
	return took, errors.Join(err, st.Close())
}

func (e *ourCounter) Answer(ctx context.Context) (map[string]int64, error) {
	a, err := e.query(ctx, "SELECT word, n FROM "+e.output, true)
	if err != nil {
		return nil, err
	}
	counts := make(map[string]int64, len(a.rows))
	for _, row := range a.rows {
		word := row[0].text
		if _, twice := counts[word]; twice {
			return nil, fmt.Errorf("the answer has the word %q twice", word)
		}
		if counts[word], err = strconv.ParseInt(row[1].text, 10, 64); err != nil {
			return nil, err
		}
	}
	return counts, nil
}

// printText tells what is counted.
func (r *Report) printText(o *Options, t *corpus) {
	fmt.Fprintf(o.Out, "wordcount of %.1f MB: %d lines, %d words, %d different; %s\n",
		float64(t.bytes)/bytesPerMB, t.lines, t.words, len(t.counts), r.Machine)
}

// printRate tells what a run took.
func (r *Report) printRate(o *Options, what string, seconds float64) {
	fmt.Fprintf(o.Out, "%-18s %9.3f s %9.1f MB/s %12.0f words/s\n",
		what, seconds, float64(r.Bytes)/bytesPerMB/seconds, float64(r.Words)/seconds)
}

// printWords tells the best of the runs and whether the answers were right.
func (r *Report) printWords(o *Options) {
	for _, name := range r.Names {
		if best := r.result(name, wordQuery).best(); best > 0 {
			r.printRate(o, name+", best", best)
		}
	}
	for _, peer := range r.Names[1:] {
		if ratio := r.TotalRatio[peer]; ratio > 0 {
			fmt.Fprintf(o.Out, "ratio to %s %s: %.2f (best of the runs)\n", peer, r.Engines[peer].Version, ratio)
		}
	}
	if wrong := r.result(r.Names[0], wordQuery).Difference; wrong != "" {
		fmt.Fprintln(o.Out, wrong)
	}
	equal, all := r.Equal()
	fmt.Fprintf(o.Out, "every word's count compared with one in Go\n%d/%d equal\n", equal, all)
}
