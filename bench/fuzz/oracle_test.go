package fuzz

import (
	"os"
	"path/filepath"
	"testing"
	"time"
)

// peer is a program in place of Python: it fails in all ways, and answers with the
// number of tables that it has been given.
const peer = `#!/bin/sh
tables=0
while read -r line; do
	case "$line" in
	*CREATE*) tables=$((tables+1)); echo '{"rows":[]}';;
	*poison*) exit 1;;
	*die*) exit 1;;
	*hang*) exec sleep 600;;
	*fatal*) echo '{"error":"FATAL Error: invalidated","fatal":true}'; exit 0;;
	*wrong*) echo '{"error":"Binder Error: no such column"}';;
	*) echo "{\"rows\":[[\"$tables\"]]}";;
	esac
done
`

func fakeOracle(t *testing.T) *oracle {
	path := filepath.Join(t.TempDir(), "peer")
	if err := os.WriteFile(path, []byte(peer), 0o700); err != nil {
		t.Fatal(err)
	}
	o, err := openOracle(t.Context(), path, os.Stderr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(o.close)
	o.patience = 300 * time.Millisecond
	return o
}

// TestOracleRestarts checks that the peer is there again, with its tables, after
// each of its failures.
func TestOracleRestarts(t *testing.T) {
	o := fakeOracle(t)
	for _, name := range []string{"t0", "t1"} {
		if err := o.load(t.Context(), name, []string{"CREATE TABLE " + name}); err != nil {
			t.Fatal(err)
		}
	}
	answers, err := o.ask(t.Context(), "1", "die", "2", "wrong", "fatal", "3", "hang", "4")
	if err != nil {
		t.Fatal(err)
	}
	for i, failed := range []bool{false, true, false, true, true, false, true, false} {
		a := answers[i]
		if failed != (a.Error != "") {
			t.Errorf("answer %d: %+v", i, a)
		} else if !failed && *a.Rows[0][0] != "2" {
			t.Errorf("answer %d is with %s tables, not 2", i, *a.Rows[0][0])
		}
	}
	if o.restarts != 3 {
		t.Errorf("%d restarts, not 3", o.restarts)
	}
}

// TestOracleLosesTables checks that tables that the peer cannot have are not loaded
// again and again.
func TestOracleLosesTables(t *testing.T) {
	o := fakeOracle(t)
	if err := o.load(t.Context(), "t0", []string{"CREATE TABLE t0", "poison"}); err == nil {
		t.Error("what cannot be loaded has been")
	}
	if err := o.load(t.Context(), "t1", []string{"CREATE TABLE t1"}); err != nil {
		t.Error(err)
	}
}
