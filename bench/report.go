package bench

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"os"
	"runtime"
	"slices"
	"strings"

	"github.com/bixidata/bixi/bench/suite"
	"github.com/bixidata/bixi/sql/syntax"
)

// Report is the result of a run; its JSON form is what --json writes.
type Report struct {
	Suite   string             `json:"suite"`
	SF      float64            `json:"sf,omitempty"`
	Size    string             `json:"size"` // of the data
	Over    string             `json:"over"`
	Machine string             `json:"machine"`
	Bytes   int64              `json:"bytes,omitempty"`  // of the text of wordcount, of the rows of sort
	Words   int64              `json:"words,omitempty"`  // in it
	Memory  string             `json:"memory,omitempty"` // that engines may hold
	Engines map[string]*Engine `json:"engines"`
	// TotalRatio and GeomeanRatio are our time divided by a peer's, best of the
	// runs, over the queries that both answered.
	TotalRatio   map[string]float64 `json:"total_ratio"`
	GeomeanRatio map[string]float64 `json:"geomean_ratio"`

	names   []string      // of the engines, ours first
	queries []suite.Query // in the order they ran
}

// Engine is what one engine did.
type Engine struct {
	Version string             `json:"version"`
	Queries map[string]*Result `json:"queries"`
}

// Result is what an engine did with a query.
type Result struct {
	Seconds []float64 `json:"seconds"` // of each timed run
	Rows    int       `json:"rows"`
	Title   string    `json:"title,omitempty"`      // of the query
	Peak    int64     `json:"peak_bytes,omitempty"` // of memory, of the engine's process
	// Equal tells whether the engine's answer is ours, or of ours whether it is
	// that of all peers; absent when there was nothing to compare.
	Equal *bool `json:"equal,omitempty"`
	// Difference tells in what the answer differs, or why there is none.
	Difference string `json:"difference,omitempty"`
}

func newReport(s *suite.Suite, o *Options) *Report {
	sf := o.SF
	if s.Size != "" {
		sf = 0
	}
	return &Report{
		Suite: s.Name, SF: sf, Size: o.size(s), Over: o.Over, Machine: machine(o.Threads),
		Engines: map[string]*Engine{}, TotalRatio: map[string]float64{}, GeomeanRatio: map[string]float64{},
	}
}

// enter adds an engine; ours is the first.
func (r *Report) enter(e engine) {
	r.names = append(r.names, e.Name())
	r.Engines[e.Name()] = &Engine{Version: e.Version(), Queries: map[string]*Result{}}
}

// machine describes where the run took place.
func machine(threads int) string {
	model := runtime.GOARCH
	if f, err := os.Open("/proc/cpuinfo"); err == nil {
		defer f.Close()
		for s := bufio.NewScanner(f); s.Scan(); {
			if key, value, ok := strings.Cut(s.Text(), ":"); ok && strings.TrimSpace(key) == "model name" {
				model = strings.TrimSpace(value)
				break
			}
		}
	}
	return fmt.Sprintf("%d CPUs (%s), %s, %d threads", runtime.NumCPU(), model, runtime.GOOS, threads)
}

// compared enters the answers and tells whether all are there and equal.
func (r *Report) compared(q suite.Query, engines []contender, answers []*answer) bool {
	r.queries = append(r.queries, q)
	all, ours := "", answers[0]
	for i, e := range engines {
		res := &Result{Rows: answers[i].count, Title: q.Title, Seconds: []float64{}}
		r.Engines[e.Name()].Queries[q.Name] = res
		if i == 0 {
			continue
		}
		res.Difference = difference(ours, answers[i], orderColumns(q, ours.columns))
		equal := res.Difference == ""
		res.Equal = &equal
		if !equal {
			all = e.Name() + ": " + res.Difference
		}
	}
	mine := r.Engines[engines[0].Name()].Queries[q.Name]
	if ours.failed != nil {
		all = firstLine(ours.failed)
	}
	mine.Difference = all
	equal := all == ""
	if len(engines) > 1 || !equal {
		mine.Equal = &equal
	}
	return equal
}

// orderColumns are the columns of the answer by which the query orders its rows.
func orderColumns(q suite.Query, cols []column) []int {
	stmt, err := syntax.ParseStatement(q.Text)
	if err != nil {
		return nil
	}
	query, ok := stmt.(*syntax.QueryStatement)
	if !ok {
		return nil
	}
	var out []int
	for _, item := range query.Query.OrderBy {
		name := syntax.Print(item.Expr)
		if i := slices.IndexFunc(cols, func(c column) bool { return strings.EqualFold(c.name, name) }); i >= 0 {
			out = append(out, i)
		}
	}
	return out
}

// failed enters that an engine did not answer a query again.
func (r *Report) failed(q suite.Query, err error) {
	mine, no := r.result(r.names[0], q.Name), false
	mine.Difference, mine.Equal = firstLine(err), &no
}

func (r *Report) timed(q suite.Query, e contender, a *answer) {
	res := r.Engines[e.Name()].Queries[q.Name]
	res.Seconds = append(res.Seconds, a.seconds.Seconds())
}

// settle works out the ratios.
func (r *Report) settle() {
	for _, peer := range r.names[1:] {
		var ours, theirs, logs float64
		n := 0
		for _, q := range r.queries {
			a, b := r.result(r.names[0], q.Name).best(), r.result(peer, q.Name).best()
			if a == 0 || b == 0 {
				continue
			}
			ours, theirs, logs, n = ours+a, theirs+b, logs+math.Log(a/b), n+1
		}
		if n > 0 {
			r.TotalRatio[peer] = ours / theirs
			r.GeomeanRatio[peer] = math.Exp(logs / float64(n))
		}
	}
}

func (r *Report) result(engine, query string) *Result { return r.Engines[engine].Queries[query] }

// best is the shortest time, 0 if there is none.
func (r *Result) best() float64 {
	if len(r.Seconds) == 0 {
		return 0
	}
	return slices.Min(r.Seconds)
}

func (r *Result) median() float64 {
	if len(r.Seconds) == 0 {
		return 0
	}
	s := slices.Sorted(slices.Values(r.Seconds))
	return (s[(len(s)-1)/2] + s[len(s)/2]) / 2
}

// Equal counts the queries that all engines answered alike; one with parts is
// equal if all of them are.
func (r *Report) Equal() (equal, all int) {
	numbers := map[string]bool{}
	for _, q := range r.queries {
		ok, seen := numbers[q.Number()]
		numbers[q.Number()] = (ok || !seen) && r.result(r.names[0], q.Name).Difference == ""
	}
	for _, ok := range numbers {
		if ok {
			equal++
		}
	}
	return equal, len(numbers)
}

// printQuery writes the line of a query; the first is preceded by the head.
func (r *Report) printQuery(w io.Writer, q suite.Query) {
	if len(r.queries) == 1 {
		r.printHead(w)
	}
	mine := r.result(r.names[0], q.Name)
	fmt.Fprintf(w, "%-5s %7d", q.Name, mine.Rows)
	for i, name := range r.names {
		res := r.result(name, q.Name)
		if len(res.Seconds) == 0 {
			continue
		}
		fmt.Fprintf(w, " %9.3f %9.3f", res.best(), res.median())
		if i > 0 {
			fmt.Fprintf(w, " %7.2f", mine.best()/res.best())
		}
	}
	if mine.Difference != "" {
		fmt.Fprintf(w, "  %s", mine.Difference)
	} else if len(r.names) > 1 && len(mine.Seconds) == 0 {
		fmt.Fprint(w, "  equal")
	} else {
		fmt.Fprint(w, "  ", q.Title)
	}
	fmt.Fprintln(w)
}

func (r *Report) printHead(w io.Writer) {
	fmt.Fprintf(w, "%s, %s, over %s: %s\n", r.Suite, r.Size, r.Over, r.Machine)
	fmt.Fprintf(w, "%-5s %7s", "", "rows")
	for i, name := range r.names {
		fmt.Fprintf(w, " %9s %9s", name, "median")
		if i > 0 {
			fmt.Fprintf(w, " %7s", "ratio")
		}
	}
	fmt.Fprintln(w)
}

// Print writes the totals.
func (r *Report) Print(w io.Writer) {
	for _, peer := range r.names[1:] {
		if r.TotalRatio[peer] == 0 {
			continue
		}
		var ours, theirs float64
		for _, q := range r.queries {
			if a, b := r.result(r.names[0], q.Name).best(), r.result(peer, q.Name).best(); a > 0 && b > 0 {
				ours, theirs = ours+a, theirs+b
			}
		}
		fmt.Fprintf(w, "total: bixi %.3f s, %s %s %.3f s; ratio %.2f, geometric mean %.2f (best of the runs)\n",
			ours, peer, r.Engines[peer].Version, theirs, r.TotalRatio[peer], r.GeomeanRatio[peer])
	}
	r.printFailures(w)
	if len(r.names) > 1 {
		equal, all := r.Equal()
		fmt.Fprintf(w, "answers compared in full, inexact numbers to %g of their size or the last digit shown\n%d/%d equal\n", relative, equal, all)
	}
}

// printFailures lists again the queries that failed or have other answers.
func (r *Report) printFailures(w io.Writer) {
	if len(r.queries) == 1 {
		return // the line is just above
	}
	for _, q := range r.queries {
		if d := r.result(r.names[0], q.Name).Difference; d != "" {
			fmt.Fprintf(w, "not equal: %s: %s\n", q.Name, d)
		}
	}
}

// WriteFile writes the JSON form.
func (r *Report) WriteFile(path string) error {
	data, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(path, append(data, '\n'), 0o644)
}
