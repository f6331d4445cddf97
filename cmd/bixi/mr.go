package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/bixidata/bixi/cmd/bixi/console"
	"github.com/bixidata/bixi/server"
	"github.com/bixidata/bixi/sql/diag"
	"github.com/bixidata/bixi/worker/program"
)

const mrHelp = `Runs a MapReduce program: an executable, or a folder or file of Go source, which
is built first. The arguments go to the program; flags for it come after --.

Workers run the program themselves. With an --endpoint they have to be able to read
it: on another machine set BIXI_WAREHOUSE to the warehouse they share, through which
the program then travels; otherwise they take it from the path given.

The counters of the job are written to standard output. The exit status is 0 if the
job succeeded, 1 if it failed, 2 for a wrong command line, 130 after an interrupt,
which cancels the job.`

// newMRCommand makes the commands about MapReduce.
func newMRCommand(d doors) *cobra.Command {
	mr := &cobra.Command{
		Use: "mr", Short: "Run MapReduce programs", Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error { return usagef("a command is missing: run") },
	}
	var s session
	var progress bool
	run := &cobra.Command{
		Use: "run PROGRAM [args]", Short: "Run a MapReduce program", Long: mrHelp, Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return runMR(cmd.Context(), d, &s, progress, args[0], args[1:])
		},
	}
	s.addFlags(run)
	run.Flags().BoolVar(&progress, "progress", false, "show progress where standard error is no terminal")
	mr.AddCommand(run)
	return mr
}

func runMR(ctx context.Context, d doors, s *session, progress bool, path string, args []string) (err error) {
	state, err := s.state()
	if err != nil {
		return err
	}
	if err := s.settle(); err != nil {
		return err
	}
	ctx, stop := interruptible(ctx)
	defer stop()
	path, clean, err := executable(ctx, path)
	if err != nil {
		return err
	}
	defer clean()
	p, err := describe(ctx, path, args)
	if err != nil {
		return err
	}
	if share := os.Getenv("BIXI_WAREHOUSE"); s.endpoint != "" && share != "" {
		if p.Program.Path, err = upload(path, share, p.Program.Digest); err != nil {
			return err
		}
	}
	statements, closeEngine, err := s.open(ctx, d)
	if err != nil {
		return err
	}
	c := &console.Console{
		Statements: statements, State: state, User: userName(), Out: os.Stdout, Err: os.Stderr,
		Terminal: isTerminal(os.Stderr), Progress: progress,
	}
	return errors.Join(c.Program(ctx, p), closeEngine())
}

// describe asks the program for its job.
func describe(ctx context.Context, path string, args []string) (server.Program, error) {
	prog, spec, err := program.New().Describe(ctx, path, args)
	return server.Program{Program: prog, Spec: spec}, err
}

// executable gives the absolute path of a program, which it builds if it is source.
// clean removes what was built.
func executable(ctx context.Context, path string) (abs string, clean func(), err error) {
	clean = func() {}
	st, err := os.Stat(path)
	if err != nil {
		return "", clean, diag.Errorf(diag.CodeMRResource, diag.Pos{}, "there is no program %s", path).WithCause(err)
	}
	if abs, err = filepath.Abs(path); err != nil {
		return "", clean, err
	}
	if !st.IsDir() && !strings.HasSuffix(path, ".go") {
		return abs, clean, nil
	}
	dir, err := os.MkdirTemp("", "bixi-mr-")
	if err != nil {
		return "", clean, err
	}
	clean = func() { _ = os.RemoveAll(dir) } // temporary: the system removes it at last
	out := filepath.Join(dir, strings.TrimSuffix(filepath.Base(abs), ".go"))
	build := exec.CommandContext(ctx, "go", "build", "-o", out, ".")
	build.Dir = abs
	if !st.IsDir() {
		build.Dir = filepath.Dir(abs)
		build.Args[len(build.Args)-1] = filepath.Base(abs)
	}
	if text, err := build.CombinedOutput(); err != nil {
		clean()
		return "", func() {}, diag.Errorf(diag.CodeMRResource, diag.Pos{}, "%s cannot be built:\n%s", path, strings.TrimSpace(string(text))).WithCause(err)
	}
	return out, clean, nil
}

// resources is the folder of a warehouse through which programs travel.
const resources = ".resources"

// upload copies a program into a warehouse, in a folder of its digest, unless it is
// there.
func upload(path, warehouse, digest string) (string, error) {
	dir, err := filepath.Abs(filepath.Join(warehouse, resources, digest))
	if err != nil {
		return "", err
	}
	to := filepath.Join(dir, filepath.Base(path))
	if _, err := os.Stat(to); err == nil {
		return to, nil
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", fmt.Errorf("uploading the program: %w", err)
	}
	if err := copyProgram(path, dir, to); err != nil {
		return "", fmt.Errorf("uploading the program: %w", err)
	}
	return to, nil
}

// copyProgram copies the file so that it appears whole or not at all.
func copyProgram(path, dir, to string) (err error) {
	in, err := os.Open(path)
	if err != nil {
		return err
	}
	defer in.Close()
	tmp, err := os.CreateTemp(dir, ".upload-")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = os.Remove(tmp.Name())
		}
	}()
	_, err = io.Copy(tmp, in)
	if err := errors.Join(err, tmp.Chmod(0o755), tmp.Close()); err != nil {
		return err
	}
	return os.Rename(tmp.Name(), to)
}
