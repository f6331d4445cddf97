package parquet_test

import (
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/sql/diag"
	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/table/parquet"
	"github.com/bixidata/bixi/table/store"
)

// small is the bytes of a file with all flat types and a list.
func small(t *testing.T) ([]byte, []parquet.Column) {
	cols := columnsOf(append([]types.Type{types.ArrayOf(types.StringType)}, flatTypes...))
	g := &generator{Rand: rand.New(rand.NewPCG(9, 9)), nulls: 0.2, distinct: 50}
	b := &batch.Batch{N: 200}
	for _, c := range cols {
		b.Columns = append(b.Columns, g.column(c.Type, b.N))
	}
	s := store.NewMemory()
	write(t, s, "f", cols, parquet.WriterOptions{PageRows: 50, RowGroupRows: 120}, b)
	return content(t, s, "f"), cols
}

func content(t *testing.T, s store.Store, path string) []byte {
	t.Helper()
	r, err := s.Open(ctx, path)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	data := make([]byte, r.Size())
	if n, err := r.ReadAt(data, 0); n != len(data) {
		t.Fatal(err)
	}
	return data
}

func put(t *testing.T, s store.Store, path string, data []byte) {
	t.Helper()
	w, err := s.Create(ctx, path)
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

// scanAll opens and reads the file at path.
func scanAll(s store.Store, path string, cols []parquet.Column) error {
	f, err := parquet.Open(ctx, s, path)
	if err != nil {
		return err
	}
	defer f.Close()
	skip := func(parquet.Stats) bool { return false }
	r, err := parquet.NewReader(f, cols, parquet.ReaderOptions{SkipRowGroup: skip, SkipRange: skip})
	if err != nil {
		return err
	}
	defer r.Close()
	for {
		b, err := r.Next(ctx)
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		b.Clone()
	}
}

func corrupt(t *testing.T, what any, err error) {
	t.Helper()
	d := diag.Of(err)
	if d.Code != diag.CodeCorruptFile && d.Code != diag.CodeUnsupported && d.Code != diag.CodeSemantic {
		t.Fatalf("%v: %v", what, err)
	}
	if !strings.Contains(err.Error(), "dir/part.parquet") {
		t.Fatalf("%v: the error does not name the file: %v", what, err)
	}
}

// TestTruncated opens every prefix of a file.
func TestTruncated(t *testing.T) {
	data, cols := small(t)
	for n := 0; n < len(data); n++ {
		if n > 600 && n < len(data)-300 && n%13 != 0 {
			continue
		}
		s := store.NewMemory()
		put(t, s, "dir/part.parquet", data[:n])
		err := scanAll(s, "dir/part.parquet", cols)
		if err == nil {
			t.Fatalf("a prefix of %d bytes was read", n)
		}
		corrupt(t, n, err)
		// The same file as a store that lost its end shows it.
		put(t, s, "dir/part.parquet", data)
		short := store.NewFaulty(s, store.Fault{Kind: store.Truncated, Path: "part", After: int64(n)})
		corrupt(t, n, scanAll(short, "dir/part.parquet", cols))
	}
}

// TestFlippedBytes changes bytes everywhere: the file is read (the data may be
// what changed) or refused, but nothing panics.
func TestFlippedBytes(t *testing.T) {
	data, cols := small(t)
	r := rand.New(rand.NewPCG(1, 1))
	for range 400 {
		bad := append([]byte(nil), data...)
		for range 1 + r.IntN(3) {
			bad[r.IntN(len(bad))] ^= byte(1 << r.IntN(8))
		}
		s := store.NewMemory()
		put(t, s, "dir/part.parquet", bad)
		if err := scanAll(s, "dir/part.parquet", cols); err != nil {
			corrupt(t, "flipped", err)
		}
	}
}

func TestGarbage(t *testing.T) {
	for _, text := range []string{"", "PAR1", "PAR1PAR1", "PAR1....\xff\xff\xff\x7fPAR1", "PAR1\x00\x00\x00\x00PAR1", strings.Repeat("csv,file\n", 100)} {
		s := store.NewMemory()
		put(t, s, "dir/part.parquet", []byte(text))
		corrupt(t, text, scanAll(s, "dir/part.parquet", nil))
	}
}

// TestDeviceErrors: an unreadable device is not a corrupt file, and may be retried.
func TestDeviceErrors(t *testing.T) {
	data, cols := small(t)
	inner := store.NewMemory()
	put(t, inner, "dir/part.parquet", data)
	failed := 0
	for nth := range 60 {
		s := store.NewFaulty(inner, store.Fault{Kind: store.ReadError, Path: "part", Nth: nth})
		if err := scanAll(s, "dir/part.parquet", cols); err != nil {
			failed++
			if d := diag.Of(err); d.Code != diag.CodeStorage || d.Class != diag.Transient {
				t.Fatalf("read %d: %v", nth, err)
			}
		}
	}
	if failed < 20 {
		t.Errorf("only %d reads failed", failed)
	}
	if _, err := parquet.Open(ctx, inner, "none"); err == nil {
		t.Error("opened a file that is not there")
	}
}

// TestDiskFull: a write that runs out of space says so and leaves no file.
func TestDiskFull(t *testing.T) {
	cols := columnsOf([]types.Type{types.StringType, types.BigIntType})
	g := &generator{Rand: rand.New(rand.NewPCG(2, 2)), long: true}
	b := batch.New(3000, g.column(types.StringType, 3000), g.column(types.BigIntType, 3000))
	for _, room := range []int64{0, 3, 1000, 100_000, 400_000} {
		inner := store.NewLocal(t.TempDir())
		s := store.NewFaulty(inner, store.Fault{Kind: store.NoSpace, Path: "part", After: room})
		w, err := parquet.NewWriter(ctx, s, "dir/part.parquet", cols, parquet.WriterOptions{RowGroupRows: 500, Compression: parquet.Uncompressed})
		if err != nil {
			t.Fatal(err)
		}
		for range 3 {
			if err = w.Write(b); err != nil {
				break
			}
		}
		if _, closing := w.Close(); err == nil {
			err = closing
		}
		if d := diag.Of(err); d.Code != diag.CodeDiskFull || d.Class != diag.Resource {
			t.Errorf("room for %d: %v", room, err)
		}
		if left, _ := inner.List(ctx, ""); len(left) > 0 {
			t.Errorf("room for %d: %v left behind", room, left)
		}
	}
}

func TestRequired(t *testing.T) {
	cols := []parquet.Column{{Name: "id", FieldID: 1, Type: types.BigIntType, Required: true}}
	s := store.NewMemory()
	w, err := parquet.NewWriter(ctx, s, "f", cols, parquet.WriterOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Write(batch.New(2, batch.FromValues(types.BigIntType, batch.PhysI64, []int64{1, 2}, batch.NewBitmapSet(2)))); err != nil {
		t.Errorf("a bitmap without NULLs was refused: %v", err)
	}
	err = w.Write(batch.New(1, batch.NullColumn(types.BigIntType, 1)))
	if d := diag.Of(err); d.Code != diag.CodeSemantic || !strings.Contains(d.Msg, "id") {
		t.Errorf("NULL in a required column: %v", err)
	}
	if _, err := w.Close(); err == nil {
		t.Error("closed after an error")
	}
	if infos, _ := s.List(ctx, ""); len(infos) > 0 {
		t.Errorf("%v left behind", infos)
	}
}

func TestCancelled(t *testing.T) {
	f, cols, _ := sorted(t, 100)
	r, err := parquet.NewReader(f, cols, parquet.ReaderOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	done, cancel := context.WithCancel(ctx)
	cancel()
	if _, err := r.Next(done); !errors.Is(err, context.Canceled) {
		t.Errorf("a cancelled read gave %v", err)
	}
}
