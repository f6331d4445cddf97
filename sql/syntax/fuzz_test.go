package syntax

import (
	"slices"
	"testing"

	"github.com/bixidata/bixi/sql/diag"
)

// FuzzParsePrint asserts, of any text, that parsing does not panic and fails
// only as a user's error; and of a text that parses, that printing is a fixpoint
// that keeps the tree, and that Split sees the same statements.
func FuzzParsePrint(f *testing.F) {
	for _, c := range corpus(f) {
		f.Add(c.text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		pieces, incomplete := Split(text)
		list, err := Parse(text)
		if err != nil {
			if e := diag.Of(err); e.Class != diag.User || !e.Pos.IsValid() || e.Msg == "" {
				t.Fatalf("%#v", e)
			}
			return
		}
		if slices.ContainsFunc(list, hasBlock) {
			for _, s := range list {
				checkFixpoint(t, chunk{name: "input"}, s)
			}
			return // Split knows no blocks
		}
		if len(pieces) != len(list) {
			t.Errorf("%d pieces, %d statements", len(pieces), len(list))
		}
		for i, s := range list {
			checkFixpoint(t, chunk{name: "input"}, s)
			if i < len(pieces) {
				if alone, err := ParseStatement(pieces[i].Text); err != nil || dump(alone) != dump(s) {
					t.Errorf("piece %d, %q, is not statement %d: %v", i, pieces[i].Text, i, err)
				}
			}
		}
		if incomplete {
			closed, err := Parse(text + "\n;")
			if err != nil && len(list) > 0 && !isSetting(list[len(list)-1]) {
				t.Errorf("a semicolon makes it fail: %v", err)
			} else if err == nil && len(closed) != len(list) {
				t.Errorf("a semicolon makes %d statements of %d", len(closed), len(list))
			}
		}
	})
}

// isSetting reports statements whose raw text may not go over lines.
func isSetting(s Statement) bool {
	switch s.(type) {
	case *Set, *Unset:
		return true
	}
	return false
}

// hasBlock reports whether s can hold semicolons of its own.
func hasBlock(s Statement) bool {
	found := false
	Inspect(s, func(n Node) bool {
		switch n := n.(type) {
		case *If, *Loop:
			found = true
		case *CreateFunction:
			found = found || n.Body == nil
		case *CreateView:
			found = found || n.Block != nil
		}
		return !found
	})
	return found
}
