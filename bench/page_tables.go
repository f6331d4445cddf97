package bench

import (
	"fmt"
	"io"
	"strings"
)

// table writes the figures of a report.
func (r *Report) table(w io.Writer) {
	switch r.Suite {
	case "sort":
		r.sortTable(w)
	case "scan":
		r.scanTable(w)
	case "start":
		r.startTable(w)
	default:
		r.queryTable(w)
	}
}

// queryTable has a line a query and a column an engine.
func (r *Report) queryTable(w io.Writer) {
	mine := r.Names[0]
	head, rule := "| query | "+mine+" s |", "|---|--:|"
	for _, peer := range r.Names[1:] {
		head, rule = head+" "+peer+" s | ratio |", rule+"--:|--:|"
	}
	peaks := r.Limit != ""
	if peaks {
		head, rule = head+" peak MB |", rule+"--:|"
	}
	fmt.Fprintf(w, "%s what |\n%s---|\n", head, rule)
	for _, q := range r.queries {
		res := r.result(mine, q.Name)
		fmt.Fprintf(w, "| %s | %s |", q.Name, seconds(res))
		for _, peer := range r.Names[1:] {
			theirs := r.result(peer, q.Name)
			ratio := ""
			if a, b := res.best(), theirs.best(); a > 0 && b > 0 {
				ratio = fmt.Sprintf("%.2f", a/b)
			}
			fmt.Fprintf(w, " %s | %s |", seconds(theirs), ratio)
		}
		if peaks {
			fmt.Fprintf(w, " %d |", res.Peak/bytesPerMB)
		}
		fmt.Fprintf(w, " %s |\n", strings.ReplaceAll(q.Title, "|", `\|`))
	}
	for _, peer := range r.Names[1:] {
		if total := r.TotalRatio[peer]; total > 0 {
			fmt.Fprintf(w, "\nBeside %s: total %.2f, geometric mean %.2f", peer, total, r.GeomeanRatio[peer])
			if cpu := r.CPURatio[peer]; cpu > 0 {
				fmt.Fprintf(w, "; of processor time %.2f and %.2f", cpu, r.CPUGeomean[peer])
			}
			fmt.Fprintln(w, ".")
		}
	}
}

func seconds(r *Result) string {
	if r.best() == 0 {
		return ""
	}
	return fmt.Sprintf("%.3f", r.best())
}

func (r *Report) sortTable(w io.Writer) {
	fmt.Fprint(w, "| engine | s | MB/s per core | peak MB |\n|---|--:|--:|--:|\n")
	for _, name := range r.Names {
		res := r.result(name, sortQuery)
		fmt.Fprintf(w, "| %s | %s | %.1f | %d |\n", name, seconds(res), r.rate(res), res.Peak/bytesPerMB)
	}
}

// rate is the megabytes a second and thread of a sort; 0 if it was not timed.
func (r *Report) rate(res *Result) float64 {
	if res.best() == 0 {
		return 0
	}
	return float64(r.Bytes) / bytesPerMB / res.best() / float64(r.Threads)
}

func (r *Report) scanTable(w io.Writer) {
	fmt.Fprint(w, "| engine | how | million rows/s | garbage MB |\n|---|---|--:|--:|\n")
	for _, q := range r.queries {
		rows := r.result(r.Names[0], q.Name).Rows
		for i, name := range r.Names {
			how, garbage := q.Title, ""
			res := r.result(name, q.Name)
			if i == 0 {
				how, garbage = "into batches", fmt.Sprintf("%.2f", float64(res.Garbage)/bytesPerMB)
			}
			fmt.Fprintf(w, "| %s | %s | %.1f | %s |\n", name, how, rowRate(rows, res), garbage)
		}
	}
}

// rowRate is in millions a second; 0 if there was no time.
func rowRate(rows int, res *Result) float64 {
	if res.best() == 0 {
		return 0
	}
	return float64(rows) / 1e6 / res.best()
}

func (r *Report) startTable(w io.Writer) {
	fmt.Fprint(w, "| statement | median ms | best ms | processor ms | peak MB |\n|---|--:|--:|--:|--:|\n")
	for _, q := range r.queries {
		res := r.result(r.Names[0], q.Name)
		fmt.Fprintf(w, "| %s: %s | %.0f | %.0f | %.0f | %d |\n", q.Name, q.Title, 1000*res.median(), 1000*res.best(), 1000*res.leastCPU(), res.Peak/bytesPerMB)
	}
}
