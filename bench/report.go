package bench

import (
	"bufio"
	"encoding/json"
	"fmt"
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
	// CPURatio and CPUGeomean are the same of processor time, which says nearly the
	// same on a busy machine.
	CPURatio   map[string]float64 `json:"cpu_ratio,omitempty"`
	CPUGeomean map[string]float64 `json:"cpu_geomean,omitempty"`

	Names   []string `json:"names"` // of the engines, ours first
	Order   []string `json:"order"` // of the queries, as they ran
	Command string   `json:"command,omitempty"`
	Threads int      `json:"threads"`
	// Limit is the memory of an engine of ours that runs beside one without a limit.
	Limit      string `json:"limit,omitempty"`
	LimitBytes int64  `json:"limit_bytes,omitempty"`

	queries []suite.Query
}

// Engine is what one engine did.
type Engine struct {
	Version string             `json:"version"`
	Queries map[string]*Result `json:"queries"`
	// Peak is the most memory that a process of the engine's own has had in a query.
	Peak int64 `json:"peak_bytes,omitempty"`
}

// Result is what an engine did with a query.
type Result struct {
	Seconds []float64 `json:"seconds"`               // of each timed run
	CPU     []float64 `json:"cpu_seconds,omitempty"` // of the processors, in each
	Rows    int       `json:"rows"`
	Title   string    `json:"title,omitempty"`      // of the query
	Peak    int64     `json:"peak_bytes,omitempty"` // of the memory of the engine's own process
	// Garbage is the bytes that a pass of scan allocated.
	Garbage int64 `json:"garbage_bytes,omitempty"`
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
		Command: o.Command, Threads: o.Threads, Limit: o.Limit, LimitBytes: o.LimitBytes,
		Engines: map[string]*Engine{}, TotalRatio: map[string]float64{}, GeomeanRatio: map[string]float64{},
		CPURatio: map[string]float64{}, CPUGeomean: map[string]float64{},
	}
}

// enter adds an engine; ours is the first.
func (r *Report) enter(e engine) {
	r.Names = append(r.Names, e.Name())
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
		res := &Result{Rows: answers[i].count, Title: q.Title, Seconds: []float64{}, Peak: answers[i].peak}
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
	mine, no := r.result(r.Names[0], q.Name), false
	mine.Difference, mine.Equal = firstLine(err), &no
}

func (r *Report) timed(q suite.Query, e contender, a *answer) {
	res := r.Engines[e.Name()].Queries[q.Name]
	res.Seconds = append(res.Seconds, a.seconds.Seconds())
	res.Peak = max(res.Peak, a.peak)
	if a.cpu > 0 {
		res.CPU = append(res.CPU, a.cpu.Seconds())
	}
}

// settle works out the ratios.
func (r *Report) settle() {
	for _, e := range r.Engines {
		for _, res := range e.Queries {
			e.Peak = max(e.Peak, res.Peak)
		}
	}
	for _, peer := range r.Names[1:] {
		if total, mean, n := r.ratios(peer, (*Result).best); n > 0 {
			r.TotalRatio[peer], r.GeomeanRatio[peer] = total, mean
		}
		if total, mean, n := r.ratios(peer, (*Result).leastCPU); n > 0 {
			r.CPURatio[peer], r.CPUGeomean[peer] = total, mean
		}
	}
}

// ratios divides our figures by those of a peer, over the n queries that have both.
func (r *Report) ratios(peer string, figure func(*Result) float64) (total, mean float64, n int) {
	var ours, theirs, logs float64
	for _, q := range r.queries {
		a, b := figure(r.result(r.Names[0], q.Name)), figure(r.result(peer, q.Name))
		if a > 0 && b > 0 {
			ours, theirs, logs, n = ours+a, theirs+b, logs+math.Log(a/b), n+1
		}
	}
	return ours / theirs, math.Exp(logs / float64(n)), n
}

func (r *Report) result(engine, query string) *Result { return r.Engines[engine].Queries[query] }

// best is the shortest time, 0 if there is none.
func (r *Result) best() float64 {
	if len(r.Seconds) == 0 {
		return 0
	}
	return slices.Min(r.Seconds)
}

// leastCPU is the least processor time of a run, 0 if it is not known.
func (r *Result) leastCPU() float64 {
	if len(r.CPU) == 0 {
		return 0
	}
	return slices.Min(r.CPU)
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
		numbers[q.Number()] = (ok || !seen) && r.result(r.Names[0], q.Name).Difference == ""
	}
	for _, ok := range numbers {
		if ok {
			equal++
		}
	}
	return equal, len(numbers)
}

// WriteFile writes the JSON form.
func (r *Report) WriteFile(path string) error {
	r.Order = nil
	for _, q := range r.queries {
		r.Order = append(r.Order, q.Name)
	}
	data, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(path, append(data, '\n'), 0o644)
}
