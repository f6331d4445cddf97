package planner_test

import (
	"context"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/bixidata/bixi/planner"
	"github.com/bixidata/bixi/planner/physical"
	"github.com/bixidata/bixi/planner/scalar"
	"github.com/bixidata/bixi/planner/setting"
	"github.com/bixidata/bixi/sql/diag"
	"github.com/bixidata/bixi/sql/syntax"
	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/udf"
	"github.com/bixidata/bixi/udf/builtin"
	"github.com/bixidata/bixi/worker/expr"
)

var rewrite = flag.Bool("rewrite", false, "write the answers into the files")

func session() *planner.Session {
	reg := udf.NewRegistry(builtin.All()...)
	return &planner.Session{
		Catalog: newCatalog(), Project: "default", Functions: reg, Settings: setting.Default(), Verify: true,
		Clock: func() time.Time { return time.Unix(1700000000, 0) },
		Fold:  func(e scalar.Expr, s *udf.Session) (types.Datum, bool) { return expr.Fold(e, reg, s) },
	}
}

// explain is the logical tree after all rules and the physical plan, or the error.
func explain(text string, optimize bool) string {
	stmt, err := syntax.ParseStatement(text)
	if err != nil {
		return diag.Render(err, text)
	}
	s := session()
	s.Settings.Optimizer = optimize
	p, err := planner.Make(context.Background(), s, stmt)
	if err != nil {
		return diag.Render(err, text)
	}
	if p.Root == nil {
		return "command"
	}
	return p.Text + "=>\n" + physical.Format(p.Root)
}

// TestPlans runs testdata/*.txt: a statement, a line of dashes, its plan, a line
// of equal signs. Those of unoptimized.txt are made with the optimizer off. -rewrite
// fills the plans in.
func TestPlans(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatal("no test files", err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			var out strings.Builder
			for _, block := range strings.Split(strings.TrimSpace(string(data)), "\n====\n") {
				sql, want, _ := strings.Cut(strings.TrimSuffix(block, "\n===="), "\n----")
				got := strings.TrimSpace(explain(sql, filepath.Base(file) != "unoptimized.txt"))
				if !*rewrite && got != strings.TrimSpace(want) {
					t.Errorf("%s\ngot:\n%s\nwant:\n%s", sql, got, strings.TrimSpace(want))
				}
				out.WriteString(sql + "\n----\n" + got + "\n====\n")
			}
			if *rewrite {
				if err := os.WriteFile(file, []byte(out.String()), 0o644); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}

// Every plan of the corpus survives the codec.
func TestPlansSurviveEncoding(t *testing.T) {
	files, _ := filepath.Glob("testdata/*.txt")
	for _, file := range files {
		data, _ := os.ReadFile(file)
		for _, block := range strings.Split(strings.TrimSpace(string(data)), "\n====\n") {
			sql, _, _ := strings.Cut(block, "\n----")
			stmt, err := syntax.ParseStatement(sql)
			if err != nil {
				continue
			}
			p, err := planner.Make(context.Background(), session(), stmt)
			if err != nil || p.Root == nil {
				continue
			}
			back, err := physical.DecodeNode(physical.EncodeNode(p.Root))
			if err != nil {
				t.Fatalf("%s: %v", sql, err)
			}
			if got, want := physical.Format(back), physical.Format(p.Root); got != want {
				t.Errorf("%s\ngot:\n%s\nwant:\n%s", sql, got, want)
			}
		}
	}
}
