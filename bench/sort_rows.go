package bench

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"hash/maphash"
	"io"
	"iter"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/table/parquet"
	"github.com/bixidata/bixi/table/store"
)

// The generated rows are those of the sort benchmark's gensort: a key of ten random
// printable characters, then a payload with the row's number and some filler.
const (
	sortSeed    = 20260103
	keyBytes    = 10
	rowBytes    = 100
	recordsFile = "records.parquet"
)

// recordColumns are the columns of the rows.
var recordColumns = []parquet.Column{
	{Name: "k", FieldID: 1, Type: types.StringType},
	{Name: "payload", FieldID: 2, Type: types.StringType},
}

// DefaultRecords is where so many megabytes of rows to sort are kept.
func DefaultRecords(mb int) string {
	return filepath.Join("bench", "data", fmt.Sprintf("records-%dmb", mb))
}

// summary is what is the same of some rows in any order.
type summary struct {
	rows int64
	sum  uint64 // of the hashes
}

// add takes in a row. Hashes are of use within one process only.
func (s *summary) add(seed maphash.Seed, key, payload []byte) {
	s.rows++
	s.sum += maphash.Bytes(seed, key)*31 + maphash.Bytes(seed, payload)
}

// prepareRecords generates the rows to sort into a file below o.Data, unless an
// earlier run did, and sums them up as they were generated.
func (o *Options) prepareRecords(ctx context.Context, seed maphash.Seed) (path string, sum summary, err error) {
	dir, err := filepath.Abs(o.Data)
	if err != nil {
		return "", sum, err
	}
	path = filepath.Join(dir, recordsFile)
	var w *parquet.Writer
	if _, err := os.Stat(path); errors.Is(err, os.ErrNotExist) {
		fmt.Fprintf(o.Progress, "generating %d MB of rows in %s\n", o.MB, dir)
		if w, err = parquet.NewWriter(ctx, store.NewLocal(""), path, recordColumns, parquet.WriterOptions{Compression: parquet.Snappy}); err != nil {
			return "", sum, err
		}
		defer func() {
			if err != nil {
				err = errors.Join(err, w.Abort())
			}
		}()
	}
	for b := range records(int64(o.MB) * bytesPerMB / rowBytes) {
		if ctx.Err() != nil {
			return "", sum, ctx.Err()
		}
		for i := range b.N {
			sum.add(seed, b.Columns[0].Bytes(i), b.Columns[1].Bytes(i))
		}
		if w != nil {
			if err := w.Write(b); err != nil {
				return "", sum, err
			}
		}
	}
	if w != nil {
		_, err = w.Close()
	}
	return path, sum, err
}

// records gives n rows in batches: the same in every run.
func records(n int64) iter.Seq[*batch.Batch] {
	return func(yield func(*batch.Batch) bool) {
		r := rand.New(rand.NewPCG(sortSeed, 1))
		for first := int64(0); first < n; first += blockLines {
			rows := int(min(blockLines, n-first))
			keys, payloads := make([]byte, 0, rows*keyBytes), make([]byte, 0, rows*(rowBytes-keyBytes))
			keyEnds, payloadEnds := make([]int32, 1, rows+1), make([]int32, 1, rows+1)
			for i := range rows {
				keys = appendKey(keys, r)
				payloads = appendPayload(payloads, r, first+int64(i))
				keyEnds, payloadEnds = append(keyEnds, int32(len(keys))), append(payloadEnds, int32(len(payloads)))
			}
			b := batch.New(rows, batch.FromBytes(types.StringType, keys, keyEnds, nil), batch.FromBytes(types.StringType, payloads, payloadEnds, nil))
			if !yield(b) {
				return
			}
		}
	}
}

// appendKey appends ten of the 95 printable characters.
func appendKey(key []byte, r *rand.Rand) []byte {
	for range 2 {
		for v, i := r.Uint64N(95*95*95*95*95), 0; i < keyBytes/2; v, i = v/95, i+1 {
			key = append(key, byte(' '+v%95))
		}
	}
	return key
}

// appendPayload appends the row's number in 32 digits and 13 letters, each four times.
func appendPayload(payload []byte, r *rand.Rand, row int64) []byte {
	payload = fmt.Appendf(payload, "  %032X  ", row)
	for v, i := r.Uint64(), 0; i < 13; v, i = v/16, i+1 {
		c := "0123456789ABCDEF"[v%16]
		payload = append(payload, c, c, c, c)
	}
	return append(payload, '\r', '\n')
}

// sortedFile is a file whose rows are in order.
type sortedFile struct {
	first, last []byte // keys
	sum         summary
}

// checkSorted tells in what files are not the rows that want sums up, globally
// sorted; "" if in nothing. Files may come in any order; their keys may not overlap.
func checkSorted(ctx context.Context, paths []string, seed maphash.Seed, want summary) (string, error) {
	var files []sortedFile
	var all summary
	for _, path := range paths {
		f, wrong, err := checkFile(ctx, path, seed)
		if wrong != "" || err != nil {
			return wrong, err
		}
		if f.sum.rows > 0 {
			files = append(files, f)
		}
		all.rows += f.sum.rows
		all.sum += f.sum.sum
	}
	slices.SortFunc(files, func(a, b sortedFile) int {
		return cmp.Or(bytes.Compare(a.first, b.first), bytes.Compare(a.last, b.last))
	})
	for i := range max(0, len(files)-1) {
		if bytes.Compare(files[i].last, files[i+1].first) > 0 {
			return fmt.Sprintf("a file ends with %q, the next begins with %q", files[i].last, files[i+1].first), nil
		}
	}
	switch {
	case all.rows != want.rows:
		return fmt.Sprintf("%d rows, not %d", all.rows, want.rows), nil
	case all.sum != want.sum:
		return "the rows are not those that were to be sorted", nil
	}
	return "", nil
}

// checkFile reads a file; wrong tells where its rows are not in order.
func checkFile(ctx context.Context, path string, seed maphash.Seed) (f sortedFile, wrong string, err error) {
	file, err := parquet.Open(ctx, store.NewScratch(""), path)
	if err != nil {
		return f, "", err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	// By name: other writers have no field ids.
	r, err := parquet.NewReader(file, recordColumns, parquet.ReaderOptions{})
	if err != nil {
		return f, "", err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	for {
		b, err := r.Next(ctx)
		if err == io.EOF {
			return f, "", nil
		}
		if err != nil {
			return f, "", err
		}
		keys, payloads := batch.Flatten(b.Columns[0]), batch.Flatten(b.Columns[1])
		for i := range b.N {
			key := keys.Bytes(i)
			if f.sum.rows == 0 {
				f.first = bytes.Clone(key)
			} else if bytes.Compare(f.last, key) > 0 {
				return f, fmt.Sprintf("row %d: %q comes after %q", f.sum.rows+1, key, f.last), nil
			}
			f.last = append(f.last[:0], key...)
			f.sum.add(seed, key, payloads.Bytes(i))
		}
	}
}
