package program

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"time"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/mapreduce/program"
	"github.com/bixidata/bixi/planner/physical"
	"github.com/bixidata/bixi/sql/diag"
	"github.com/bixidata/bixi/sql/types"
)

// Describe runs an executable for its job's description and gives the program as
// plans name it.
func (p *Programs) Describe(ctx context.Context, path string, args []string) (physical.Program, program.Spec, error) {
	prog := physical.Program{Path: path, Args: args}
	var err error
	if prog.Digest, err = p.digest(path); err != nil {
		return prog, program.Spec{}, err
	}
	pr, err := launch(ctx, prog)
	if err != nil {
		return prog, program.Spec{}, err
	}
	spec, err := program.Describe(pr.from, pr.to)
	err = pr.explain(err)
	pr.end()
	prog.Name = spec.Name
	return prog, spec, err
}

// start runs a side of an executable.
func (p *Programs) start(ctx context.Context, prog physical.Program, side program.Side, out []types.Type) (*process, error) {
	digest, err := p.digest(prog.Path)
	if err != nil {
		return nil, err
	}
	if prog.Digest != "" && digest != prog.Digest {
		return nil, diag.Errorf(diag.CodeMRResource, diag.Pos{}, "the program %s is not the one that was submitted: its SHA-256 is %.12s…, not %.12s…", prog.Path, digest, prog.Digest)
	}
	pr, err := launch(ctx, prog)
	if err != nil {
		return nil, err
	}
	if pr.Remote, err = program.Connect(pr.from, pr.to, side, out); err != nil {
		err = pr.explain(err)
		pr.end()
		return nil, err
	}
	return pr, nil
}

// process is a side of a program that runs in a process of its own. Its owner is
// the operator that closes it; the end of the context kills it.
type process struct {
	*program.Remote
	ctx      context.Context
	cmd      *exec.Cmd
	to, from *os.File // this process's ends of the pipes
	stderr   tail
	waited   bool
	err      error // of waiting
}

// killPatience is how long what a killed program left behind may hold its streams.
const killPatience = 2 * time.Second

// launch starts the program's process.
func launch(ctx context.Context, prog physical.Program) (*process, error) {
	theirIn, to, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	from, theirOut, err := os.Pipe()
	if err != nil {
		return nil, errors.Join(err, theirIn.Close(), to.Close())
	}
	p := &process{ctx: ctx, to: to, from: from}
	p.cmd = exec.CommandContext(ctx, prog.Path, prog.Args...)
	p.cmd.ExtraFiles = []*os.File{theirIn, theirOut} // program.FDIn, program.FDOut
	p.cmd.Env = environment()
	p.cmd.Stdout, p.cmd.Stderr = &p.stderr, &p.stderr
	p.cmd.WaitDelay = killPatience
	err = p.cmd.Start()
	_, _ = theirIn.Close(), theirOut.Close()
	if err != nil {
		_, _ = to.Close(), from.Close()
		return nil, diag.Errorf(diag.CodeMRResource, diag.Pos{}, "the program %s cannot be run", prog.Path).WithCause(err).
			WithHint("it has to be an executable for this machine that every worker can read")
	}
	return p, nil
}

// environment is what a program is told of its surroundings: nothing of the worker's
// own configuration.
func environment() []string {
	env := []string{program.EnvServe + "=serve"}
	for _, name := range []string{"PATH", "HOME", "TMPDIR", "TZ", "LANG", "GOMEMLIMIT", "GOCOVERDIR"} {
		if v, ok := os.LookupEnv(name); ok {
			env = append(env, name+"="+v)
		}
	}
	return env
}

func (p *process) Push(ctx context.Context, b *batch.Batch) error {
	return p.explain(p.Remote.Push(ctx, b))
}

func (p *process) Pull(ctx context.Context) (*batch.Batch, error) {
	b, err := p.Remote.Pull(ctx)
	return b, p.explain(err)
}

// Close ends the process if it runs and waits for it.
func (p *process) Close() error {
	p.end()
	return nil
}

func (p *process) end() {
	_, _ = p.to.Close(), p.from.Close()
	if !p.waited {
		_ = p.cmd.Process.Kill() // fails only if it has ended
		p.wait()
	}
}

func (p *process) wait() {
	p.waited, p.err = true, p.cmd.Wait()
}

// explain says why a conversation broke: the program's own errors stay as they are.
func (p *process) explain(err error) error {
	var told *diag.Error
	if err == nil || err == io.EOF || errors.As(err, &told) {
		return err
	}
	if cause := context.Cause(p.ctx); cause != nil {
		return cause
	}
	_, _ = p.to.Close(), p.from.Close()
	if !p.waited {
		// It has most likely ended; if not, it is told so.
		kill := time.AfterFunc(killPatience, func() { _ = p.cmd.Process.Kill() })
		p.wait()
		kill.Stop()
	}
	if cause := context.Cause(p.ctx); cause != nil {
		return cause
	}
	how := "ended without finishing its task"
	if p.err != nil {
		how = "broke down (" + p.err.Error() + ")"
	}
	if text := p.stderr.text(); text != "" {
		how += ":\n" + text
	} else {
		how += fmt.Sprintf(": %v", err)
	}
	return diag.Errorf(diag.CodeMRUser, diag.Pos{}, "the program %s %s", p.cmd.Path, how).
		WithHint("a program's main function has to call mapreduce.Main")
}

// fileID recognises an executable that has been read before.
type fileID struct {
	path  string
	size  int64
	mtime time.Time
}

// digest is the SHA-256 of an executable, in hexadecimal digits.
func (p *Programs) digest(path string) (string, error) {
	missing := func(err error) error {
		return diag.Errorf(diag.CodeMRResource, diag.Pos{}, "the program %s cannot be read", path).WithCause(err)
	}
	st, err := os.Stat(path)
	if err != nil {
		return "", missing(err)
	}
	if st.IsDir() || st.Mode().Perm()&0o111 == 0 {
		return "", diag.Errorf(diag.CodeMRResource, diag.Pos{}, "the program %s is not an executable file", path)
	}
	id := fileID{path, st.Size(), st.ModTime()}
	p.mu.Lock()
	known := p.mu.digests[id]
	p.mu.Unlock()
	if known != "" {
		return known, nil
	}
	f, err := os.Open(path)
	if err != nil {
		return "", missing(err)
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", missing(err)
	}
	known = hex.EncodeToString(h.Sum(nil))
	p.mu.Lock()
	p.mu.digests[id] = known
	p.mu.Unlock()
	return known, nil
}

// tail keeps the end of what a program writes to its standard streams. It is
// written by one goroutine, which has ended when text is called.
type tail struct{ buf []byte }

const tailBytes = 4 << 10

func (t *tail) Write(p []byte) (int, error) {
	t.buf = append(t.buf, p...)
	if n := len(t.buf) - tailBytes; n > 0 {
		t.buf = append(t.buf[:0], t.buf[n:]...)
	}
	return len(p), nil
}

func (t *tail) text() string { return strings.TrimSpace(string(t.buf)) }
