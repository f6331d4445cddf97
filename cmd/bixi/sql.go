package main

import (
	"context"
	"errors"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/mattn/go-isatty"
	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/bixidata/bixi/cmd/bixi/console"
	"github.com/bixidata/bixi/server/format"
	"github.com/bixidata/bixi/sql/diag"
)

const sqlHelp = `Runs SQL statements: those of -e, of a file, or of standard input; from a
terminal, those that are typed. Statements end with a semicolon. A script stops
at the first statement that fails.

Results go to standard output, everything else to standard error. With --format
csv there is a header and rows and nothing else: NULL is an empty field, an empty
string is "".

The exit status is 0 if all statements succeeded, 1 if one failed, 2 for a wrong
command line, 130 after an interrupt, which cancels the running statement.`

type sqlFlags struct {
	session
	text     string
	file     string
	format   string
	progress bool
	profile  string
}

func newSQLCommand(d doors) *cobra.Command {
	var f sqlFlags
	cmd := &cobra.Command{
		Use:   "sql [-e STATEMENTS | -f FILE]",
		Short: "Run SQL statements, or type them",
		Long:  sqlHelp,
		Args:  cobra.NoArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return runSQL(cmd, d, f) },
	}
	f.addFlags(cmd)
	cmd.Flags().StringVarP(&f.text, "execute", "e", "", "statements to run")
	cmd.Flags().StringVarP(&f.file, "file", "f", "", "file of statements to run; - is standard input")
	cmd.Flags().StringVar(&f.format, "format", string(format.Table), "form of results: table, csv or json")
	cmd.Flags().BoolVar(&f.progress, "progress", false, "show progress where standard error is no terminal")
	cmd.Flags().StringVar(&f.profile, "profile", "", profileHelp)
	return cmd
}

func runSQL(cmd *cobra.Command, d doors, f sqlFlags) (err error) {
	form, err := format.ParseKind(f.format)
	if err != nil {
		return usageError{err}
	}
	state, err := f.state()
	if err != nil {
		return err
	}
	if err := f.settle(); err != nil {
		return err
	}
	script, interactive, err := f.script(cmd)
	if err != nil {
		return err
	}
	endProfile, err := startProfile(f.profile)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, endProfile()) }()
	ctx, stop := interruptible(cmd.Context())
	if interactive {
		stop()
		// While statements are typed an interrupt is a key; while they run it ends
		// them, not the session.
		ctx, stop = signal.NotifyContext(cmd.Context(), syscall.SIGTERM)
	}
	defer stop()
	statements, closeEngine, err := f.open(ctx, d)
	if err != nil {
		return err
	}
	c := &console.Console{
		Statements: statements, State: state, User: userName(), Form: form, Out: os.Stdout, Err: os.Stderr,
		Terminal: isTerminal(os.Stderr), Progress: f.progress,
	}
	if width, _, err := term.GetSize(int(os.Stderr.Fd())); err == nil {
		c.Width = width
	}
	if interactive {
		err = c.Interactive(ctx, console.HistoryFile(os.Getenv))
	} else {
		err = c.Script(ctx, script)
	}
	return errors.Join(err, closeEngine())
}

// script gives the statements to run, unless they are to be typed.
func (f *sqlFlags) script(cmd *cobra.Command) (text string, interactive bool, err error) {
	given := cmd.Flags().Changed
	switch {
	case given("execute") && given("file"):
		return "", false, usagef("-e and -f exclude each other")
	case given("execute"):
		return f.text, false, nil
	case given("file") && f.file != "-":
		data, err := os.ReadFile(f.file)
		if err != nil {
			return "", false, usageError{err}
		}
		return string(data), false, nil
	case !given("file") && isTerminal(os.Stdin):
		return "", true, nil
	}
	data, err := readAll(cmd.Context(), os.Stdin)
	return string(data), false, err
}

// readAll reads a script from a stream.
func readAll(ctx context.Context, in io.Reader) ([]byte, error) {
	data, err := io.ReadAll(in)
	if err != nil {
		return nil, diag.Errorf(diag.CodeStorage, diag.Pos{}, "reading standard input").WithCause(err)
	}
	return data, ctx.Err()
}

func isTerminal(f *os.File) bool { return isatty.IsTerminal(f.Fd()) }
