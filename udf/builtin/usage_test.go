package builtin

import (
	"strings"
	"testing"
)

// TestUsage asks every function for a signature that says something.
func TestUsage(t *testing.T) {
	for _, f := range All() {
		if u := f.Usage(); strings.Contains(u, "(…)") || u == "" {
			t.Errorf("the signature of %s is %q", f.Name, u)
		}
	}
}
