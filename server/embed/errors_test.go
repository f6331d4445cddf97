package embed_test

import (
	"testing"

	"github.com/bixidata/bixi/sql/diag"
)

// TestErrorExamples runs the statement that documents each error code.
func TestErrorExamples(t *testing.T) {
	n := open(t)
	ran := 0
	for _, info := range diag.Codes() {
		if info.Example == "" {
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
