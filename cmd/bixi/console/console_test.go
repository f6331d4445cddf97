package console

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/bixidata/bixi/server"
	"github.com/bixidata/bixi/server/format"
	"github.com/bixidata/bixi/sql/diag"
)

type screen struct {
	Console
	fake     *fake
	out, err bytes.Buffer
}

func newScreen() *screen {
	s := &screen{fake: &fake{}}
	s.Console = Console{Statements: s.fake, State: server.State{Project: "p"}, Form: format.CSV, Out: &s.out, Err: &s.err}
	return s
}

func (s *screen) check(t *testing.T, out, err string) {
	t.Helper()
	if got := s.out.String(); got != out {
		t.Errorf("out %q, want %q", got, out)
	}
	if got := s.err.String(); got != err {
		t.Errorf("err %q, want %q", got, err)
	}
}

func TestScript(t *testing.T) {
	s := newScreen()
	if err := s.Script(context.Background(), "select 1; -- a;b\n use q;\nselect ';' as x; insert into t values (1)"); err != nil {
		t.Fatal(err)
	}
	s.check(t, "v\np|select 1\nv\nq|select ';' as x\n", "")
	if s.State.Project != "q" {
		t.Errorf("state %+v", s.State)
	}
}

func TestScriptStopsAndPoints(t *testing.T) {
	for _, c := range []struct{ script, message string }{
		{"select bad", "FAILED: ODPS-0130071:[1,8] Semantic analysis exception - there is no column bad\n  select bad\n         ^\n  hint: did you mean good?\n"},
		{"select 1; select bad; select 2", "FAILED: ODPS-0130071:[1,18] Semantic analysis exception - there is no column bad\n" +
			"  select 1; select bad; select 2\n                   ^\n  hint: did you mean good?\n"},
		{"select 1;\n\n  select 1,\n   bad;\nselect 2", "FAILED: ODPS-0130071:[4,4] Semantic analysis exception - there is no column bad\n     bad;\n     ^\n  hint: did you mean good?\n"},
		{"select 1;\n selec 2", "FAILED: ODPS-0130161:[2,2] Parse exception - "},
	} {
		s := newScreen()
		if err := s.Script(context.Background(), c.script); !errors.Is(err, ErrFailed) {
			t.Errorf("%q: %v", c.script, err)
		}
		if got := s.err.String(); !strings.HasPrefix(got, c.message) {
			t.Errorf("%q:\n%s\nwant\n%s", c.script, got, c.message)
		}
		if slices.Contains(s.fake.texts, "select 2") {
			t.Errorf("%q went on", c.script)
		}
	}
}

func TestScriptInterrupted(t *testing.T) {
	s := newScreen()
	s.fake.waiting = make(chan struct{}, 1)
	ctx, cancel := context.WithCancel(context.Background())
	go func() {
		<-s.fake.waiting
		cancel()
	}()
	if err := s.Script(ctx, "select wait; select 2"); !errors.Is(err, ErrInterrupted) {
		t.Error(err)
	}
	if len(s.fake.texts) != 1 {
		t.Errorf("ran %q", s.fake.texts)
	}
	s.check(t, "", "")
}

func TestRemarks(t *testing.T) {
	const script = "select 1; set a=b; insert into t values (1)"
	for name, c := range map[string]struct {
		terminal, progress bool
		want               string
	}{
		"none":     {false, false, ""},
		"progress": {false, true, "WARNING: mind the gap\n"},
		"terminal": {true, false, "OK (1 row, 1.5s)\nOK (1.5s)\nWARNING: mind the gap\nOK (1,234 rows written, 1.5s)\n"},
	} {
		s := newScreen()
		s.Terminal, s.Progress = c.terminal, c.progress
		if err := s.Script(context.Background(), script); err != nil {
			t.Fatal(err)
		}
		if got := s.err.String(); got != c.want {
			t.Errorf("%s: %q", name, got)
		}
	}
}

// TestDraw watches a statement on a terminal: the picture appears, is redrawn in
// place and is gone at the end.
func TestDraw(t *testing.T) {
	s := newScreen()
	s.Terminal = true
	ctx, cancel := context.WithCancel(context.Background())
	s.fake.waiting = make(chan struct{})
	go func() {
		for range 2 { // Wait is called again after each picture
			<-s.fake.waiting
		}
		cancel()
	}()
	if err := s.Script(ctx, "select wait"); !errors.Is(err, ErrInterrupted) {
		t.Error(err)
	}
	const picture = "running [=========---------------]  40% 2.0s\n" +
		"  STAGE   TOTAL RUNNING    DONE            ROWS\n" +
		"  M1          8       2       4       1,234,567\n" +
		"  R2_1        2       0       0               0\n"
	const erase = "\x1b[4A\x1b[J"
	if rest := strings.ReplaceAll(s.err.String(), picture+erase, ""); rest != "" || s.err.Len() == 0 {
		t.Errorf("got %q", s.err.String())
	}
}

func TestLine(t *testing.T) {
	if got := Line((*fakeStatement)(nil).Progress()); got != "M1:2/4/8[50%]  R2_1:0/0/2[0%]" {
		t.Error(got)
	}
}

func TestShiftKeepsTheRest(t *testing.T) {
	err := Shift(fmt.Errorf("around: %w", diag.Errorf(diag.CodeCast, diag.Pos{}, "m").WithHint("h")), diag.Pos{Line: 4, Col: 2})
	if e := diag.Of(err); e.Pos.IsValid() || e.Hint != "h" || e.Error() != "ODPS-0123091: Illegal cast - around: m" {
		t.Errorf("%+v", e)
	}
	if e := Shift(errors.New("plain"), diag.Pos{}); e.Error() != "ODPS-0010000: System internal error - plain" {
		t.Error(e)
	}
}

func TestComplete(t *testing.T) {
	for text, want := range map[string]bool{
		"": true, "  ": true, "quit": true, "EXIT;": true, "help": true, "select 1": false, "select 1;": true,
		"select ';": false, "select 1; select": false, "select 1; -- x": true, "select /* ;": false,
	} {
		if got := complete(text); got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
}

func TestTableNames(t *testing.T) {
	s := newScreen()
	d := &completer{console: &s.Console, ctx: context.Background()}
	if got := d.tables(); !slices.Equal(got, []string{"orders", "outlets"}) {
		t.Errorf("%q", got)
	}
	if got := startingWith("OR", []string{"orders", "outlets", "or"}); !slices.Equal(got, []string{"orders", "or"}) {
		t.Errorf("%q", got)
	}
}

func TestThousands(t *testing.T) {
	for n, want := range map[int64]string{0: "0", 999: "999", 1000: "1,000", -1000: "-1,000", -999: "-999", 1234567: "1,234,567"} {
		if got := thousands(n); got != want {
			t.Errorf("%d: %s", n, got)
		}
	}
}
