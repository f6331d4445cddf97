package shuffle

import "testing"

// The rows left of an output are known once it is complete.
func TestRowsLeft(t *testing.T) {
	s := NewMemoryStore(Options{})
	defer s.Close()
	w, err := s.Writer("o", schema, 2)
	if err != nil {
		t.Fatal(err)
	}
	r, err := s.Reader(t.Context(), "o", 1)
	if err != nil {
		t.Fatal(err)
	}
	for at := 0; at < 30; at += 10 {
		if err := w.Write(t.Context(), 1, rows(at, 10)); err != nil {
			t.Fatal(err)
		}
	}
	if n, known := r.(Counted).RowsLeft(); known {
		t.Errorf("%d rows are known to be left of an output under way", n)
	}
	if _, err := w.Close(); err != nil {
		t.Fatal(err)
	}
	for left := int64(30); ; left -= 10 {
		if n, known := r.(Counted).RowsLeft(); n != left || !known {
			t.Errorf("%d rows left, %v, not %d", n, known, left)
		}
		if left == 0 {
			break
		}
		if _, err := r.Next(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
}
