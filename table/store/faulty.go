package store

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"syscall"
)

// ErrCrash is what a Faulty store answers at and after a planned crash.
var ErrCrash = errors.New("the process died here")

// FaultKind says what goes wrong.
type FaultKind uint8

// The kinds of faults.
const (
	NoSpace      FaultKind = iota // writing fails with ENOSPC after After bytes
	ReadError                     // reading fails with EIO
	Truncated                     // the file ends after After bytes
	BeforeCommit                  // the process dies before the file exists
	AfterCommit                   // the process dies when the file exists, before the caller knows
)

// Fault goes wrong on files whose path contains Path, from the Nth such
// operation (0 is the first) on, Times times (0: for ever).
type Fault struct {
	Kind  FaultKind
	Path  string
	After int64
	Nth   int
	Times int
}

// Faulty passes everything to Store except what its plan of faults forbids.
// The same plan over the same calls always fails at the same places. It is safe
// for concurrent use.
type Faulty struct {
	Store
	mu struct {
		sync.Mutex
		plan    []Fault
		seen    []int
		crashed bool
	}
}

// NewFaulty wraps s.
func NewFaulty(s Store, plan ...Fault) *Faulty {
	f := &Faulty{Store: s}
	f.mu.plan = plan
	f.mu.seen = make([]int, len(plan))
	return f
}

// Crashed reports whether a planned crash has happened; every call fails from then on.
func (f *Faulty) Crashed() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.mu.crashed
}

// strike finds the fault of kind that hits this operation on path.
func (f *Faulty) strike(kind FaultKind, path string) (Fault, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for i, p := range f.mu.plan {
		if p.Kind != kind || !strings.Contains(path, p.Path) {
			continue
		}
		n := f.mu.seen[i]
		f.mu.seen[i]++
		if n >= p.Nth && (p.Times == 0 || n < p.Nth+p.Times) {
			return p, true
		}
	}
	return Fault{}, false
}

func (f *Faulty) crash() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.mu.crashed = true
}

// Create begins a file that may run out of space or die at its commit.
func (f *Faulty) Create(ctx context.Context, path string) (Writer, error) {
	if f.Crashed() {
		return nil, ErrCrash
	}
	w, err := f.Store.Create(ctx, path)
	if err != nil {
		return nil, err
	}
	out := &faultyWriter{Writer: w, store: f, path: path, room: -1}
	if p, hit := f.strike(NoSpace, path); hit {
		out.room = p.After
	}
	return out, nil
}

// Open reads a file that may be cut short or unreadable.
func (f *Faulty) Open(ctx context.Context, path string) (Reader, error) {
	if f.Crashed() {
		return nil, ErrCrash
	}
	r, err := f.Store.Open(ctx, path)
	if err != nil {
		return nil, err
	}
	if p, hit := f.strike(Truncated, path); hit {
		return &shortReader{Reader: r, size: min(p.After, r.Size())}, nil
	}
	return &faultyReader{Reader: r, store: f, path: path}, nil
}

// Remove deletes a file.
func (f *Faulty) Remove(ctx context.Context, path string) error {
	if f.Crashed() {
		return ErrCrash
	}
	return f.Store.Remove(ctx, path)
}

// List names the files below dir.
func (f *Faulty) List(ctx context.Context, dir string) ([]Info, error) {
	if f.Crashed() {
		return nil, ErrCrash
	}
	return f.Store.List(ctx, dir)
}

// Rename moves a file.
func (f *Faulty) Rename(ctx context.Context, from, to string) error {
	if f.Crashed() {
		return ErrCrash
	}
	return f.Store.Rename(ctx, from, to)
}

type faultyWriter struct {
	Writer
	store *Faulty
	path  string
	room  int64 // bytes that still fit, -1: no limit
}

func (w *faultyWriter) Write(p []byte) (int, error) {
	if w.store.Crashed() {
		return 0, ErrCrash
	}
	if w.room < 0 {
		return w.Writer.Write(p)
	}
	fit := min(int64(len(p)), w.room)
	n, err := w.Writer.Write(p[:fit])
	w.room -= int64(n)
	if err == nil && n < len(p) {
		err = writeError("writing", w.path, syscall.ENOSPC)
	}
	return n, err
}

func (w *faultyWriter) Commit() error {
	if w.store.Crashed() {
		return ErrCrash
	}
	if _, hit := w.store.strike(BeforeCommit, w.path); hit {
		w.store.crash()
		w.Writer.Close()
		return ErrCrash
	}
	if err := w.Writer.Commit(); err != nil {
		return err
	}
	if _, hit := w.store.strike(AfterCommit, w.path); hit {
		w.store.crash()
		return ErrCrash
	}
	return nil
}

type faultyReader struct {
	Reader
	store *Faulty
	path  string
}

func (r *faultyReader) ReadAt(p []byte, off int64) (int, error) {
	if r.store.Crashed() {
		return 0, ErrCrash
	}
	if _, hit := r.store.strike(ReadError, r.path); hit {
		return 0, fmt.Errorf("reading %s: %w", r.path, syscall.EIO)
	}
	return r.Reader.ReadAt(p, off)
}

// shortReader is the file as it would be had its end been lost.
type shortReader struct {
	Reader
	size int64
}

func (r *shortReader) Size() int64     { return r.size }
func (r *shortReader) Version() string { return "" }

func (r *shortReader) ReadAt(p []byte, off int64) (int, error) {
	if off >= r.size {
		return 0, io.EOF
	}
	if rest := r.size - off; int64(len(p)) > rest {
		n, err := r.Reader.ReadAt(p[:rest], off)
		if err == nil {
			err = io.EOF
		}
		return n, err
	}
	return r.Reader.ReadAt(p, off)
}
