package embed_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bixidata/bixi/sql/diag"
)

// allTests is the text of all test files.
func allTests(t *testing.T) string {
	t.Helper()
	var all strings.Builder
	err := filepath.WalkDir("../..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, "_test.go") {
			return err
		}
		text, err := os.ReadFile(path)
		all.Write(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all.String()
}

// TestErrorExamples runs the statement that documents each error code, and looks
// for the test that documents those which no statement raises.
func TestErrorExamples(t *testing.T) {
	n, tests := open(t), allTests(t)
	ran := 0
	for _, info := range diag.Codes() {
		if name := info.Test(); name != "" {
			if !strings.Contains(tests, "func "+name+"(") {
				t.Errorf("%s %s: there is no test %s", info.Code, info.Title, name)
			}
			continue
		}
		ran++
		_, err := run(t, n, info.Example)
		if err == nil {
			t.Errorf("%s %s: %q succeeds", info.Code, info.Title, info.Example)
			continue
		}
		e := diag.Of(err)
		if e.Code != info.Code || e.Class != info.Class {
			t.Errorf("%s %s %s: %q gives %s %v", info.Code, info.Class, info.Title, info.Example, e.Class, err)
		}
	}
	if ran < 10 {
		t.Errorf("only %d codes have an example", ran)
	}
}
