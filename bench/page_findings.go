package bench

import "fmt"

// finding is a line of the summary.
type finding struct{ what, aim, got string }

// findings are what a report says of the project's aims.
func (r *Report) findings() []finding {
	switch r.Suite {
	case "sort":
		return r.sortFindings()
	case "scan":
		return r.scanFindings()
	case "start":
		return r.startFindings()
	}
	var out []finding
	if equal, all := r.Equal(); equal < all {
		out = append(out, finding{r.heading(), "answers are equal", fmt.Sprintf("%d of %d", equal, all)})
	}
	aims := map[string][3]string{"tpch": {"≤ 1.00", "≤ 1.00", "≤ 2.00"}, "tpcds": {"", "≤ 1.30", "≤ 4.00"}, "groupby": {"", "≤ 1.00", ""}}
	for _, peer := range r.Names[1:] {
		total := r.TotalRatio[peer]
		if total == 0 {
			continue
		}
		name, ratio := r.worst(peer)
		aim := aims[r.Suite]
		switch peer {
		case peerSpark:
			aim = [3]string{"", "≤ 0.20", ""}
		case "unlimited":
			out = append(out, r.limitFinding(total))
			continue
		}
		out = append(out,
			finding{r.heading() + ": total", aim[0], fmt.Sprintf("%.2f", total)},
			finding{r.heading() + ": geometric mean", aim[1], fmt.Sprintf("%.2f", r.GeomeanRatio[peer])},
			finding{r.heading() + ": highest ratio", aim[2], fmt.Sprintf("%.2f (%s)", ratio, name)})
	}
	return out
}

// limitFinding compares with no limit, and the memory with the limit.
func (r *Report) limitFinding(total float64) finding {
	f := finding{r.heading(), "finishes", fmt.Sprintf("%.2f of the time", total)}
	if r.SF >= 10 {
		f.aim = "≤ 1.20 of the time, peak ≤ 1.50 of the limit"
	}
	if r.LimitBytes > 0 {
		f.got += fmt.Sprintf(", peak %.2f of the limit", float64(r.Engines[r.Names[0]].Peak)/float64(r.LimitBytes))
	}
	return f
}

func (r *Report) sortFindings() []finding {
	mine := r.result(r.Names[0], sortQuery)
	out := []finding{{r.heading() + ": MB/s per core", "≥ 75", fmt.Sprintf("%.1f", r.rate(mine))}}
	for _, peer := range r.Names[1:] {
		if a, b := mine.best(), r.result(peer, sortQuery).best(); a > 0 && b > 0 {
			out = append(out, finding{r.heading() + ": throughput beside " + peer, "≥ 1.00", fmt.Sprintf("%.2f", b/a)})
		}
	}
	return out
}

func (r *Report) scanFindings() []finding {
	var out []finding
	for _, q := range r.queries {
		mine := r.result(r.Names[0], q.Name)
		for _, peer := range r.Names[1:] {
			if a, b := mine.best(), r.result(peer, q.Name).best(); a > 0 && b > 0 {
				out = append(out, finding{r.heading() + ": throughput, " + q.Title, "≥ 2.00", fmt.Sprintf("%.2f", b/a)})
			}
		}
	}
	if len(r.queries) > 0 {
		mine := r.result(r.Names[0], r.queries[0].Name)
		out = append(out, finding{r.heading() + ": garbage of a pass", "< 5 MB", fmt.Sprintf("%.2f MB", float64(mine.Garbage)/bytesPerMB)})
	}
	return out
}

func (r *Report) startFindings() []finding {
	var out []finding
	aims := map[string]string{"select": "≤ 150 ms", "count": "≤ 200 ms"}
	for _, q := range r.queries {
		out = append(out, finding{"Cold start, " + q.Title + ": median", aims[q.Name], fmt.Sprintf("%.0f ms", 1000*r.result(r.Names[0], q.Name).median())})
	}
	return out
}
