package bench

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"github.com/bixidata/bixi/mapreduce"
	wire "github.com/bixidata/bixi/mapreduce/program"
	"github.com/bixidata/bixi/server"
	"github.com/bixidata/bixi/server/embed"
	"github.com/bixidata/bixi/worker/program"
)

// TestMain makes the test binary the program of the suite too.
func TestMain(m *testing.M) {
	if os.Getenv(wire.EnvServe) != "" {
		mapreduce.Main(WordCountJob)
	}
	goleak.VerifyTestMain(m)
}

// wordOptions are those of a run in which workers start this binary.
func wordOptions(t *testing.T) Options {
	return Options{
		MB: 1, Data: filepath.Join(t.TempDir(), "words"), Threads: 2, Runs: 2, Version: "test", Out: io.Discard, Progress: io.Discard,
		Open: func(ctx context.Context, warehouse string) (server.Statements, func() error, error) {
			n, err := embed.Open(ctx, embed.Config{Warehouse: warehouse, Scratch: t.TempDir(), Verify: true, Unsynced: true})
			if err != nil {
				return nil, nil, err
			}
			return n, n.Close, nil
		},
		Program: func(ctx context.Context, args []string) (server.Program, error) {
			path, err := os.Executable()
			if err != nil {
				return server.Program{}, err
			}
			p, spec, err := program.New().Describe(ctx, path, args)
			return server.Program{Program: p, Spec: spec}, err
		},
	}
}

func TestWordCount(t *testing.T) {
	o := wordOptions(t)
	if _, err := exec.LookPath("uniq"); err == nil {
		o.Peers = []string{"coreutils"}
	}
	var out bytes.Buffer
	o.Out = &out
	for range 2 { // the second run finds the text
		if _, err := WordCount(t.Context(), o); err != nil {
			t.Fatal(err)
		}
	}
	if !strings.HasSuffix(out.String(), "1/1 equal\n") || !strings.Contains(out.String(), "bixi, run 2") {
		t.Errorf("printed:\n%s", out.String())
	}
	files, err := os.ReadDir(o.Data)
	if err != nil || len(files) != 1 || files[0].Name() != linesFile {
		t.Errorf("beside the data there is %v, %v", files, err)
	}
}

func TestWordCountJSON(t *testing.T) {
	o := wordOptions(t)
	r, err := WordCount(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "report.json")
	if err := r.WriteFile(path); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var got struct {
		Suite   string
		SF      float64
		Bytes   int64
		Words   int64
		Engines map[string]struct {
			Version string
			Queries map[string]struct {
				Seconds []float64
				Rows    int
				Equal   bool
			}
		}
	}
	if err := json.Unmarshal(data, &got); err != nil {
		t.Fatal(err)
	}
	q := got.Engines["bixi"].Queries["wordcount"]
	if got.Suite != "wordcount" || got.SF != 0.001 || got.Engines["bixi"].Version != "test" ||
		len(q.Seconds) != 2 || q.Seconds[0] <= 0 || q.Rows < 1000 || !q.Equal {
		t.Errorf("%s", data)
	}
	if got.Bytes < bytesPerMB || got.Bytes > bytesPerMB+1000 || got.Words < bytesPerMB/12 || got.Words > bytesPerMB/3 {
		t.Errorf("%d bytes, %d words", got.Bytes, got.Words)
	}
}

// A text that is not the one whose words were counted shows, and is not timed.
func TestWordCountUnequal(t *testing.T) {
	o := wordOptions(t)
	two := o
	two.MB = 2
	if _, err := two.prepareCorpus(t.Context(), ""); err != nil {
		t.Fatal(err)
	}
	r, err := WordCount(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	res := r.result("bixi", wordQuery)
	if equal, all := r.Equal(); equal != 0 || all != 1 || *res.Equal || len(res.Seconds) != 0 || !strings.Contains(res.Difference, "are counted wrong") {
		t.Errorf("%d/%d equal, %+v", equal, all, res)
	}
}

func TestCountDifference(t *testing.T) {
	want := map[string]int64{"a": 1, "b": 2}
	for _, c := range []struct {
		got  map[string]int64
		want string
	}{
		{map[string]int64{"a": 1, "b": 2}, ""},
		{map[string]int64{"a": 1, "b": 3}, `1 words are counted wrong: "b" 3 times, not 2`},
		{map[string]int64{"b": 2}, `1 words are counted wrong: "a" 0 times, not 1`},
		{map[string]int64{"a": 1, "b": 2, "": 7}, `1 words are counted wrong: "" 7 times, not 0`},
	} {
		if got := countDifference(c.got, want); got != c.want {
			t.Errorf("%v: %s", c.got, got)
		}
	}
}

// The text is uneven as a language is, and the same each time.
func TestGenerate(t *testing.T) {
	lines := func() (all []string) {
		for line := range generate(100_000) {
			all = append(all, string(line))
		}
		return all
	}
	a := strings.Join(lines(), "\n") + "\n"
	if a != strings.Join(lines(), "\n")+"\n" {
		t.Error("two runs gave different text")
	}
	if len(a) < 100_000 || len(a) > 100_200 {
		t.Errorf("%d bytes", len(a))
	}
	counts := map[string]int{}
	for word := range strings.FieldsSeq(a) {
		counts[word]++
	}
	first := counts[makeVocabulary()[0]]
	for word, n := range counts {
		if n > first {
			t.Errorf("%q occurs %d times, the first word %d", word, n, first)
		}
	}
	if len(counts) < 2000 || first < 300 {
		t.Errorf("%d different words, the first %d times", len(counts), first)
	}
}

func TestNoSuchPeer(t *testing.T) {
	o := wordOptions(t)
	o.Peers = []string{"duckdb"}
	if _, err := WordCount(t.Context(), o); err == nil || !strings.Contains(err.Error(), "coreutils") {
		t.Error(err)
	}
}
