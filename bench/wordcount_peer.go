package bench

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// coreutils counts words as a shell would: tr, sort and uniq on a text file, by
// bytes (LC_ALL=C).
type coreutils struct {
	dir     string // for sort's temporary files and the answer
	plain   string
	threads int
	version string
}

func openCoreutils(ctx context.Context, o *Options, t *corpus, dir string) (counter, error) {
	out, err := exec.CommandContext(ctx, "sort", "--version").Output()
	if err != nil {
		return nil, fmt.Errorf("the peer coreutils: %w", err)
	}
	first, _, _ := strings.Cut(string(out), "\n")
	fields := strings.Fields(first)
	if len(fields) == 0 {
		return nil, errors.New("the peer coreutils: sort does not tell its version")
	}
	return &coreutils{dir: dir, plain: t.plain, threads: o.Threads, version: fields[len(fields)-1]}, nil
}

func (c *coreutils) Name() string    { return "coreutils" }
func (c *coreutils) Version() string { return c.version }
func (c *coreutils) Close() error    { return nil }

func (c *coreutils) answer() string { return filepath.Join(c.dir, "counts.txt") }

// Count runs the pipeline. What it writes takes the place of the last answer.
func (c *coreutils) Count(ctx context.Context) (time.Duration, error) {
	in, err := os.Open(c.plain)
	if err != nil {
		return 0, err
	}
	defer in.Close()
	out, err := os.Create(c.answer())
	if err != nil {
		return 0, err
	}
	start := time.Now()
	err = pipeline(in, out,
		c.command(ctx, "tr", "-s", " ", `\n`),
		c.command(ctx, "sort", "--parallel="+strconv.Itoa(c.threads), "-T", c.dir),
		c.command(ctx, "uniq", "-c"))
	return time.Since(start), errors.Join(err, out.Close())
}

func (c *coreutils) command(ctx context.Context, name string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Env = append(os.Environ(), "LC_ALL=C")
	return cmd
}

// pipeline runs commands of which each reads what the one before writes, and waits
// for all of them.
func pipeline(in, out *os.File, cmds ...*exec.Cmd) error {
	var ends []*os.File // ours of the pipes
	defer func() {
		for _, f := range ends {
			_ = f.Close() // the commands have their own
		}
	}()
	cmds[0].Stdin, cmds[len(cmds)-1].Stdout = in, out
	for i := range cmds[1:] {
		r, w, err := os.Pipe()
		if err != nil {
			return err
		}
		ends = append(ends, r, w)
		cmds[i].Stdout, cmds[i+1].Stdin = w, r
	}
	var errs []error
	started := 0
	for _, cmd := range cmds {
		if err := cmd.Start(); err != nil {
			errs = append(errs, err)
			break
		}
		started++
	}
	// Closed before waiting: a command ends when nobody else holds its pipe.
	for _, f := range ends {
		_ = f.Close()
	}
	ends = nil
	for _, cmd := range cmds[:started] {
		if err := cmd.Wait(); err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", cmd.Args[0], err))
		}
	}
	return errors.Join(errs...)
}

// Answer reads what the last run wrote.
func (c *coreutils) Answer(context.Context) (map[string]int64, error) {
	f, err := os.Open(c.answer())
	if err != nil {
		return nil, err
	}
	defer f.Close()
	counts := map[string]int64{}
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		n, word, _ := bytes.Cut(bytes.TrimLeft(lines.Bytes(), " "), []byte(" "))
		if counts[string(word)], err = strconv.ParseInt(string(n), 10, 64); err != nil {
			return nil, fmt.Errorf("reading what uniq wrote: %w", err)
		}
	}
	return counts, lines.Err()
}
