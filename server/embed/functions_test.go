package embed_test

import (
	"strings"
	"testing"
)

// TestFunctionsDescribeThemselves lists the functions and describes each one.
func TestFunctionsDescribeThemselves(t *testing.T) {
	n := open(t)
	listed, err := run(t, n, "show functions")
	if err != nil {
		t.Fatal(err)
	}
	if len(listed) < 300 {
		t.Errorf("only %d functions are listed", len(listed))
	}
	for _, line := range listed {
		usage, _, _ := strings.Cut(line, "(")
		name := usage[:len(usage)/2] // name,name(
		if usage != name+","+name && usage != name+name {
			name, _, _ = strings.Cut(line, ",")
		}
		lines, err := run(t, n, "desc function extended "+name)
		if err != nil || len(lines) != 3 || lines[0] == "" || lines[1] == "" || !strings.HasPrefix(lines[2], "example: ") {
			t.Errorf("%s is described as %q (%v)", name, lines, err)
		}
	}
}
