package store_test

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/bixidata/bixi/sql/diag"
	"github.com/bixidata/bixi/table/store"
)

var ctx = context.Background()

func put(t *testing.T, s store.Store, path, text string) {
	t.Helper()
	w, err := s.Create(ctx, path)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	if _, err := io.WriteString(w, text); err != nil {
		t.Fatal(err)
	}
	if err := w.Commit(); err != nil {
		t.Fatal(err)
	}
}

func get(t *testing.T, s store.Store, path string) string {
	t.Helper()
	r, err := s.Open(ctx, path)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	p := make([]byte, r.Size())
	if n, err := r.ReadAt(p, 0); n != len(p) {
		t.Fatal(n, err)
	}
	return string(p)
}

func names(t *testing.T, s store.Store, dir string) []string {
	t.Helper()
	infos, err := s.List(ctx, dir)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, i := range infos {
		out = append(out, i.Path)
		if got := get(t, s, i.Path); int64(len(got)) != i.Size {
			t.Errorf("%s: listed %d bytes, has %d", i.Path, i.Size, len(got))
		}
	}
	return out
}

// TestStores holds every store to the contract.
func TestStores(t *testing.T) {
	dir := t.TempDir()
	stores := map[string]store.Store{
		"local":   store.NewLocal(filepath.Join(dir, "a")),
		"scratch": store.NewScratch(filepath.Join(dir, "b")),
		"memory":  store.NewMemory(),
		"faulty":  store.NewFaulty(store.NewMemory()),
	}
	for name, s := range stores {
		t.Run(name, func(t *testing.T) {
			put(t, s, "x/b", "one")
			put(t, s, "x/a", "two")
			put(t, s, "x/b", "three") // replaces
			put(t, s, "xx/c", "")
			if got := get(t, s, "x/b"); got != "three" {
				t.Errorf("x/b = %q", got)
			}
			if got, want := names(t, s, "x"), []string{"x/a", "x/b"}; !reflect.DeepEqual(got, want) {
				t.Errorf("List(x) = %v, want %v", got, want)
			}
			if got, want := names(t, s, ""), []string{"x/a", "x/b", "xx/c"}; !reflect.DeepEqual(got, want) {
				t.Errorf("List() = %v, want %v", got, want)
			}
			if got := names(t, s, "none"); got != nil {
				t.Errorf("List(none) = %v", got)
			}
			if _, err := s.Open(ctx, "x/none"); !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("Open(none): %v", err)
			}
			if err := s.Rename(ctx, "x/none", "y"); !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("Rename(none): %v", err)
			}
			if err := s.Rename(ctx, "x/a", "y/z"); err != nil {
				t.Fatal(err)
			}
			if got := get(t, s, "y/z"); got != "two" {
				t.Errorf("y/z = %q", got)
			}
			if err := s.Remove(ctx, "y/z"); err != nil {
				t.Fatal(err)
			}
			if err := s.Remove(ctx, "y/z"); err != nil {
				t.Errorf("removing twice: %v", err)
			}
			if got, want := names(t, s, ""), []string{"x/b", "xx/c"}; !reflect.DeepEqual(got, want) {
				t.Errorf("List() = %v, want %v", got, want)
			}
			w, err := s.Create(ctx, "x/unfinished")
			if err != nil {
				t.Fatal(err)
			}
			io.WriteString(w, "lost")
			if got := names(t, s, "x"); !reflect.DeepEqual(got, []string{"x/b"}) {
				t.Errorf("an uncommitted file is visible: %v", got)
			}
			if err := w.Close(); err != nil {
				t.Fatal(err)
			}
			if err := w.Commit(); err == nil {
				t.Error("commit after close succeeded")
			}
			cancelled, stop := context.WithCancel(ctx)
			stop()
			if _, err := s.Create(cancelled, "q"); !errors.Is(err, context.Canceled) {
				t.Errorf("Create on a cancelled context: %v", err)
			}
		})
	}
	left, _ := filepath.Glob(filepath.Join(dir, "*", "*", ".*"))
	if len(left) > 0 {
		t.Errorf("temporary files left: %v", left)
	}
}

func TestLocalPaths(t *testing.T) {
	root, other := t.TempDir(), t.TempDir()
	s := store.NewLocal(root)
	put(t, s, filepath.Join(other, "abs"), "x")
	if _, err := os.Stat(filepath.Join(other, "abs")); err != nil {
		t.Error(err)
	}
	put(t, s, "../../escape", "x")
	if _, err := os.Stat(filepath.Join(root, "escape")); err != nil {
		t.Errorf("a relative path left the root: %v", err)
	}
	if _, err := s.Open(ctx, other); err == nil {
		t.Error("opened a directory")
	}
}

func TestFaulty(t *testing.T) {
	t.Run("no space", func(t *testing.T) {
		s := store.NewFaulty(store.NewLocal(t.TempDir()), store.Fault{Kind: store.NoSpace, Path: "big", After: 5})
		w, err := s.Create(ctx, "big")
		if err != nil {
			t.Fatal(err)
		}
		if n, err := io.WriteString(w, "1234"); n != 4 || err != nil {
			t.Fatal(n, err)
		}
		n, err := io.WriteString(w, "5678")
		if n != 1 || diag.Of(err).Code != diag.CodeDiskFull || diag.ClassOf(err) != diag.Resource {
			t.Errorf("wrote %d, %v", n, err)
		}
		w.Close()
		put(t, s, "small", "123456789")
		if got := names(t, s, ""); !reflect.DeepEqual(got, []string{"small"}) {
			t.Error(got)
		}
	})
	t.Run("reads", func(t *testing.T) {
		s := store.NewFaulty(store.NewMemory(),
			store.Fault{Kind: store.ReadError, Path: "bad", Nth: 1, Times: 1},
			store.Fault{Kind: store.Truncated, Path: "short", After: 3})
		put(t, s, "bad", "abcdef")
		put(t, s, "short", "abcdef")
		r, _ := s.Open(ctx, "bad")
		p := make([]byte, 6)
		for i, wantErr := range []bool{false, true, false} {
			if _, err := r.ReadAt(p, 0); (err != nil) != wantErr {
				t.Errorf("read %d: %v", i, err)
			}
		}
		r, _ = s.Open(ctx, "short")
		if n, err := r.ReadAt(p, 1); r.Size() != 3 || n != 2 || err != io.EOF {
			t.Errorf("size %d, read %d, %v", r.Size(), n, err)
		}
	})
	for kind, exists := range map[store.FaultKind]bool{store.BeforeCommit: false, store.AfterCommit: true} {
		inner := store.NewMemory()
		s := store.NewFaulty(inner, store.Fault{Kind: kind, Path: "f"})
		w, _ := s.Create(ctx, "f")
		if err := w.Commit(); err != store.ErrCrash || !s.Crashed() {
			t.Errorf("commit: %v", err)
		}
		if _, err := s.List(ctx, ""); err != store.ErrCrash {
			t.Errorf("a dead process listed files: %v", err)
		}
		if got := strings.Join(names(t, inner, ""), ","); (got == "f") != exists {
			t.Errorf("kind %d: files %q", kind, got)
		}
	}
}
