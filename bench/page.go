package bench

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"slices"
	"strings"

	"github.com/bixidata/bixi/bench/suite"
)

// The part of a page between these lines is written by WritePage.
const (
	pageBegin = "<!-- measurements: written by `bixi bench report`, do not edit -->"
	pageEnd   = "<!-- end of the measurements -->"
)

// ReadReport reads what WriteFile wrote.
func ReadReport(path string) (*Report, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	r := &Report{}
	if err := json.Unmarshal(data, r); err != nil {
		return nil, fmt.Errorf("%s is no report: %w", path, err)
	}
	for _, name := range r.Names {
		e := r.Engines[name]
		if e == nil {
			return nil, fmt.Errorf("%s is no report: it has no engine %s", path, name)
		}
		for _, q := range r.Order {
			if e.Queries[q] == nil {
				return nil, fmt.Errorf("%s is no report: %s has no query %s", path, name, q)
			}
		}
	}
	if len(r.Names) == 0 {
		return nil, fmt.Errorf("%s is no report: it has no engines", path)
	}
	for _, name := range r.Order {
		r.queries = append(r.queries, suite.Query{Name: name, Title: r.result(r.Names[0], name).Title})
	}
	return r, nil
}

// WritePage puts the tables of reports into the page at path, in place of those that
// an earlier call put there.
func WritePage(path string, reports []*Report) error {
	if len(reports) == 0 {
		return errors.New("there are no reports")
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	before, rest, begins := strings.Cut(string(data), pageBegin)
	_, after, ends := strings.Cut(rest, pageEnd)
	if !begins || !ends {
		return fmt.Errorf("%s does not have the lines %q and %q", path, pageBegin, pageEnd)
	}
	text := before + pageBegin + "\n" + tables(reports) + pageEnd + after
	return os.WriteFile(path, []byte(text), 0o644)
}

// tables is the summary and then the table of each report.
func tables(reports []*Report) string {
	reports = slices.Clone(reports)
	slices.SortStableFunc(reports, func(a, b *Report) int {
		return cmp.Or(cmp.Compare(place(a), place(b)), cmp.Compare(b.SF, a.SF))
	})
	var t strings.Builder
	fmt.Fprintf(&t, "\nMachine: %s.\n", machines(reports))
	fmt.Fprintf(&t, "Versions: %s.\n\n", versions(reports))
	t.WriteString("| what | aim | measured |\n|---|---|---|\n")
	for _, r := range reports {
		for _, f := range r.findings() {
			fmt.Fprintf(&t, "| %s | %s | %s |\n", f.what, f.aim, f.got)
		}
	}
	for _, r := range reports {
		fmt.Fprintf(&t, "\n### %s\n\n", r.heading())
		if r.Command != "" {
			fmt.Fprintf(&t, "`%s`\n\n", r.Command)
		}
		r.table(&t)
	}
	t.WriteString("\n")
	return t.String()
}

// place is where a report comes on the page.
func place(r *Report) int {
	order := []string{"tpch", "tpcds", "groupby", "sort", "scan", "start"}
	i := slices.Index(order, r.Suite)
	if i < 0 {
		i = len(order)
	}
	switch { // beside the first report of a suite come those with a purpose of their own
	case slices.Contains(r.Names, peerSpark):
		return 100
	case r.Limit != "":
		return 200
	}
	return i
}

// machines are where the reports were made, mostly one.
func machines(reports []*Report) string {
	var out []string
	for _, r := range reports {
		m, _, _ := strings.Cut(r.Machine, fmt.Sprintf(", %d threads", r.Threads))
		if !slices.Contains(out, m) {
			out = append(out, m)
		}
	}
	return strings.Join(out, "; ")
}

// versions are those of all engines.
func versions(reports []*Report) string {
	var out []string
	for _, r := range reports {
		for _, name := range r.Names {
			v := name + " " + r.Engines[name].Version
			if name != "unlimited" && !slices.Contains(out, v) {
				out = append(out, v)
			}
		}
	}
	return strings.Join(out, ", ")
}

// heading names a report.
func (r *Report) heading() string {
	names := map[string]string{
		"tpch": "Queries of TPC-H", "tpcds": "Queries of TPC-DS", "groupby": "Group-by", "sort": "Sort", "scan": "Scan", "start": "Cold start",
		"wordcount": "Word count",
	}
	h := cmp.Or(names[r.Suite], r.Suite)
	if r.Suite != "start" {
		h += ", " + r.Size
	}
	for _, peer := range r.Names[1:] {
		if peer == "unlimited" {
			return h + ", " + r.Limit + " of memory beside no limit"
		}
	}
	if len(r.Names) > 1 {
		h += ", beside " + strings.Join(r.Names[1:], ", ")
	}
	return h
}

// worst is the query whose time is longest beside a peer's.
func (r *Report) worst(peer string) (name string, ratio float64) {
	ratio = math.Inf(-1)
	for _, q := range r.queries {
		a, b := r.result(r.Names[0], q.Name).best(), r.result(peer, q.Name).best()
		if a > 0 && b > 0 && a/b > ratio {
			name, ratio = q.Name, a/b
		}
	}
	return name, ratio
}
