package embed_test

import (
	"bytes"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/bixidata/bixi/sql/diag"
)

// dialectRow is a row of docs/dialect.md: choice, example, what it gives.
var dialectRow = regexp.MustCompile("(?m)^\\| (.*) \\| `(.*)` \\| `(.*)` \\|$")

// TestDialect runs the examples of docs/dialect.md, each in a session of its own.
func TestDialect(t *testing.T) {
	page, err := os.ReadFile("../../docs/dialect.md")
	if err != nil {
		t.Fatal(err)
	}
	page, _, _ = bytes.Cut(page, []byte("\n## Coverage\n")) // which TestCoverage reads
	n := open(t)
	rows := dialectRow.FindAllStringSubmatch(strings.ReplaceAll(string(page), "| `` |", "| ` ` |"), -1)
	if written := strings.Count(string(page), "\n| "); len(rows) != written-strings.Count(string(page), "| choice |") {
		t.Errorf("%d of %d rows have the form choice, example, value", len(rows), written)
	}
	for _, r := range rows {
		choice, example, want := r[1], r[2], strings.TrimSpace(r[3])
		lines, err := run(t, n, example)
		got := strings.Join(lines, ";")
		if err != nil {
			got = "ODPS-" + string(diag.Of(err).Code)
		}
		if got != want {
			t.Errorf("%s\n%s\ngives %s, not %s (%v)", choice, example, got, want, err)
		}
	}
}
