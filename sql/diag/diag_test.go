package diag_test

import (
	"errors"
	"fmt"
	"io"
	"testing"

	"github.com/bixidata/bixi/sql/diag"
)

func TestRender(t *testing.T) {
	at := func(line, col int) *diag.Error {
		return diag.Errorf(diag.CodeSemantic, diag.Pos{Line: line, Col: col}, "it means nothing")
	}
	const head = "FAILED: ODPS-0130071:[%s] Semantic analysis exception - it means nothing"
	for _, c := range []struct {
		name, text string
		err        error
		want       string
	}{
		{"place", "select\n  a", at(2, 3), fmt.Sprintf(head, "2,3") + "\n    a\n    ^"},
		{"tab", "\ta", at(1, 2), fmt.Sprintf(head, "1,2") + "\n   a\n   ^"},
		{"carriage return", "ab\r\nc", at(1, 2), fmt.Sprintf(head, "1,2") + "\n  ab\n   ^"},
		{"code points", "'é' x", at(1, 5), fmt.Sprintf(head, "1,5") + "\n  'é' x\n      ^"},
		{"column beyond the line", "ab", at(1, 99), fmt.Sprintf(head, "1,99") + "\n  ab\n    ^"},
		{"line beyond the text", "ab", at(7, 1), fmt.Sprintf(head, "7,1")},
		{"hint", "ab", at(0, 0).WithHint("try %s", "b"), "FAILED: ODPS-0130071: Semantic analysis exception - it means nothing\n  hint: try b"},
		{"cause", "ab", at(0, 0).WithCause(io.EOF), "FAILED: ODPS-0130071: Semantic analysis exception - it means nothing: EOF"},
		{"plain error", "ab", io.EOF, "FAILED: EOF"},
	} {
		if got := diag.Render(c.err, c.text); got != c.want {
			t.Errorf("%s\ngot  %q\nwant %q", c.name, got, c.want)
		}
	}
}

func TestOf(t *testing.T) {
	if diag.Of(nil) != nil {
		t.Error("no error became one")
	}
	e := diag.Errorf(diag.CodeFetch, diag.Pos{}, "gone").WithCause(io.ErrUnexpectedEOF)
	wrapped := fmt.Errorf("reading: %w", e)
	if diag.Of(wrapped) != e || diag.ClassOf(wrapped) != diag.Transient {
		t.Error("a wrapped error is not found")
	}
	if !errors.Is(wrapped, io.ErrUnexpectedEOF) {
		t.Error("its cause is not found")
	}
	if o := diag.Of(io.EOF); o.Class != diag.Internal || o.Code != diag.CodeInternal {
		t.Errorf("an unclassified error is %s %s", o.Class, o.Code)
	}
}

func TestNear(t *testing.T) {
	names := []string{"price", "Quantity", "ds", "length"}
	for _, c := range []struct{ name, want string }{
		{"pice", "price"},         // a letter missing
		{"PRCIE", "price"},        // two swapped, other case
		{"quantitty", "Quantity"}, // a letter too many; the candidate's own spelling comes back
		{"dz", "ds"},              // one change is always near
		{"xy", ""},
		{"lenght", "length"},
		{"wholly_other", ""},
		{"", ""},
	} {
		if got := diag.Near(c.name, names); got != c.want {
			t.Errorf("Near(%q) = %q, want %q", c.name, got, c.want)
		}
	}
	if got := diag.Near("aa", []string{"ab", "ac"}); got != "ab" {
		t.Errorf("the first of equally near ones must win, got %q", got)
	}
}
