package bench

import (
	"fmt"
	"io"

	"github.com/bixidata/bixi/bench/suite"
)

// printQuery writes the line of a query; the first is preceded by the head.
func (r *Report) printQuery(w io.Writer, q suite.Query) {
	if len(r.queries) == 1 {
		r.printHead(w)
	}
	mine := r.result(r.Names[0], q.Name)
	fmt.Fprintf(w, "%-5s %7d", q.Name, mine.Rows)
	for i, name := range r.Names {
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
	} else if len(r.Names) > 1 && len(mine.Seconds) == 0 {
		fmt.Fprint(w, "  equal")
	} else {
		fmt.Fprint(w, "  ", q.Title)
	}
	fmt.Fprintln(w)
}

func (r *Report) printHead(w io.Writer) {
	fmt.Fprintf(w, "%s, %s, over %s: %s\n", r.Suite, r.Size, r.Over, r.Machine)
	fmt.Fprintf(w, "%-5s %7s", "", "rows")
	for i, name := range r.Names {
		fmt.Fprintf(w, " %9s %9s", name, "median")
		if i > 0 {
			fmt.Fprintf(w, " %7s", "ratio")
		}
	}
	fmt.Fprintln(w)
}

// Print writes the totals.
func (r *Report) Print(w io.Writer) {
	for _, peer := range r.Names[1:] {
		if r.TotalRatio[peer] == 0 {
			continue
		}
		var ours, theirs float64
		for _, q := range r.queries {
			if a, b := r.result(r.Names[0], q.Name).best(), r.result(peer, q.Name).best(); a > 0 && b > 0 {
				ours, theirs = ours+a, theirs+b
			}
		}
		fmt.Fprintf(w, "total: bixi %.3f s, %s %s %.3f s; ratio %.2f, geometric mean %.2f (best of the runs)\n",
			ours, peer, r.Engines[peer].Version, theirs, r.TotalRatio[peer], r.GeomeanRatio[peer])
	}
	r.printCPU(w)
	for _, name := range r.Names {
		if peak := r.Engines[name].Peak; peak > 0 && r.Limit != "" {
			fmt.Fprintf(w, "peak resident set of %s: %d MB\n", name, peak/bytesPerMB)
		}
	}
	r.printFailures(w)
	if len(r.Names) > 1 {
		equal, all := r.Equal()
		fmt.Fprintf(w, "answers compared in full, inexact numbers to %g of their size or the last digit shown\n%d/%d equal\n", relative, equal, all)
	}
}

// printCPU writes how processor times compare.
func (r *Report) printCPU(w io.Writer) {
	for _, peer := range r.Names[1:] {
		if ratio := r.CPURatio[peer]; ratio > 0 {
			fmt.Fprintf(w, "processor time: ratio to %s %.2f, geometric mean %.2f (least of the runs)\n", peer, ratio, r.CPUGeomean[peer])
		}
	}
}

// printFailures lists again the queries that failed or have other answers.
func (r *Report) printFailures(w io.Writer) {
	if len(r.queries) == 1 {
		return // the line is just above
	}
	for _, q := range r.queries {
		if d := r.result(r.Names[0], q.Name).Difference; d != "" {
			fmt.Fprintf(w, "not equal: %s: %s\n", q.Name, d)
		}
	}
}
