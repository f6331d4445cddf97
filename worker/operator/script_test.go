package operator

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/planner/physical"
	"github.com/bixidata/bixi/planner/scalar"
	"github.com/bixidata/bixi/sql/diag"
	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/udf"
	"github.com/bixidata/bixi/udf/builtin"
)

// scriptOver runs words over the numbers from 0 to rows.
func scriptOver(t *testing.T, rows int, words ...string) *script {
	t.Helper()
	format := physical.ScriptFormat{Field: "\t", Null: `\N`}
	n := &physical.Script{Names: []string{"a", "b"}, Program: physical.ScriptProgram{Words: words, In: format, Out: format},
		Args: []scalar.Expr{&scalar.Column{ID: 0, Typ: types.BigIntType}, &scalar.Literal{Value: strings.Repeat("x", 100), Typ: types.StringType}}}
	s, err := newScript(n, []Operator{&counter{left: rows}}, &Env{Functions: udf.NewRegistry(builtin.All()...), Session: &udf.Session{}})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// counter gives the numbers from 0 on.
type counter struct{ next, left int }

func (c *counter) Open(context.Context) error { return nil }
func (c *counter) Close() error               { return nil }
func (c *counter) Next(context.Context) (*batch.Batch, error) {
	n := min(c.left, 1000)
	if n == 0 {
		return nil, io.EOF
	}
	vals := make([]int64, n)
	for i := range vals {
		vals[i] = int64(c.next + i)
	}
	c.next, c.left = c.next+n, c.left-n
	return batch.New(n, batch.FromValues(types.BigIntType, batch.PhysI64, vals, nil)), nil
}

// TestScriptRhythms: a program may read and print in any order without a deadlock.
func TestScriptRhythms(t *testing.T) {
	defer goleak.VerifyNone(t)
	flood := "i=0; while [ $i -lt 20000 ]; do echo $i; i=$((i+1)); done; "
	for _, c := range []struct {
		name, shell string
		rows        int
	}{
		{"as it comes", "cat", 30000},
		{"all before the first row", "sort -n", 30000},
		{"prints before it reads", flood + "cat >/dev/null", 20000},
		{"prints and does not read", flood, 20000},
		{"reads only", "cat >/dev/null", 0},
		{"reads little", "head -n 5", 5},
		{"closes its output and reads on", "echo 1; exec 1>&-; cat >/dev/null", 1},
		{"no line feed at the end", "cat >/dev/null; printf '1\\n2'", 2},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := scriptOver(t, 30000, "sh", "-c", c.shell)
			rows, err := collect(context.Background(), s)
			if err != nil || len(rows) != c.rows {
				t.Errorf("%d rows, not %d: %v", len(rows), c.rows, err)
			}
			for i, x := range rows {
				if c.rows > 5 && x[0] != fmt.Sprint(i) {
					t.Fatalf("row %d is %v", i, x)
				}
			}
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		})
	}
}

// TestScriptEnds: a program is killed when its task is cancelled or needs no more
// rows, and its errors are told.
func TestScriptEnds(t *testing.T) {
	defer goleak.VerifyNone(t)
	t.Run("cancelled", func(t *testing.T) {
		stopped := errors.New("stopped")
		ctx, cancel := context.WithCancelCause(context.Background())
		s := scriptOver(t, 10, "sh", "-c", "echo 1; exec sleep 1000")
		if err := s.Open(ctx); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Next(ctx); err != nil {
			t.Fatal(err)
		}
		cancel(stopped)
		if _, err := s.Next(ctx); err != stopped {
			t.Errorf("the error is %v", err)
		}
		began := time.Now()
		if err := s.Close(); err != nil || time.Since(began) > 20*time.Second {
			t.Errorf("closing took %v: %v", time.Since(began), err)
		}
	})
	t.Run("closed early", func(t *testing.T) {
		s := scriptOver(t, 100000, "cat")
		if err := s.Open(context.Background()); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Next(context.Background()); err != nil {
			t.Fatal(err)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	for _, c := range []struct{ shell, want string }{
		{"cat >/dev/null; echo bad luck >&2; exit 7", "exit status 7:\nbad luck"},
		{"kill -9 $$", "killed"},
		{"head -c 70000000 /dev/zero", "a line of more than"},
	} {
		s := scriptOver(t, 100, "sh", "-c", c.shell)
		_, err := collect(context.Background(), s)
		if e := diag.Of(err); err == nil || e.Code != diag.CodeScript || !strings.Contains(e.Error(), c.want) {
			t.Errorf("%s: %v", c.shell, err)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
}

func TestScriptForbidden(t *testing.T) {
	n := &physical.Script{}
	if _, err := newScript(n, []Operator{&counter{}}, &Env{ForbidScripts: true}); err == nil || diag.Of(err).Code != diag.CodeUnsupported {
		t.Error(err)
	}
}
