package embed_test

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/server"
	"github.com/bixidata/bixi/server/embed"
	"github.com/bixidata/bixi/sql/diag"
	"github.com/bixidata/bixi/sql/syntax"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// run runs a script and gives the rows of its last query as lines.
func run(t *testing.T, s server.Statements, script string) ([]string, error) {
	t.Helper()
	ctx := context.Background()
	state := server.State{Project: "default"}
	var lines []string
	pieces, _ := syntax.Split(script)
	for _, p := range pieces {
		st, err := s.Submit(ctx, server.Request{Text: p.Text, State: state})
		if err != nil {
			return nil, err
		}
		out, err := st.Wait(ctx)
		if err != nil {
			return nil, errors.Join(err, st.Close())
		}
		state = out.State
		lines = nil
		for {
			b, err := st.Next(ctx)
			if err == io.EOF {
				break
			}
			if err != nil {
				return nil, errors.Join(err, st.Close())
			}
			b = b.Dense()
			for i := range b.N {
				var cells []string
				for _, c := range b.Columns {
					if c.IsNull(i) {
						cells = append(cells, "NULL")
					} else {
						cells = append(cells, string(batch.AppendText(nil, c, i, time.UTC)))
					}
				}
				lines = append(lines, strings.Join(cells, ","))
			}
		}
		if err := st.Close(); err != nil {
			return nil, err
		}
	}
	return lines, nil
}

func open(t *testing.T) *embed.Node {
	t.Helper()
	n, err := embed.Open(context.Background(), embed.Config{Warehouse: t.TempDir(), Scratch: t.TempDir(), Verify: true, Unsynced: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := n.Close(); err != nil {
			t.Error(err)
		}
	})
	return n
}

func TestStatements(t *testing.T) {
	n := open(t)
	for _, c := range []struct{ script, want string }{
		{"select 42", "42"},
		{"select 1 + 1 as a, 'x' || 'y' b, null c", "2,xy,NULL"},
		{"create table t (a bigint, b string) partitioned by (ds string)", ""},
		{"insert into t partition (ds='2024-01-01') values (1, 'one'), (2, 'two'); select a, b, ds from t order by a", "1,one,2024-01-01;2,two,2024-01-01"},
		{"insert into t partition (ds) select a + 10, b, '2024-01-02' from t; select count(*), sum(a) from t", "4,26"},
		{"show partitions t", "ds=2024-01-01;ds=2024-01-02"},
		{"insert overwrite table t partition (ds) select 100, 'new', '2024-01-02' from t limit 1; select a, ds from t order by a", "1,2024-01-01;2,2024-01-01;100,2024-01-02"},
		{"insert overwrite table t partition (ds='2024-01-01') select 7, 'seven' ; select a, ds from t order by a", "7,2024-01-01;100,2024-01-02"},
		{"create table u as select ds, count(*) c from t group by ds; select * from u order by ds", "2024-01-01,1;2024-01-02,1"},
		{"alter table t drop partition (ds='2024-01-02'); select count(*) from t", "1"},
		{"alter table t add columns (c double); select * from t", "7,seven,NULL,2024-01-01"},
		{"create view v as select a * 2 as twice from t; select twice from v", "14"},
		{"drop view v; drop table u; show tables", "t"},
		{"truncate table t; select count(*) from t", "0"},
		{"show partitions t", "ds=2024-01-01"},
	} {
		got, err := run(t, n, c.script)
		if err != nil {
			t.Fatalf("%s: %v", c.script, err)
		}
		if text := strings.Join(got, ";"); text != c.want {
			t.Errorf("%s\ngot  %s\nwant %s", c.script, text, c.want)
		}
	}
}

func TestStatementTimeout(t *testing.T) {
	n := open(t)
	_, err := run(t, n, "set bixi.statement.timeout=1us; select count(*) from (values (1)) a join (values (2)) b")
	if e := diag.Of(err); err == nil || e.Code != diag.CodeTimeout {
		t.Errorf("%v", err)
	}
}

func TestGuards(t *testing.T) {
	n := open(t)
	for _, c := range []struct {
		script string
		code   diag.Code
	}{
		{"set odps.sql.allow.cartesian=false; select * from (values (1), (2)) a(x), (values (2), (3)) b(y)", diag.CodeCartesian},
		{"create table p (a bigint) partitioned by (ds string); set odps.sql.allow.fullscan=false; select * from p", diag.CodeSemantic},
		{"set odps.sql.validate.orderby.limit=true; select 1 as a order by a", diag.CodeSemantic},
	} {
		_, err := run(t, n, c.script)
		var e *diag.Error
		if !errors.As(err, &e) || e.Code != c.code {
			t.Errorf("%s: %v", c.script, err)
		}
	}
}
