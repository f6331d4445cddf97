package store

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"path"
	"sort"
	"strings"
	"sync"
)

// Memory keeps files in memory; for tests and small scratch data. An open
// reader keeps seeing the content it opened.
type Memory struct {
	mu struct {
		sync.Mutex
		files map[string][]byte
	}
}

// NewMemory is an empty store.
func NewMemory() *Memory {
	m := &Memory{}
	m.mu.files = map[string][]byte{}
	return m
}

// Create begins a new file.
func (m *Memory) Create(ctx context.Context, name string) (Writer, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return &memoryWriter{store: m, name: path.Clean(name)}, nil
}

// Open reads a file.
func (m *Memory) Open(ctx context.Context, name string) (Reader, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	data, ok := m.mu.files[path.Clean(name)]
	if !ok {
		return nil, fmt.Errorf("opening %s: %w", name, fs.ErrNotExist)
	}
	return &memoryReader{bytes.NewReader(data)}, nil
}

// Remove deletes a file.
func (m *Memory) Remove(ctx context.Context, name string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.mu.files, path.Clean(name))
	return ctx.Err()
}

// List names the files below dir.
func (m *Memory) List(ctx context.Context, dir string) ([]Info, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	root := path.Clean(dir)
	var out []Info
	for name, data := range m.mu.files {
		rel, below := name, true
		if root != "." {
			rel, below = strings.CutPrefix(name, strings.TrimSuffix(root, "/")+"/")
		}
		if below {
			out = append(out, Info{Path: join(dir, rel), Size: int64(len(data))})
		}
	}
	sort.Slice(out, func(i, j int) bool { return out[i].Path < out[j].Path })
	return out, ctx.Err()
}

// Rename moves a file.
func (m *Memory) Rename(ctx context.Context, from, to string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	data, ok := m.mu.files[path.Clean(from)]
	if !ok {
		return fmt.Errorf("renaming %s: %w", from, fs.ErrNotExist)
	}
	delete(m.mu.files, path.Clean(from))
	m.mu.files[path.Clean(to)] = data
	return nil
}

type memoryReader struct{ *bytes.Reader }

func (r *memoryReader) Close() error { return nil }

// Version tells nothing: memory is read as fast as a cache.
func (r *memoryReader) Version() string { return "" }

type memoryWriter struct {
	store *Memory
	name  string
	data  []byte
	done  bool
}

func (w *memoryWriter) Write(p []byte) (int, error) {
	if w.done {
		return 0, fmt.Errorf("writing %s: %w", w.name, fs.ErrClosed)
	}
	w.data = append(w.data, p...)
	return len(p), nil
}

func (w *memoryWriter) Commit() error {
	if w.done {
		return fmt.Errorf("committing %s: %w", w.name, fs.ErrClosed)
	}
	w.done = true
	w.store.mu.Lock()
	defer w.store.mu.Unlock()
	w.store.mu.files[w.name] = w.data
	return nil
}

func (w *memoryWriter) Close() error {
	w.done = true
	return nil
}
