package console

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/creack/pty"
	"go.uber.org/goleak"

	"github.com/bixidata/bixi/server"
	"github.com/bixidata/bixi/server/format"
)

// childHistory, if set, makes this binary a console on its terminal.
const childHistory = "BIXI_TEST_HISTORY"

func TestMain(m *testing.M) {
	if history := os.Getenv(childHistory); history != "" {
		c := Console{
			Statements: &fake{}, State: server.State{Project: "p"}, Form: format.Table, Out: os.Stdout, Err: os.Stderr, Terminal: true,
		}
		if err := c.Interactive(context.Background(), history); err != nil {
			fmt.Println("ended:", err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	goleak.VerifyTestMain(m)
}

// terminal is a console at work on a pseudo-terminal.
type terminal struct {
	t      *testing.T
	cmd    *exec.Cmd
	pty    *os.File
	output chan string // what has been written, without escape sequences
	seen   string      // not yet asked for
}

func newTerminal(t *testing.T, history string) *terminal {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), childHistory+"="+history, "TERM=xterm", "INPUTRC=/dev/null")
	f, err := pty.StartWithSize(cmd, &pty.Winsize{Rows: 40, Cols: 120})
	if err != nil {
		t.Fatal(err)
	}
	term := &terminal{t: t, cmd: cmd, pty: f, output: make(chan string, 1)}
	go term.read()
	t.Cleanup(func() {
		f.Close()
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		for range term.output { // until read has ended
		}
	})
	return term
}

var escapes = regexp.MustCompile("\x1b\\[[0-9;?]*[ -/]*[@-~]|\x1b[=>]|\r")

func (x *terminal) read() {
	defer close(x.output)
	buf := make([]byte, 4096)
	for {
		n, err := x.pty.Read(buf)
		if err != nil {
			return
		}
		x.output <- escapes.ReplaceAllString(string(buf[:n]), "")
	}
}

func (x *terminal) send(text string) {
	x.t.Helper()
	if _, err := x.pty.WriteString(text); err != nil {
		x.t.Fatal(err)
	}
}

// expect waits until the console has written text, and forgets all before.
func (x *terminal) expect(text string) {
	x.t.Helper()
	late := time.After(10 * time.Second)
	for {
		if i := strings.Index(x.seen, text); i >= 0 {
			x.seen = x.seen[i+len(text):]
			return
		}
		select {
		case more, ok := <-x.output:
			if !ok {
				x.t.Fatalf("the console ended; %q was expected in %q", text, x.seen)
			}
			x.seen += more
		case <-late:
			x.t.Fatalf("%q was expected in %q", text, x.seen)
		}
	}
}

func (x *terminal) ended() {
	x.t.Helper()
	for range x.output {
	}
	if err := x.cmd.Wait(); err != nil {
		x.t.Error(err)
	}
}

const ctrlC, ctrlD = "\x03", "\x04"

func TestInteractive(t *testing.T) {
	history := filepath.Join(t.TempDir(), "data", "history")
	x := newTerminal(t, history)
	x.expect("bixi:p> ")
	x.send("select\r")
	x.expect("-> ")
	x.send("1;\r")
	x.expect("| v          |")
	x.expect("| p|select\n1 |")
	x.expect("OK (1 row, 1.5s)")
	x.expect("bixi:p> ")

	x.send("use q;\r")
	x.expect("OK (1.5s)")
	x.expect("bixi:q> ")

	x.send("select bad;\r")
	x.expect("FAILED: ODPS-0130071:[1,8]")
	x.expect("hint: did you mean good?")
	x.expect("bixi:q> ")

	x.send("select 'never finish")
	x.expect("never finish")
	x.send(ctrlC)
	x.expect("\nbixi:q> ")

	x.send("select wait;\r")
	x.expect("running [====")
	x.send(ctrlC)
	x.expect("cancelled")
	x.expect("bixi:q> ")

	x.send("help;\r")
	x.expect("Statements end with a semicolon")
	x.expect("bixi:q> ")
	x.send(ctrlD)
	x.ended()

	kept, err := os.ReadFile(history)
	if err != nil || !strings.Contains(string(kept), "use q;") {
		t.Errorf("history %q, %v", kept, err)
	}
}

func TestInteractiveQuit(t *testing.T) {
	history := filepath.Join(t.TempDir(), "history")
	if err := os.WriteFile(history, []byte(`{"datetime":"2024-01-01T00:00:00Z","block":"select 'of old';"}`+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	x := newTerminal(t, history)
	x.expect("bixi:p> ")
	x.send("\x1b[A") // the key up: the last statement
	x.expect("of old")
	x.send("\r")
	x.expect("| p|select 'of old' |")
	x.expect("bixi:p> ")
	x.send("select 1; quit; select 2;\r")
	x.expect("| p|select 1 |")
	x.ended()
}

// A script that is typed ends with an empty line.
func TestInteractiveScript(t *testing.T) {
	x := newTerminal(t, filepath.Join(t.TempDir(), "history"))
	x.expect("bixi:p> ")
	x.send("set odps.sql.submit.mode=script;\r")
	x.expect("bixi:p script> ")
	x.send("@a := select 1;\r")
	x.expect("-> ")
	x.send("select * from @a;\r")
	x.expect("-> ")
	x.send("\r")
	x.expect("| script @a := select 1;|select * from @a; |")
	x.expect("bixi:p script> ")
	x.send("select bad\r\r;\r\r") // an empty line inside a statement ends nothing
	x.expect("FAILED: ODPS-0130071:[1,8]")
	x.expect("bixi:p script> ")
	x.send("help\r")
	x.expect("lines up to an empty one")
	x.expect("bixi:p script> ")
	x.send("set odps.sql.submit.mode=sql;\r\r")
	x.expect("bixi:p> ")
	x.send("select 1; quit;\r")
	x.expect("| p|select 1 |")
	x.ended()
}
