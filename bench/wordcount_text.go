package bench

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"math/bits"
	"math/rand/v2"
	"os"
	"path/filepath"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/table/parquet"
	"github.com/bixidata/bixi/table/store"
)

// The generated text: how often a word occurs follows Zipf's law; every fourteenth is
// the most frequent, as in English.
const (
	textSeed    = 20260101
	vocabulary  = 1 << 18
	zipfS       = 1.2
	zipfV       = 3
	lineBytes   = 40 // the shortest line; the longest is three times that and a word
	bytesPerMB  = 1_000_000
	blockLines  = 8 << 10
	linesFile   = "lines.parquet"
	linesColumn = "line"
)

// corpus is generated lines, and what is known of them.
type corpus struct {
	parquet      string           // file of one STRING column
	plain        string           // the lines as a text file; "" if nobody needs it
	counts       map[string]int64 // of each word: the answer, found without the engine
	bytes        int64            // with a byte for the end of each line
	lines, words int64
}

// DefaultWords is where the text of so many megabytes is kept.
func DefaultWords(mb int) string {
	return filepath.Join("bench", "data", fmt.Sprintf("words-%dmb", mb))
}

// prepareCorpus generates the text, counts its words and writes it to a Parquet file
// below o.Data unless an earlier run did; to plain too, unless that is "".
func (o *Options) prepareCorpus(ctx context.Context, plain string) (t *corpus, err error) {
	dir, err := filepath.Abs(o.Data)
	if err != nil {
		return nil, err
	}
	t = &corpus{parquet: filepath.Join(dir, linesFile), plain: plain}
	var sinks []sink
	defer func() {
		for _, s := range sinks {
			err = errors.Join(err, s.end(err == nil))
		}
	}()
	if _, err := os.Stat(t.parquet); errors.Is(err, os.ErrNotExist) {
		fmt.Fprintf(o.Progress, "generating %d MB of text in %s\n", o.MB, dir)
		cols := []parquet.Column{{Name: linesColumn, Type: types.StringType}}
		w, err := parquet.NewWriter(ctx, store.NewLocal(""), t.parquet, cols, parquet.WriterOptions{})
		if err != nil {
			return nil, err
		}
		sinks = append(sinks, &parquetSink{w: w})
	}
	if plain != "" {
		f, err := os.Create(plain)
		if err != nil {
			return nil, err
		}
		sinks = append(sinks, &plainSink{f: f, out: bufio.NewWriterSize(f, 1<<20)})
	}
	counts := map[string]*int64{}
	for line := range generate(int64(o.MB) * bytesPerMB) {
		if t.lines++; t.lines%blockLines == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		t.bytes += int64(len(line)) + 1
		for word := range bytes.FieldsSeq(line) {
			n := counts[string(word)]
			if n == nil {
				n = new(int64)
				counts[string(word)] = n
			}
			*n++
			t.words++
		}
		for _, s := range sinks {
			if err := s.add(line); err != nil {
				return nil, err
			}
		}
	}
	t.counts = make(map[string]int64, len(counts))
	for word, n := range counts {
		t.counts[word] = *n
	}
	return t, nil
}

// generate gives lines until they have so many bytes: the same in every run. A line
// is valid until the next.
func generate(size int64) iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		r := rand.New(rand.NewPCG(textSeed, 1))
		zipf := rand.NewZipf(r, zipfS, zipfV, vocabulary-1)
		words := makeVocabulary()
		var line []byte
		for size > 0 {
			line = append(line[:0], words[zipf.Uint64()]...)
			for end := lineBytes + r.IntN(2*lineBytes); len(line) < end; {
				line = append(append(line, ' '), words[zipf.Uint64()]...)
			}
			size -= int64(len(line)) + 1
			if !yield(line) {
				return
			}
		}
	}
}

// makeVocabulary makes different words, the most frequent first and shortest.
func makeVocabulary() []string {
	r := rand.New(rand.NewPCG(textSeed, 2))
	words, seen := make([]string, 0, vocabulary), make(map[string]bool, vocabulary)
	for len(words) < vocabulary {
		b := make([]byte, 2+bits.Len(uint(len(words)))/2+r.IntN(4))
		for i := range b {
			b[i] = byte('a' + r.IntN(26))
		}
		if word := string(b); !seen[word] {
			seen[word] = true
			words = append(words, word)
		}
	}
	return words
}

// sink takes the lines to a file. end is called once, after the last line or an
// error; a Parquet file that is not finished does not come to exist.
type sink interface {
	add(line []byte) error
	end(complete bool) error
}

// parquetSink writes blocks of lines.
type parquetSink struct {
	w       *parquet.Writer
	data    []byte
	offsets []int32
}

func (s *parquetSink) add(line []byte) error {
	if len(s.offsets) == 0 {
		s.offsets = append(s.offsets, 0)
	}
	s.data = append(s.data, line...)
	s.offsets = append(s.offsets, int32(len(s.data)))
	if len(s.offsets) <= blockLines {
		return nil
	}
	return s.write()
}

func (s *parquetSink) write() error {
	n := len(s.offsets) - 1
	if n <= 0 {
		return nil
	}
	err := s.w.Write(batch.New(n, batch.FromBytes(types.StringType, s.data, s.offsets, nil)))
	s.data, s.offsets = nil, nil // the column has them
	return err
}

func (s *parquetSink) end(complete bool) error {
	if !complete {
		return s.w.Abort()
	}
	if err := s.write(); err != nil {
		return errors.Join(err, s.w.Abort())
	}
	_, err := s.w.Close()
	return err
}

// plainSink writes a line after the other.
type plainSink struct {
	f   io.Closer
	out *bufio.Writer
}

func (s *plainSink) add(line []byte) error {
	_, _ = s.out.Write(line) // bufio keeps the error
	return s.out.WriteByte('\n')
}

func (s *plainSink) end(bool) error { return errors.Join(s.out.Flush(), s.f.Close()) }
