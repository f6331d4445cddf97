package service

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"reflect"
	"strings"
	"sync"
	"testing"

	"go.uber.org/goleak"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/mem"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/shuffle"
	"github.com/bixidata/bixi/shuffle/wire"
	"github.com/bixidata/bixi/sql/decimal"
	"github.com/bixidata/bixi/sql/diag"
	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/table/store"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// serve runs a service over the store and gives a client and the address.
func serve(t testing.TB, store *shuffle.MemoryStore) (*Client, string, *grpc.Server) {
	t.Helper()
	lis, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := grpc.NewServer(ServerOptions()...)
	Register(server, store)
	var serving sync.WaitGroup
	serving.Go(func() {
		if err := server.Serve(lis); err != nil {
			t.Error(err)
		}
	})
	client := NewClient(shuffle.NewMemoryStore(shuffle.Options{}), grpc.WithTransportCredentials(insecure.NewCredentials()))
	t.Cleanup(func() {
		if err := client.Close(); err != nil {
			t.Error(err)
		}
		server.Stop()
		serving.Wait()
		store.Close()
	})
	return client, lis.Addr().String(), server
}

var schema = []types.Type{
	types.BigIntType, types.StringType, types.BooleanType, types.TinyIntType, types.DecimalOf(38, 2), types.DecimalOf(10, 2),
	types.DoubleType, types.DateType, types.TimestampType, types.BinaryType, types.ArrayOf(types.StringType),
	types.MapOf(types.StringType, types.BigIntType), types.StructOf(types.Field{Name: "a", Type: types.IntType}), types.StringType,
}

var dict = batch.FromStrings(types.StringType, []string{"the first of the dictionary", "the second of the dictionary"})

func row(i int) []types.Datum {
	if i%11 == 10 {
		return make([]types.Datum, len(schema)-1)
	}
	return []types.Datum{int64(i), fmt.Sprint("text ", i), i%2 == 0, int64(i % 100), decimal.Int128{Lo: uint64(i), Hi: int64(i % 3)},
		decimal.FromInt64(int64(i)), float64(i) / 4, int64(i), int64(i) * 1000, "\x00\xff", []types.Datum{"x", nil},
		[]types.Datum{"k", int64(i)}, []types.Datum{int64(i)}}
}

func rows(from, n int) *batch.Batch {
	b := &batch.Batch{N: n}
	for c := range len(schema) - 1 {
		col := batch.NewBuilder(schema[c])
		for i := range n {
			col.AppendDatum(row(from + i)[c])
		}
		b.Columns = append(b.Columns, col.Finish())
	}
	codes := make([]int32, n)
	for i := range codes {
		codes[i] = int32((from + i) % 2)
	}
	b.Columns = append(b.Columns, batch.FromCodes(dict, codes, nil))
	return b
}

func datums(b *batch.Batch) (out [][]types.Datum) {
	for i := range b.N {
		var r []types.Datum
		for _, c := range b.Columns {
			r = append(r, c.Datum(i))
		}
		out = append(out, r)
	}
	return out
}

func drain(ctx context.Context, tr shuffle.Transport, src shuffle.Source, p int) (out [][]types.Datum, err error) {
	r, err := tr.Open(ctx, src, p)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	var batches []*batch.Batch // what came stays valid
	for {
		b, err := r.Next(ctx)
		if err == io.EOF {
			for _, b := range batches {
				out = append(out, datums(b)...)
			}
			return out, nil
		}
		if err != nil {
			return nil, err
		}
		batches = append(batches, b)
	}
}

type noMemory struct{}

func (noMemory) Grow(n int64) bool { return n <= 0 }

// All types, in batches from one row to several messages' worth, by reference,
// compressed and spilled, through two streams on a connection at once.
func TestFetch(t *testing.T) {
	for name, opts := range map[string]shuffle.Options{
		"memory":     {},
		"compressed": {Compress: true},
		"spilled":    {Memory: noMemory{}, Scratch: store.NewMemory(), Dir: "d"},
	} {
		t.Run(name, func(t *testing.T) {
			store := shuffle.NewMemoryStore(opts)
			client, address, _ := serve(t, store)
			w, err := store.Writer("out", schema, 4)
			if err != nil {
				t.Fatal(err)
			}
			want := make([][][]types.Datum, 4)
			at := 0
			for i, n := range []int{1, 100, 2500, 3, 700} {
				for p := range 3 { // partition 3 stays empty
					b := rows(at, n)
					at += n
					want[p] = append(want[p], datums(b)...)
					if err := w.Write(t.Context(), p, b); err != nil {
						t.Fatal(i, err)
					}
				}
			}
			if _, err := w.Close(); err != nil {
				t.Fatal(err)
			}
			var reading sync.WaitGroup
			for p := range want {
				reading.Go(func() {
					got, err := drain(t.Context(), client, shuffle.Source{ID: "out", Address: address}, p)
					if err != nil || !reflect.DeepEqual(got, want[p]) {
						t.Errorf("partition %d: %v, %d rows, want %d, or others", p, err, len(got), len(want[p]))
					}
				})
			}
			reading.Wait()
		})
	}
}

// A batch is sent when it is written, though its message is not full.
func TestFetchPipelined(t *testing.T) {
	store := shuffle.NewMemoryStore(shuffle.Options{})
	client, address, _ := serve(t, store)
	r, err := client.Open(t.Context(), shuffle.Source{ID: "out", Address: address}, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	w, err := store.Writer("out", schema, 1)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 3 {
		if err := w.Write(t.Context(), 0, rows(i, 1)); err != nil {
			t.Fatal(err)
		}
		if b, err := r.Next(t.Context()); err != nil || b.N != 1 {
			t.Fatal(b, err)
		}
	}
	if _, err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Next(t.Context()); err != io.EOF {
		t.Fatal(err)
	}
}

func TestFetchErrors(t *testing.T) {
	want := func(t *testing.T, err error, address, text string) {
		t.Helper()
		var fe *shuffle.FetchError
		if !errors.As(err, &fe) || fe.Source != (shuffle.Source{ID: "out", Address: address}) || diag.ClassOf(err) != diag.Transient {
			t.Fatalf("got %v (class %s), want a transient FetchError of out", err, diag.ClassOf(err))
		}
		if !strings.Contains(err.Error(), text) {
			t.Errorf("%q does not say %q", err, text)
		}
	}
	t.Run("refused", func(t *testing.T) {
		client, _, _ := serve(t, shuffle.NewMemoryStore(shuffle.Options{}))
		lis, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		lis.Close()
		_, err = drain(t.Context(), client, shuffle.Source{ID: "out", Address: lis.Addr().String()}, 0)
		want(t, err, lis.Addr().String(), "refused")
	})
	t.Run("aborted and freed", func(t *testing.T) {
		store := shuffle.NewMemoryStore(shuffle.Options{})
		client, address, _ := serve(t, store)
		w, _ := store.Writer("out", schema, 1)
		w.Abort(errors.New("its program broke"))
		_, err := drain(t.Context(), client, shuffle.Source{ID: "out", Address: address}, 0)
		want(t, err, address, "its program broke")
	})
	t.Run("the worker dies", func(t *testing.T) {
		store := shuffle.NewMemoryStore(shuffle.Options{})
		client, address, server := serve(t, store)
		w, _ := store.Writer("out", schema, 1)
		w.Write(t.Context(), 0, rows(0, 10))
		r, err := client.Open(t.Context(), shuffle.Source{ID: "out", Address: address}, 0)
		if err != nil {
			t.Fatal(err)
		}
		defer r.Close()
		if _, err := r.Next(t.Context()); err != nil {
			t.Fatal(err)
		}
		server.Stop()
		_, err = r.Next(t.Context())
		want(t, err, address, "")
	})
	t.Run("a damaged file", func(t *testing.T) {
		scratch := store.NewMemory()
		store := shuffle.NewMemoryStore(shuffle.Options{Memory: noMemory{}, Scratch: scratch, Dir: "d"})
		client, address, _ := serve(t, store)
		w, _ := store.Writer("out", schema, 1)
		w.Write(t.Context(), 0, rows(0, 100))
		w.Close()
		flip(t, scratch, "d/out.shuffle")
		_, err := drain(t.Context(), client, shuffle.Source{ID: "out", Address: address}, 0)
		want(t, err, address, wire.ErrDamaged.Error())
	})
	t.Run("cancelled", func(t *testing.T) {
		client, address, _ := serve(t, shuffle.NewMemoryStore(shuffle.Options{}))
		ctx, cancel := context.WithCancelCause(t.Context())
		stop := errors.New("stop")
		cancel(stop)
		if _, err := drain(ctx, client, shuffle.Source{ID: "out", Address: address}, 0); err != stop {
			t.Errorf("got %v", err)
		}
	})
}

func TestLocalSource(t *testing.T) {
	local := shuffle.NewMemoryStore(shuffle.Options{})
	defer local.Close()
	client := NewClient(local)
	defer client.Close()
	w, _ := local.Writer("out", schema, 1)
	b := rows(0, 5)
	w.Write(t.Context(), 0, b)
	w.Close()
	r, err := client.Open(t.Context(), shuffle.Source{ID: "out"}, 0)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := r.Next(t.Context()); err != nil || got != b {
		t.Errorf("got %v, %v; want the batch itself", got, err)
	}
}

// Messages are laid out as the receiving pool wants them.
func TestChunkLayout(t *testing.T) {
	for n := 0; n < 40_000; n += 8 + n/7&^7 {
		frames := make([]byte, n)
		m := &chunk{frames: [][]byte{frames}, schema: []byte("schema"), last: n%16 == 0, rows: 7, checksum: 9}
		out, err := newCodec().Marshal(m)
		if err != nil {
			t.Fatal(err)
		}
		total := grpcPrefix + out.Len()
		if rest := total % dataFrame; total%alignment != 0 || rest > 0 && rest <= smallFrame {
			t.Errorf("%d bytes of frames: %d bytes in all", n, total)
		}
		var got chunk
		if err := newCodec().Unmarshal(mem.BufferSlice{mem.SliceBuffer(out.Materialize())}, &got); err != nil {
			t.Fatal(err)
		}
		if len(got.frames[0]) != n || string(got.schema) != "schema" || got.last != m.last || got.last && (got.rows != 7 || got.checksum != 9) {
			t.Errorf("got %+v", got)
		}
	}
	if err := new(chunk).unmarshal([]byte{0x12, 0x7f, 1}); !errors.Is(err, errMessage) {
		t.Errorf("a cut message gave %v", err)
	}
}

func BenchmarkFetch(b *testing.B) {
	for _, n := range []int{2048, 32768} { // 64 KiB and 1 MiB
		b.Run(fmt.Sprintf("%dKiB", n*32>>10), func(b *testing.B) {
			store := shuffle.NewMemoryStore(shuffle.Options{})
			client, address, _ := serve(b, store)
			ts := []types.Type{types.BigIntType, types.BigIntType, types.BigIntType, types.BigIntType}
			w, err := store.Writer("out", ts, 1)
			if err != nil {
				b.Fatal(err)
			}
			total := 256 << 20
			for size := 0; size < total; size += n * 32 {
				in := &batch.Batch{N: n}
				for range ts {
					in.Columns = append(in.Columns, batch.NewFixed(types.BigIntType, n))
				}
				if err := w.Write(context.Background(), 0, in); err != nil {
					b.Fatal(err)
				}
			}
			w.Close()
			b.SetBytes(int64(2 * total))
			b.ReportAllocs()
			for b.Loop() {
				var reading sync.WaitGroup
				for range 2 {
					reading.Go(func() {
						r, err := client.Open(context.Background(), shuffle.Source{ID: "out", Address: address}, 0)
						if err != nil {
							b.Error(err)
							return
						}
						defer r.Close()
						for {
							if _, err := r.Next(context.Background()); err == io.EOF {
								return
							} else if err != nil {
								b.Error(err)
								return
							}
						}
					})
				}
				reading.Wait()
			}
		})
	}
}

// flip changes a bit near the end of a file.
func flip(t *testing.T, s *store.Memory, path string) {
	t.Helper()
	r, err := s.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	data, err := io.ReadAll(io.NewSectionReader(r, 0, r.Size()))
	if err != nil {
		t.Fatal(err)
	}
	data[len(data)-9] ^= 4
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
