package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"os/user"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/bixidata/bixi/cmd/bixi/console"
	"github.com/bixidata/bixi/server"
	"github.com/bixidata/bixi/sql/diag"
)

// The exit statuses, on which scripts rely.
const (
	exitOK          = 0
	exitFailed      = 1 // a statement failed
	exitUsage       = 2
	exitInterrupted = 130
)

// doors are what the commands stand on: an engine in this process, and the
// processes of a cluster. Tests put others in place.
type doors struct {
	// open makes an engine in this process. The function it gives closes it.
	open func(ctx context.Context, c engineConfig) (server.Statements, func() error, error)
	// serve, master and worker run until ctx ends.
	serve  func(ctx context.Context, c serveConfig) error
	master func(ctx context.Context, c serveConfig) error
	worker func(ctx context.Context, c workerConfig) error
	// commands are those that are made elsewhere (bench, mr, demo).
	commands []*cobra.Command
}

// engineConfig says where an engine has its tables.
type engineConfig struct {
	Warehouse string
	// Settings are those given on the command line: the process's own limits
	// follow them.
	Settings map[string]string
}

// usageError is a mistake in the command line.
type usageError struct{ error }

func usagef(format string, args ...any) error { return usageError{fmt.Errorf(format, args...)} }

// run carries out a command line and gives the exit status.
func run(ctx context.Context, args []string, d doors) int {
	root := newRoot(d)
	root.SetArgs(args)
	started := false
	root.PersistentPreRun = func(*cobra.Command, []string) { started = true }
	cmd, err := root.ExecuteContextC(ctx)
	var usage usageError
	switch {
	case err == nil:
		return exitOK
	case !started || errors.As(err, &usage):
		fmt.Fprintf(os.Stderr, "bixi: %v\nRun '%s --help' for usage.\n", err, cmd.CommandPath())
		return exitUsage
	case errors.Is(err, console.ErrInterrupted) || errors.Is(err, context.Canceled):
		return exitInterrupted
	case errors.Is(err, console.ErrFailed):
		return exitFailed // has been told
	}
	fmt.Fprintln(os.Stderr, diag.Render(console.Shift(err, diag.Pos{}), ""))
	return exitFailed
}

func newRoot(d doors) *cobra.Command {
	root := &cobra.Command{
		Use:           "bixi",
		Short:         "A batch data engine: SQL and MapReduce over partitioned tables",
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			_ = cmd.Help()
			return usagef("a command is missing")
		},
	}
	root.CompletionOptions.HiddenDefaultCmd = true
	root.AddCommand(newSQLCommand(d), newTableCommand(d), newMRCommand(d), newJobCommand(), newVersionCommand(), newDemoCommand(d), newBenchCommand(d.open))
	root.AddCommand(newProcessCommands(d)...)
	root.AddCommand(d.commands...)
	return root
}

// session is how a command reaches an engine: the flags that all such commands
// have.
type session struct {
	warehouse string
	endpoint  string
	project   string
	settings  []string
}

func (s *session) addFlags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVar(&s.warehouse, "warehouse", "", "directory of the tables (default $BIXI_WAREHOUSE or ./bixi-data)")
	f.StringVar(&s.endpoint, "endpoint", "", "host:port of a server to use instead (default $BIXI_ENDPOINT)")
	f.StringVar(&s.project, "project", "default", "project")
	f.StringArrayVar(&s.settings, "set", nil, "setting of the session, as name=value")
}

// settle takes from the environment what the flags leave open. A flag for the
// one place of tables is stronger than a variable for the other.
func (s *session) settle() error {
	if s.warehouse != "" && s.endpoint != "" {
		return usagef("--warehouse and --endpoint exclude each other")
	}
	if s.warehouse == "" && s.endpoint == "" {
		s.endpoint = os.Getenv("BIXI_ENDPOINT")
	}
	if s.warehouse == "" {
		if s.warehouse = os.Getenv("BIXI_WAREHOUSE"); s.warehouse == "" {
			s.warehouse = "bixi-data"
		}
	}
	return nil
}

// state is the session's state at its beginning.
func (s *session) state() (server.State, error) {
	st := server.State{Project: strings.ToLower(s.project), Settings: map[string]string{}}
	for _, pair := range s.settings {
		k, v, found := strings.Cut(pair, "=")
		if k = strings.TrimSpace(k); !found || k == "" {
			return st, usagef("--set takes name=value, not %q", pair)
		}
		st.Settings[k] = strings.TrimSpace(v)
	}
	return st, nil
}

// open makes the engine, or the way to it.
func (s *session) open(ctx context.Context, d doors) (server.Statements, func() error, error) {
	if s.endpoint != "" {
		c, err := server.NewClient(s.endpoint)
		if err != nil {
			return nil, nil, err
		}
		return c, c.Close, nil
	}
	if d.open == nil {
		return nil, nil, usagef("this program has no engine of its own: give --endpoint")
	}
	st, err := s.state()
	if err != nil {
		return nil, nil, err
	}
	return d.open(ctx, engineConfig{Warehouse: s.warehouse, Settings: st.Settings})
}

// userName is who submits statements.
func userName() string {
	if u, err := user.Current(); err == nil {
		return u.Username
	}
	return os.Getenv("USER")
}

// interruptible ends the context at the first interrupt; a second one ends the
// process.
func interruptible(ctx context.Context) (context.Context, context.CancelFunc) {
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop)
	return ctx, stop
}
