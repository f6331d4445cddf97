package mapreduce

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"reflect"
	"runtime/debug"
	"strings"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/sql/diag"
)

// task runs the straight-line code of a mapper or reducer as a coroutine: the code
// calls input and output, the engine Push and Pull.
type task struct {
	ctx  *Context
	what string // for messages
	body func(t *task) error

	next  func() (*batch.Batch, bool)
	stop  func()
	yield func(*batch.Batch) bool

	in    *batch.Batch // pushed and not yet taken
	ended bool         // there is no more input
	err   error        // what the body ended with
}

// stopped is panicked with to leave a body whose task has been closed.
type stopped struct{}

func newTask(ctx *Context, what string, body func(t *task) error) *task {
	t := &task{ctx: ctx, what: what, body: body}
	t.next, t.stop = iter.Pull(t.sequence)
	return t
}

// sequence runs the body; a nil batch asks for input.
func (t *task) sequence(yield func(*batch.Batch) bool) {
	t.yield = yield
	defer func() {
		switch r := recover().(type) {
		case nil, stopped:
		default:
			t.err = diag.Errorf(diag.CodeMRUser, diag.Pos{}, "the %s panicked: %v\n%s", t.what, r, userStack(debug.Stack()))
		}
	}()
	t.err = t.userError(t.body(t))
}

// userError gives an error of the program the code by which users know it.
func (t *task) userError(err error) error {
	var known *diag.Error
	if err == nil || errors.As(err, &known) {
		return err
	}
	if cause := context.Cause(t.ctx); cause != nil && errors.Is(err, cause) {
		return err
	}
	return diag.Errorf(diag.CodeMRUser, diag.Pos{}, "the %s failed: %v", t.what, err)
}

// userStack leaves the frames from the panic on, up to a handful.
func userStack(stack []byte) string {
	const frames = 16 // lines; a frame has two
	lines := strings.Split(strings.TrimSpace(string(stack)), "\n")
	for i, l := range lines {
		if strings.HasPrefix(l, "panic(") && i+2 < len(lines) {
			lines = lines[i+2:]
			break
		}
	}
	return strings.Join(lines[:min(frames, len(lines))], "\n")
}

// input waits for a batch; false when there is none any more.
func (t *task) input() (*batch.Batch, bool) {
	for t.in == nil {
		if t.ended {
			return nil, false
		}
		t.output(nil)
	}
	b := t.in
	t.in = nil
	return b, true
}

// output hands b to the engine.
func (t *task) output(b *batch.Batch) {
	if !t.yield(b) {
		panic(stopped{})
	}
}

func (t *task) Push(_ context.Context, b *batch.Batch) error {
	if t.ended || t.in != nil {
		return fmt.Errorf("mapreduce: the %s was given input it did not ask for", t.what)
	}
	t.in, t.ended = b, b == nil
	if b != nil && b.Rows() == 0 {
		t.in = nil
	}
	return nil
}

func (t *task) Pull(ctx context.Context) (*batch.Batch, error) {
	if err := context.Cause(ctx); err != nil {
		return nil, err
	}
	b, ok := t.next()
	switch {
	case ok:
		return b, nil
	case t.err != nil:
		return nil, t.err
	}
	return nil, io.EOF
}

func (t *task) Close() error {
	t.stop()
	return nil
}

func (t *task) Counters() map[string]int64 { return t.ctx.values() }

// perTask gives a task its own mapper, reducer or combiner: if that is a pointer to a
// struct, a pointer to a copy. On a cluster a task has a process of its own; so
// tasks in one process do not share state either.
func perTask[T any](code T) T {
	v := reflect.ValueOf(code)
	if v.Kind() != reflect.Pointer || v.IsNil() || v.Elem().Kind() != reflect.Struct {
		return code
	}
	own := reflect.New(v.Elem().Type())
	own.Elem().Set(v.Elem())
	return own.Interface().(T)
}

// around calls f between the Setup and Cleanup of code.
func (t *task) around(code any, f func() error) error {
	if s, ok := code.(Setup); ok {
		if err := s.Setup(t.ctx); err != nil {
			return err
		}
	}
	if err := f(); err != nil {
		return err
	}
	if c, ok := code.(Cleanup); ok {
		return c.Cleanup(t.ctx)
	}
	return nil
}
