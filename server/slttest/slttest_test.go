package slttest

import (
	"context"
	"io"
	"strings"
	"testing"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/server"
	"github.com/bixidata/bixi/sql/diag"
	"github.com/bixidata/bixi/sql/types"
)

const sample = `# A sample.

statement ok
SET a=1

statement error no.such
FAIL

query TI rowsort first
SELECT
----
(empty)	1
NULL	2

mode skip odd it is odd

query T
SELECT nothing
----
`

func TestParsePrints(t *testing.T) {
	f, err := parse(sample)
	if err != nil {
		t.Fatal(err)
	}
	if got := f.String(); got != sample {
		t.Errorf("printed as\n%s", got)
	}
	if len(f.records) != 5 || f.records[2].label != "first" || len(f.records[2].rows) != 2 || f.records[3].reason != "it is odd" {
		t.Errorf("%+v", f.records)
	}
}

func TestParseRefuses(t *testing.T) {
	for _, text := range []string{"statement perhaps\nSELECT 1", "query\nSELECT 1", "query I\n", "statement ok\nSELECT 1\n----\n1", "mode skip x", "nonsense"} {
		if _, err := parse(text); err == nil {
			t.Errorf("%q is accepted", text)
		}
	}
}

// fake answers every statement with two rows, out of order; FAIL fails.
type fake struct{ server.Statement }

func (fake) Submit(_ context.Context, r server.Request) (server.Statement, error) {
	if r.Text == "FAIL" {
		return nil, diag.Errorf(diag.CodeTableNotFound, diag.Pos{}, "no such table")
	}
	return &reply{State: r.State}, nil
}
func (fake) Close() error { return nil }

type reply struct {
	server.Statement
	State server.State
	read  bool
}

func (r *reply) Wait(context.Context) (server.Outcome, error) {
	return server.Outcome{State: r.State}, nil
}
func (r *reply) Schema(context.Context) (types.Schema, error) {
	return types.Schema{{Name: "s", Type: types.Type{Kind: types.String}}}, nil
}
func (r *reply) Next(context.Context) (*batch.Batch, error) {
	if r.read {
		return nil, io.EOF
	}
	r.read = true
	return batch.New(2, batch.FromStrings(types.Type{Kind: types.String}, []string{"b\tb", ""})), nil
}
func (r *reply) Close() error { return nil }

func TestRun(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"query T rowsort\nQ\n----\n(empty)\nb\\tb", ""},
		{"query T\nQ\n----\nb\\tb\n(empty)", ""},
		{"query T\nQ\n----\n(empty)\nb\\tb", "the answer is"},
		{"query T\nQ\n----\nb\\tb", "the answer is"},
		{"query I\nQ\n----\nb\\tb\n(empty)", "the columns are T"},
		{"query T\nFAIL\n----\n", "no such table"},
		{"statement ok\nFAIL", "no such table"},
		{"statement error NO SUCH .able\nFAIL", ""},
		{"statement error other\nFAIL", "the message is"},
		{"statement error .\nQ", "it succeeds"},
	} {
		f, err := parse(c.text)
		if err != nil {
			t.Fatal(err)
		}
		s := &session{statements: fake{}, labels: map[string][]string{}}
		err = s.run(t.Context(), f.records[0], false)
		if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q: %v, want %q", c.text, err, c.want)
		}
	}
}

func TestRewriteFills(t *testing.T) {
	f, err := parse("query X rowsort\nQ\n----\nold")
	if err != nil {
		t.Fatal(err)
	}
	s := &session{statements: fake{}, labels: map[string][]string{}}
	if err := s.run(t.Context(), f.records[0], true); err != nil {
		t.Fatal(err)
	}
	if got := f.String(); got != "query T rowsort\nQ\n----\n(empty)\nb\\tb\n" {
		t.Errorf("%q", got)
	}
}
