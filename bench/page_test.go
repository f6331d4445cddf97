package bench

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bixidata/bixi/bench/suite"
)

// reportFile writes a report as a run would leave it.
func reportFile(t *testing.T, r *Report) string {
	path := filepath.Join(t.TempDir(), "report.json")
	if err := r.WriteFile(path); err != nil {
		t.Fatal(err)
	}
	return path
}

// madeUp is a report of two queries beside a peer.
func madeUp(suiteName, peer string) *Report {
	r := &Report{
		Suite: suiteName, SF: 1, Size: "scale factor 1", Over: OverParquet, Machine: "2 CPUs, 2 threads", Threads: 2,
		Names: []string{"bixi", peer}, Command: "bixi bench " + suiteName,
		Engines:    map[string]*Engine{},
		TotalRatio: map[string]float64{}, GeomeanRatio: map[string]float64{}, CPURatio: map[string]float64{}, CPUGeomean: map[string]float64{},
	}
	for i, name := range r.Names {
		by := float64(i + 1)
		r.Engines[name] = &Engine{Version: "v" + name, Queries: map[string]*Result{
			"q2":  {Seconds: []float64{3, 2 * by}, CPU: []float64{1}, Rows: 2, Title: "two|2", Peak: 150e6},
			"q10": {Seconds: []float64{8, 4}, CPU: []float64{2}, Rows: 2, Title: "ten", Peak: 90e6},
		}}
	}
	for _, q := range []string{"q2", "q10"} {
		r.queries = append(r.queries, suite.Query{Name: q})
	}
	r.settle()
	return r
}

func TestPage(t *testing.T) {
	page := filepath.Join(t.TempDir(), "page.md")
	if err := os.WriteFile(page, []byte("# Title\n"+pageBegin+"\nold\n"+pageEnd+"\nby hand\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	limited := madeUp("tpch", "unlimited")
	limited.Limit, limited.LimitBytes = "100mb", 100<<20
	var reports []*Report
	for _, r := range []*Report{limited, madeUp("tpcds", "duckdb"), madeUp("tpch", "spark"), madeUp("tpch", "duckdb")} {
		back, err := ReadReport(reportFile(t, r))
		if err != nil {
			t.Fatal(err)
		}
		reports = append(reports, back)
	}
	if err := WritePage(page, reports); err != nil {
		t.Fatal(err)
	}
	if err := WritePage(page, reports); err != nil { // again, over what is there
		t.Fatal(err)
	}
	data, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	text := string(data)
	for _, want := range []string{
		"# Title\n", "\nby hand\n", "Versions: bixi vbixi, duckdb vduckdb, spark vspark.\n",
		"| q2 | 2.000 | 3.000 | 0.67 | two\\|2 |\n", "| q10 | 4.000 | 4.000 | 1.00 | ten |\n",
		"| Queries of TPC-H, scale factor 1, beside duckdb: highest ratio | ≤ 2.00 | 1.00 (q10) |\n",
		"| Queries of TPC-H, scale factor 1, beside spark: geometric mean | ≤ 0.20 | 0.82 |\n",
		", 100mb of memory beside no limit | finishes | 0.86 of the time, peak 1.43 of the limit |\n",
		"| q2 | 2.000 | 3.000 | 0.67 | 150 | two\\|2 |\n",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in:\n%s", want, text)
		}
	}
	if strings.Contains(text, "old") || strings.Count(text, pageBegin) != 1 {
		t.Errorf("the page is:\n%s", text)
	}
	if a, b := strings.Index(text, "TPC-H, scale factor 1, beside duckdb"), strings.Index(text, "TPC-DS"); a > b {
		t.Error("TPC-DS comes first")
	}
}

func TestPageErrors(t *testing.T) {
	dir := t.TempDir()
	plain, odd := filepath.Join(dir, "plain.md"), filepath.Join(dir, "odd.json")
	for path, text := range map[string]string{plain: "no marks", odd: `{"names": ["bixi"]}`} {
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := WritePage(plain, []*Report{madeUp("tpch", "duckdb")}); err == nil || !strings.Contains(err.Error(), "does not have the lines") {
		t.Error(err)
	}
	for _, path := range []string{plain, odd} {
		if _, err := ReadReport(path); err == nil || !strings.Contains(err.Error(), "is no report") {
			t.Errorf("%s: %v", path, err)
		}
	}
}
