package builtin

import "testing"

// TestEntries checks what every entry needs: one name, documentation that can be
// run, and exactly one way to compute.
func TestEntries(t *testing.T) {
	seen := map[string]string{}
	for _, f := range All() {
		for _, name := range append([]string{f.Name}, f.Aliases...) {
			if other, ok := seen[name]; ok {
				t.Errorf("%s is defined by %s and %s", name, other, f.Name)
			}
			seen[name] = f.Name
		}
		if f.Doc.Summary == "" || f.Doc.Example == "" || f.Family == "" {
			t.Errorf("%s lacks documentation", f.Name)
		}
		ways := 0
		for _, has := range []bool{f.Eval != nil, f.New != nil, f.Aggregate != nil, f.Table != nil, f.Window != nil, f.Planned != nil} {
			if has {
				ways++
			}
		}
		if ways != 1 {
			t.Errorf("%s has %d ways to compute", f.Name, ways)
		}
		if f.Table == nil && f.Resolve == nil && f.Args == nil && f.Returns.Kind == 0 {
			t.Errorf("%s has no types", f.Name)
		}
	}
}
