package diag_test

import (
	"io"
	"testing"

	"github.com/bixidata/bixi/sql/diag"
)

func TestJoin(t *testing.T) {
	at := func(line, col int, msg string) *diag.Error {
		return diag.Errorf(diag.CodeSemantic, diag.Pos{Line: line, Col: col}, "%s", msg)
	}
	if err := diag.Join(nil, nil); err != nil {
		t.Errorf("nothing is wrong, yet %v", err)
	}
	if err := diag.Join(at(1, 1, "a"), io.EOF); err != io.EOF {
		t.Errorf("a failure that is not of the statement must come alone, got %v", err)
	}
	one := diag.Join(at(2, 1, "c"), nil, at(1, 7, "b"))
	both := diag.Join(one, at(1, 2, "a"), at(2, 1, "c"), at(0, 0, "d"))
	const want = "FAILED: ODPS-0130071:[1,2] Semantic analysis exception - a\n  first line\n   ^\n" +
		"FAILED: ODPS-0130071:[1,7] Semantic analysis exception - b\n  first line\n        ^\n" +
		"FAILED: ODPS-0130071:[2,1] Semantic analysis exception - c\n  second\n  ^\n" +
		"FAILED: ODPS-0130071: Semantic analysis exception - d"
	if got := diag.Render(both, "first line\nsecond"); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	many := []int{}
	for i := range 100 {
		many = append(many, i)
	}
	err := diag.Each(many, func(_ int, i int) error { return at(1, i+1, "x") })
	if e := diag.Of(err); e.Pos.Col != 1 || len(e.Also) != 19 {
		t.Errorf("the first is at %v and %d more are kept", e.Pos, len(e.Also))
	}
}
