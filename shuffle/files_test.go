package shuffle

import (
	"io"
	"testing"

	"github.com/bixidata/bixi/table/store"
)

// count is how many files s has.
func count(t *testing.T, s *store.Memory) int {
	t.Helper()
	infos, err := s.List(t.Context(), ".")
	if err != nil {
		t.Fatal(err)
	}
	return len(infos)
}

// replace puts what change makes of a file in its place, and removes it if that is
// nothing.
func replace(t *testing.T, s *store.Memory, path string, change func([]byte) []byte) {
	t.Helper()
	r, err := s.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	data, err := io.ReadAll(io.NewSectionReader(r, 0, r.Size()))
	if err != nil {
		t.Fatal(err)
	}
	if data = change(data); data == nil {
		if err := s.Remove(t.Context(), path); err != nil {
			t.Fatal(err)
		}
		return
	}
	w, err := s.Create(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write(data); err != nil {
		t.Fatal(err)
	}
	if err := w.Commit(); err != nil {
		t.Fatal(err)
	}
}
