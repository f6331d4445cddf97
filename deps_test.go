package bixi_test

import (
	"os/exec"
	"strings"
	"testing"
)

// imports says which of our packages each room may import, beside packages of
// the same room. A prefix covers everything below it; the longest matching row
// of the left column decides. Editing this table is a design change.
var imports = map[string]string{
	"sql":                "",
	"batch":              "sql",
	"udf":                "batch sql",
	"table":              "batch sql",
	"table/store":        "sql/diag",
	"table/parquet":      "batch sql",
	"shuffle":            "batch sql table/store",
	"planner/scalar":     "sql",
	"planner/physical":   "sql planner/scalar",
	"planner":            "sql udf table batch mapreduce/program",
	"mapreduce/stage":    "sql/diag",
	"mapreduce/schedule": "sql/diag",
	"mapreduce/taskpb":   "sql/diag",
	"mapreduce/master":   "sql/diag",
	"mapreduce/job":      "planner/physical shuffle sql",
	"mapreduce/program":  "batch sql shuffle/wire",
	"mapreduce":          "batch sql shuffle/wire",
	"worker/agent":       "mapreduce/taskpb mapreduce/stage sql/diag",
	"worker/memory":      "sql/diag",
	"worker/expr":        "batch planner/scalar sql udf",
	"worker/operator":    "batch planner/physical planner/scalar shuffle sql table udf",
	"worker":             "batch planner/physical planner/scalar shuffle sql table udf mapreduce/stage mapreduce/taskpb mapreduce/program",
	"server":             "batch sql planner mapreduce table udf shuffle",
	"server/embed":       "batch sql planner mapreduce table udf shuffle server worker",
	"bench":              "batch sql table server mapreduce shuffle udf",
	"cmd":                "batch sql planner mapreduce table udf shuffle server worker bench",
	"examples":           "mapreduce",
	"bixi":               "",
}

const module = "github.com/bixidata/bixi/"

func TestImports(t *testing.T) {
	out, err := exec.Command("go", "list", "-f", "{{.ImportPath}}:{{join .Imports \" \"}}", "./...").Output()
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range strings.Split(strings.TrimSpace(string(out)), "\n") {
		pkg, deps, _ := strings.Cut(line, ":")
		pkg, below := strings.CutPrefix(pkg, module)
		if !below {
			continue // the root holds only tests
		}
		row, allowed := rule(pkg)
		if row == "" {
			t.Errorf("%s is in no room: add it to the table of imports", pkg)
			continue
		}
		for _, dep := range strings.Fields(deps) {
			dep, ours := strings.CutPrefix(dep, module)
			if ours && !within(dep, room(row)) && !allows(allowed, dep) {
				t.Errorf("%s may not import %s: %s imports only %q", pkg, dep, row, allowed)
			}
		}
	}
}

// rule finds the row of the table that decides for pkg.
func rule(pkg string) (row string, allowed []string) {
	for r, a := range imports {
		if within(pkg, r) && len(r) > len(row) {
			row, allowed = r, strings.Fields(a)
		}
	}
	return row, allowed
}

// room is the top folder of a row, whose own packages may import each other,
// except across the rows that are listed apart.
func room(row string) string {
	switch row {
	case "planner/scalar", "planner/physical", "table/store", "worker/memory", "worker/expr":
		return row
	}
	return strings.SplitN(row, "/", 2)[0]
}

func within(pkg, prefix string) bool {
	return pkg == prefix || strings.HasPrefix(pkg, prefix+"/")
}

func allows(allowed []string, dep string) bool {
	for _, a := range allowed {
		if within(dep, a) {
			return true
		}
	}
	return false
}
