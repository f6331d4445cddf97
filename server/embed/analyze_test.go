package embed_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// The statements of TestAnalyze, by name, over the tables of analyzeTables.
var analyzed = []struct{ name, text string }{
	{"scan, runtime filter, broadcast join, halves of an aggregation",
		"explain analyze select name, count(*) n, sum(v) s from facts join dims on k = id where v > 100 and name < 'name 3' group by name order by name"},
	{"partitioned join, tasks asked for",
		"set bixi.partitions=3; set bixi.broadcast.bytes=0; explain analyze select count(*) from facts a join facts b on a.k = b.k and a.v = b.v"},
	{"rows left out before they are moved",
		"set bixi.partitions=3; set bixi.broadcast.bytes=0; explain analyze select count(*) from facts a join facts b on a.v = b.v where b.k = 3"},
	{"spilling", "set bixi.spill.always=true; explain analyze select k, v, count(*) over (partition by k) c from facts order by v desc limit 3"},
	{"empty build side", "explain analyze select v from facts join dims on k = id where name = 'nobody'"},
	{"a value between the bounds that no row has", "explain analyze select id from dims where name = 'name 35'"},
	{"partial aggregation given up", "set bixi.split.bytes=3mb; set bixi.partitions=1; explain analyze select id, v, count(*) c from wide group by id, v having count(*) > 1"},
	{"a writing statement", "explain analyze insert overwrite table dims select * from dims where id < 3"},
}

const analyzeTables = `
create table facts (k bigint, v bigint) partitioned by (ds string);
create table dims (id bigint, name string);
create table wide (id bigint, v bigint);
insert into facts partition (ds='1') select t.pos % 10, t.pos from (select posexplode(sequence(0, 999)) as (pos, x)) t;
insert into facts partition (ds='2') select t.pos % 10, t.pos from (select posexplode(sequence(0, 499)) as (pos, x)) t;
insert into dims select t.pos, concat('name ', t.pos) from (select posexplode(sequence(0, 9)) as (pos, x)) t;
insert into wide select t.pos, t.pos from (select posexplode(sequence(0, 149999)) as (pos, x)) t;
insert into wide select t.pos, t.pos + 1 from (select posexplode(sequence(0, 149999)) as (pos, x)) t;
set bixi.split.bytes=1;
`

// masked hides what differs from run to run.
var masked = regexp.MustCompile(`\b\d+(\.\d+)?(ns|µs|ms|s)\b|\b[0-9.]+ ([KMG]i)?B\b|\b\d+ batch(es)?\b`)

// TestAnalyze keeps the shape of EXPLAIN ANALYZE: testdata/analyze.txt, which
// -rewrite writes anew.
func TestAnalyze(t *testing.T) {
	n := open(t)
	if _, err := run(t, n, analyzeTables); err != nil {
		t.Fatal(err)
	}
	var got strings.Builder
	for _, c := range analyzed {
		lines, err := run(t, n, "set bixi.split.bytes=1; "+c.text)
		if err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		got.WriteString("# " + c.name + "\n")
		for _, l := range lines {
			got.WriteString(masked.ReplaceAllString(l, "~") + "\n")
		}
		got.WriteString("\n")
	}
	file := filepath.Join("testdata", "analyze.txt")
	if *rewrite {
		if err := os.WriteFile(file, []byte(got.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got.String() != string(want) {
		t.Errorf("%s is not what comes out; -rewrite writes it anew:\n%s", file, got.String())
	}
}

// TestAnalyzeFormatted reads the form for programs.
func TestAnalyzeFormatted(t *testing.T) {
	n := open(t)
	lines, err := run(t, n, "create table f (k bigint); insert into f values (1), (2), (3); explain analyze formatted select k from f where k > 1")
	if err != nil || len(lines) != 1 {
		t.Fatal(lines, err)
	}
	type node struct {
		Node  string
		Stats struct {
			Rows    int64
			Figures []struct {
				Name  string
				Value int64
			}
		}
		Inputs []*node
	}
	var doc struct {
		Stages []struct {
			Stage string
			Tasks int
			Plan  *node
		}
	}
	if err := json.Unmarshal([]byte(lines[0]), &doc); err != nil {
		t.Fatal(err)
	}
	if len(doc.Stages) != 1 {
		t.Fatal(lines[0])
	}
	s := doc.Stages[0]
	scan := s.Plan
	for len(scan.Inputs) > 0 {
		scan = scan.Inputs[0]
	}
	if s.Tasks != 1 || !strings.HasPrefix(scan.Node, "Scan") || scan.Stats.Rows != 2 || len(scan.Stats.Figures) == 0 {
		t.Errorf("%s", lines[0])
	}
}
