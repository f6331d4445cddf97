package operator

import (
	"context"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"time"
)

// scriptPatience is how long what a script left behind may hold its streams.
const scriptPatience = 2 * time.Second

// scriptProcess is a running script and the two goroutines that move its bytes.
// Its owner ends it with wait or kill, which both wait for the goroutines.
type scriptProcess struct {
	cmd    *exec.Cmd
	cancel context.CancelFunc
	in     chan []byte // to the standard input; closed by closeInput
	out    chan []byte // from the standard output; closed at its end
	stop   chan struct{}
	moving sync.WaitGroup
	stderr scriptTail

	inputClosed, waited bool
}

func startScript(ctx context.Context, words []string) (*scriptProcess, error) {
	ctx, cancel := context.WithCancel(ctx)
	p := &scriptProcess{cancel: cancel, in: make(chan []byte), out: make(chan []byte), stop: make(chan struct{})}
	p.cmd = exec.CommandContext(ctx, words[0], words[1:]...)
	p.cmd.Env = scriptEnvironment()
	p.cmd.Stderr = &p.stderr
	p.cmd.WaitDelay = scriptPatience
	stdin, err := p.cmd.StdinPipe()
	if err == nil {
		var stdout io.ReadCloser
		if stdout, err = p.cmd.StdoutPipe(); err == nil {
			if err = p.cmd.Start(); err == nil {
				p.moving.Go(func() { p.write(stdin) })
				p.moving.Go(func() { p.read(stdout) })
				return p, nil
			}
		}
	}
	cancel()
	return nil, err
}

// scriptEnvironment is what a script is told of its surroundings: nothing of the
// worker's own configuration.
func scriptEnvironment() []string {
	env := []string{}
	for _, name := range []string{"PATH", "HOME", "TMPDIR", "TZ", "LANG"} {
		if v, ok := os.LookupEnv(name); ok {
			env = append(env, name+"="+v)
		}
	}
	return env
}

// write moves bytes to the script. One that reads no more is not wrong: how it ends
// decides.
func (p *scriptProcess) write(to io.WriteCloser) {
	var err error
	for chunk := range p.in {
		if err == nil {
			_, err = to.Write(chunk)
		}
	}
	_ = to.Close()
}

// read moves bytes from the script until it closes its output or nobody listens.
func (p *scriptProcess) read(from io.Reader) {
	defer close(p.out)
	for {
		buf := make([]byte, 64<<10)
		n, err := from.Read(buf)
		if n > 0 {
			select {
			case p.out <- buf[:n]:
			case <-p.stop:
				return
			}
		}
		if err != nil {
			return
		}
	}
}

// closeInput tells the script that there is no more.
func (p *scriptProcess) closeInput() {
	if !p.inputClosed {
		p.inputClosed = true
		close(p.in)
	}
}

// wait waits for the end of a script whose output has been read and whose input is
// closed, and says how it ended.
func (p *scriptProcess) wait() error {
	p.waited = true
	err := p.cmd.Wait() // closes the pipes, which ends the goroutines
	p.moving.Wait()
	p.cancel()
	return err
}

// kill ends a script that has not been waited for.
func (p *scriptProcess) kill() {
	if p.waited {
		return
	}
	p.cancel()
	close(p.stop)
	p.closeInput()
	_ = p.wait() // it was killed
}

// complaint is the end of what the script wrote to its standard error.
func (p *scriptProcess) complaint() string { return strings.TrimSpace(string(p.stderr.buf)) }

// scriptTail keeps the end of what is written to it. One goroutine writes, which
// has ended when the buffer is read.
type scriptTail struct{ buf []byte }

const scriptTailBytes = 4 << 10

func (t *scriptTail) Write(p []byte) (int, error) {
	t.buf = append(t.buf, p...)
	if n := len(t.buf) - scriptTailBytes; n > 0 {
		t.buf = append(t.buf[:0], t.buf[n:]...)
	}
	return len(p), nil
}
