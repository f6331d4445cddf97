// Package store is the file system that tables, shuffles and journals stand on.
// Everything below cmd reaches files through a Store, so that tests can put a
// memory store or a faulty one in its place.
package store

import (
	"context"
	"io"
)

// Store keeps files by slash-separated path. Implementations: Local (a
// directory), Memory, Faulty (wraps another and injects errors). Errors satisfy
// errors.Is(err, fs.ErrNotExist) and friends; a full device is a *diag.Error
// with CodeDiskFull.
type Store interface {
	// Create begins a new file, replacing one of that name when it is closed.
	Create(ctx context.Context, path string) (Writer, error)
	// Open reads a file at random.
	Open(ctx context.Context, path string) (Reader, error)
	// Remove deletes a file; a missing one is no error.
	Remove(ctx context.Context, path string) error
	// List names the files below dir, recursively, in ascending order.
	List(ctx context.Context, dir string) ([]Info, error)
	// Rename moves a file atomically.
	Rename(ctx context.Context, from, to string) error
}

// Info describes a file.
type Info struct {
	Path string
	Size int64
	// Version is that of a Reader of the file.
	Version string
}

// Reader is an open file.
type Reader interface {
	io.ReaderAt
	io.Closer
	Size() int64
	// Version names the content: it differs after the file has been replaced or
	// changed. "" if that cannot be told.
	Version() string
}

// Writer is a file being written. It exists only after Commit; Close without
// Commit leaves nothing behind, and is a no-op after it.
type Writer interface {
	io.Writer
	// Commit makes the file durable (synced) and visible.
	Commit() error
	io.Closer
}
