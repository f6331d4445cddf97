package service

import (
	"bytes"
	"context"
	"io/fs"
	"sync"

	"github.com/bixidata/bixi/table/store"
)

// files is a store in memory whose content tests can damage.
type files struct {
	mu   sync.Mutex
	data map[string][]byte
}

func newFiles() *files { return &files{data: map[string][]byte{}} }

func (f *files) count() int { f.mu.Lock(); defer f.mu.Unlock(); return len(f.data) }

func (f *files) Create(_ context.Context, path string) (store.Writer, error) {
	return &fileWriter{f: f, path: path}, nil
}

func (f *files) Open(_ context.Context, path string) (store.Reader, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	data, ok := f.data[path]
	if !ok {
		return nil, &fs.PathError{Op: "open", Path: path, Err: fs.ErrNotExist}
	}
	return fileReader{bytes.NewReader(data)}, nil
}

func (f *files) Remove(_ context.Context, path string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.data, path)
	return nil
}

func (f *files) List(context.Context, string) ([]store.Info, error) { return nil, nil }
func (f *files) Rename(context.Context, string, string) error       { return nil }

type fileReader struct{ *bytes.Reader }

func (r fileReader) Size() int64   { return r.Reader.Size() }
func (fileReader) Close() error    { return nil }
func (fileReader) Version() string { return "" }

type fileWriter struct {
	bytes.Buffer
	f    *files
	path string
}

func (w *fileWriter) Commit() error {
	w.f.mu.Lock()
	defer w.f.mu.Unlock()
	w.f.data[w.path] = append([]byte(nil), w.Bytes()...)
	return nil
}

func (w *fileWriter) Close() error { return nil }
