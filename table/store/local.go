package store

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"syscall"

	"github.com/bixidata/bixi/sql/diag"
)

// tempMark is part of the name of every file that is not yet committed.
const tempMark = ".uncommitted-"

// Local keeps files in directories of this machine. Absolute paths are used as
// they are; others are below Root and cannot leave it.
type Local struct {
	Root string
	// Sync makes Commit wait until the file and its name are on the device.
	// Spills and shuffles, which no crash outlives, do without.
	Sync bool
}

// NewLocal is a durable store below root.
func NewLocal(root string) *Local { return &Local{Root: root, Sync: true} }

// NewScratch is a store below root for files that need not survive a crash.
func NewScratch(root string) *Local { return &Local{Root: root} }

func (l *Local) resolve(path string) string {
	native := filepath.FromSlash(path)
	if filepath.IsAbs(native) {
		return filepath.Clean(native)
	}
	return filepath.Join(l.Root, filepath.Clean(string(filepath.Separator)+native))
}

// Create writes to a temporary name beside path until Commit renames it.
func (l *Local) Create(ctx context.Context, path string) (Writer, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	final := l.resolve(path)
	dir, base := filepath.Split(final)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, writeError("creating", path, err)
	}
	f, err := os.CreateTemp(dir, "."+base+tempMark+"*")
	if err != nil {
		return nil, writeError("creating", path, err)
	}
	return &localWriter{f: f, path: path, final: final, sync: l.Sync}, nil
}

// Open reads a committed file.
func (l *Local) Open(ctx context.Context, path string) (Reader, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	f, err := os.Open(l.resolve(path))
	if err != nil {
		return nil, fmt.Errorf("opening %s: %w", path, err)
	}
	info, err := f.Stat()
	if err == nil && info.IsDir() {
		err = syscall.EISDIR
	}
	if err != nil {
		f.Close()
		return nil, fmt.Errorf("opening %s: %w", path, err)
	}
	return &localReader{File: f, info: info}, nil
}

// Remove deletes a file; a missing one is no error.
func (l *Local) Remove(ctx context.Context, path string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	err := os.Remove(l.resolve(path))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("removing %s: %w", path, err)
	}
	return nil
}

// List names the committed files below dir; a missing dir has none.
func (l *Local) List(ctx context.Context, dir string) ([]Info, error) {
	root := l.resolve(dir)
	var out []Info
	err := filepath.WalkDir(root, func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			if errors.Is(err, fs.ErrNotExist) {
				return nil // removed while we looked, or never there
			}
			return err
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		if d.IsDir() || strings.Contains(d.Name(), tempMark) {
			return nil
		}
		info, err := os.Stat(p)
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil {
			return err
		}
		if info.IsDir() {
			return nil // behind a link
		}
		rel, err := filepath.Rel(root, p)
		if err != nil {
			return err
		}
		out = append(out, Info{Path: join(dir, filepath.ToSlash(rel)), Size: info.Size(), Version: version(info)})
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("listing %s: %w", dir, err)
	}
	sort.Slice(out, func(i, j int) bool { return out[i].Path < out[j].Path })
	return out, nil
}

// join is the path of name below dir, in the caller's way of writing dir.
func join(dir, name string) string {
	switch {
	case dir == "" || dir == ".":
		return name
	case strings.HasSuffix(dir, "/"):
		return dir + name
	}
	return dir + "/" + name
}

// Rename moves a file, replacing one at to.
func (l *Local) Rename(ctx context.Context, from, to string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	old, name := l.resolve(from), l.resolve(to)
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return writeError("renaming", from, err)
	}
	if err := os.Rename(old, name); err != nil {
		return writeError("renaming", from, err)
	}
	if l.Sync {
		if err := syncDir(filepath.Dir(name)); err != nil {
			return writeError("renaming", from, err)
		}
		if filepath.Dir(old) != filepath.Dir(name) {
			if err := syncDir(filepath.Dir(old)); err != nil {
				return writeError("renaming", from, err)
			}
		}
	}
	return nil
}

type localReader struct {
	*os.File
	info fs.FileInfo
}

func (r *localReader) Size() int64 { return r.info.Size() }

func (r *localReader) Version() string { return version(r.info) }

// version is good to the clock of the file system: content of the same size
// written into the same file within a tick of it goes unnoticed.
func version(info fs.FileInfo) string {
	inode := uint64(0)
	if st, ok := info.Sys().(*syscall.Stat_t); ok {
		inode = st.Ino
	}
	return fmt.Sprintf("%x-%x-%x", info.Size(), info.ModTime().UnixNano(), inode)
}

type localWriter struct {
	f     *os.File
	path  string
	final string
	sync  bool
	done  bool
}

func (w *localWriter) Write(p []byte) (int, error) {
	n, err := w.f.Write(p)
	if err != nil {
		return n, writeError("writing", w.path, err)
	}
	return n, nil
}

// Commit syncs the content, gives it its name, and syncs the name.
func (w *localWriter) Commit() error {
	if w.done {
		return fmt.Errorf("committing %s: %w", w.path, fs.ErrClosed)
	}
	w.done = true
	err := w.f.Chmod(0o644)
	if err == nil && w.sync {
		err = w.f.Sync()
	}
	if e := w.f.Close(); err == nil {
		err = e
	}
	if err == nil {
		err = os.Rename(w.f.Name(), w.final)
	}
	if err != nil {
		os.Remove(w.f.Name())
		return writeError("committing", w.path, err)
	}
	if w.sync {
		if err := syncDir(filepath.Dir(w.final)); err != nil {
			return writeError("committing", w.path, err)
		}
	}
	return nil
}

func (w *localWriter) Close() error {
	if w.done {
		return nil
	}
	w.done = true
	w.f.Close()
	if err := os.Remove(w.f.Name()); err != nil {
		return fmt.Errorf("discarding %s: %w", w.path, err)
	}
	return nil
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}

// writeError says what was being done; a full device is the user's to resolve.
func writeError(doing, path string, err error) error {
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
		return diag.Errorf(diag.CodeDiskFull, diag.Pos{}, "%s %s", doing, path).WithCause(err).
			WithHint("free space on the device, or put the directory on a larger one")
	}
	return fmt.Errorf("%s %s: %w", doing, path, err)
}
