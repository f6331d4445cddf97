package shuffle

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"reflect"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/sql/diag"
	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/table/store"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// limit is a Reserver of a fixed number of bytes.
type limit struct{ left, size int64 }

func newLimit(n int64) *limit { return &limit{n, n} }

func (l *limit) Grow(n int64) bool {
	if n > l.left {
		return false
	}
	l.left -= n
	return true
}

var schema = []types.Type{types.BigIntType, types.StringType}

func rows(from, n int) *batch.Batch {
	ids := make([]int64, n)
	names := make([]string, n)
	for i := range ids {
		ids[i] = int64(from + i)
		names[i] = fmt.Sprintf("row %d", from+i)
	}
	return batch.New(n, batch.FromValues(types.BigIntType, batch.PhysI64, ids, nil), batch.FromStrings(types.StringType, names))
}

// drain reads a partition to its end: the ids in order.
func drain(ctx context.Context, s Store, id OutputID, p int) ([]int64, error) {
	r, err := s.Reader(ctx, id, p)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	var ids []int64
	for {
		b, err := r.Next(ctx)
		if err == io.EOF {
			return ids, nil
		}
		if err != nil {
			return ids, err
		}
		for i := range b.N {
			ids = append(ids, b.Columns[0].Int(i))
			if got, want := string(b.Columns[1].Bytes(i)), fmt.Sprintf("row %d", b.Columns[0].Int(i)); got != want {
				return ids, fmt.Errorf("got %q beside %q", got, want)
			}
		}
	}
}

// fill writes 200 batches to 3 partitions and gives what each should hold.
func fill(t *testing.T, s Store, id OutputID) ([][]int64, Stats) {
	t.Helper()
	w, err := s.Writer(id, schema, 3)
	if err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(5, 6))
	want := make([][]int64, 3)
	at := 0
	for range 200 {
		p, n := r.IntN(2)*2, r.IntN(50) // partition 1 stays empty
		if err := w.Write(t.Context(), p, rows(at, n)); err != nil {
			t.Fatal(err)
		}
		for range n {
			want[p] = append(want[p], int64(at))
			at++
		}
	}
	stats, err := w.Close()
	if err != nil {
		t.Fatal(err)
	}
	return want, stats
}

func TestRowsComeBackInOrder(t *testing.T) {
	for _, test := range []struct {
		name   string
		memory int64
		spills bool
	}{{"memory", 1 << 30, false}, {"spilled midway", 40_000, true}, {"spilled at once", 0, true}} {
		t.Run(test.name, func(t *testing.T) {
			mem, scratch := newLimit(test.memory), store.NewMemory()
			s := NewMemoryStore(Options{Memory: mem, Scratch: scratch, Dir: "scratch", Compress: test.memory == 0})
			want, stats := fill(t, s, "job/1:2")
			if (stats.SpilledBytes > 0) != test.spills || count(t, scratch) > 1 {
				t.Errorf("spilled %d bytes to %d files", stats.SpilledBytes, count(t, scratch))
			}
			for p := range want {
				for range 2 {
					got, err := drain(t.Context(), s, "job/1:2", p)
					if err != nil || !reflect.DeepEqual(got, want[p]) {
						t.Fatalf("partition %d: %d rows, %v; want %d", p, len(got), err, len(want[p]))
					}
				}
				if stats.PartRows[p] != int64(len(want[p])) {
					t.Errorf("partition %d: %d rows counted, want %d", p, stats.PartRows[p], len(want[p]))
				}
			}
			s.Free("job/1:2")
			if mem.left != mem.size || count(t, scratch) != 0 {
				t.Errorf("after Free %d bytes and %d files are left", mem.size-mem.left, count(t, scratch))
			}
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		})
	}
}

// A reader that comes first waits for the output and for every batch of it.
func TestReaderBeforeWriter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := NewMemoryStore(Options{})
		defer s.Close()
		got := make(chan []int64)
		go func() {
			ids, err := drain(t.Context(), s, "a", 0)
			if err != nil {
				t.Error(err)
			}
			got <- ids
		}()
		synctest.Wait()
		w, err := s.Writer("a", schema, 1)
		if err != nil {
			t.Fatal(err)
		}
		for i := range 3 {
			synctest.Wait()
			if err := w.Write(t.Context(), 0, rows(i, 1)); err != nil {
				t.Fatal(err)
			}
		}
		synctest.Wait()
		select {
		case <-got:
			t.Fatal("the reader ended before the writer")
		default:
		}
		if _, err := w.Close(); err != nil {
			t.Fatal(err)
		}
		if ids := <-got; !reflect.DeepEqual(ids, []int64{0, 1, 2}) {
			t.Errorf("got %v", ids)
		}
	})
}

func wantFetchError(t *testing.T, err error) {
	t.Helper()
	var fe *FetchError
	if !errors.As(err, &fe) || fe.Source.ID != "a" || diag.ClassOf(err) != diag.Transient {
		t.Errorf("got %v (%T, class %s), want a transient FetchError of output a", err, err, diag.ClassOf(err))
	}
}

// Abort, Free, Close and impatience wake a waiting reader with a FetchError;
// the end of its context with the context's error.
func TestWaitingReaderIsWoken(t *testing.T) {
	user := diag.Errorf(diag.CodeOverflow, diag.Pos{}, "too large")
	cancelled := errors.New("cancelled")
	for name, act := range map[string]func(s *MemoryStore, w Writer, cancel context.CancelCauseFunc){
		"abort":    func(s *MemoryStore, w Writer, _ context.CancelCauseFunc) { w.Abort(user) },
		"free":     func(s *MemoryStore, w Writer, _ context.CancelCauseFunc) { s.Free("a") },
		"close":    func(s *MemoryStore, w Writer, _ context.CancelCauseFunc) { s.Close() },
		"cancel":   func(s *MemoryStore, w Writer, cancel context.CancelCauseFunc) { cancel(cancelled) },
		"patience": nil,
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := NewMemoryStore(Options{Patience: time.Minute})
				ctx, cancel := context.WithCancelCause(t.Context())
				defer cancel(nil)
				var w Writer
				if act != nil {
					w, _ = s.Writer("a", schema, 1)
					if err := w.Write(ctx, 0, rows(0, 1)); err != nil {
						t.Fatal(err)
					}
				}
				done := make(chan error)
				go func() {
					_, err := drain(ctx, s, "a", 0)
					done <- err
				}()
				synctest.Wait()
				if act != nil {
					act(s, w, cancel)
				}
				err := <-done
				if name == "cancel" {
					if err != cancelled {
						t.Errorf("got %v", err)
					}
					return
				}
				wantFetchError(t, err)
				if name == "abort" && !errors.Is(err, user) {
					t.Errorf("the cause is lost: %v", err)
				}
				if act != nil && name != "abort" {
					if err := w.Write(ctx, 0, rows(0, 1)); err == nil {
						t.Error("a freed output can be written")
					}
				}
			})
		})
	}
}

func TestDamagedAndMissingFile(t *testing.T) {
	for name, damage := range map[string]func(data []byte) []byte{
		"a bit":     func(data []byte) []byte { data[len(data)/2] ^= 1; return data },
		"truncated": func(data []byte) []byte { return data[:len(data)-100] },
		"missing":   func([]byte) []byte { return nil },
	} {
		t.Run(name, func(t *testing.T) {
			scratch := store.NewMemory()
			s := NewMemoryStore(Options{Memory: newLimit(0), Scratch: scratch, Dir: "d"})
			defer s.Close()
			fill(t, s, "a")
			replace(t, scratch, "d/a.shuffle", damage)
			var failed bool
			for _, p := range []int{0, 2} {
				if _, err := drain(t.Context(), s, "a", p); err != nil {
					failed = true
					wantFetchError(t, err)
				}
			}
			if !failed {
				t.Error("the damage was not noticed")
			}
		})
	}
}

func TestAbortedSpillLeavesNothing(t *testing.T) {
	mem, scratch := newLimit(0), store.NewMemory()
	s := NewMemoryStore(Options{Memory: mem, Scratch: scratch, Dir: "d"})
	w, err := s.Writer("a", schema, 1)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Write(t.Context(), 0, rows(0, 10)); err != nil {
		t.Fatal(err)
	}
	w.Abort(io.ErrUnexpectedEOF)
	if err := s.Close(); err != nil || count(t, scratch) != 0 || mem.left != 0 {
		t.Errorf("%v; %d files, %d bytes left", err, count(t, scratch), mem.left)
	}
	if _, err := s.Writer("b", schema, 1); err == nil {
		t.Error("a closed store gives writers")
	}
}

func TestOneWriterAnOutput(t *testing.T) {
	s := NewMemoryStore(Options{})
	defer s.Close()
	if _, err := s.Writer("a", schema, 1); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Writer("a", schema, 1); err == nil {
		t.Error("the output was begun twice")
	}
}
