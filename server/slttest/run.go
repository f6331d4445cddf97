package slttest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/server"
	"github.com/bixidata/bixi/sql/diag"
	"github.com/bixidata/bixi/sql/types"
)

// Mode is a way to run the files.
type Mode struct {
	Name string
	// Settings are those of the session at its beginning.
	Settings map[string]string
	// Open makes an engine with an empty warehouse, which t.Cleanup closes.
	Open func(t testing.TB) server.Statements
}

// Run runs every .slt file of a directory in every mode, each with an engine of
// its own. With rewrite the first mode's answers are written into the files.
func Run(t *testing.T, dir string, modes []Mode, rewrite bool) {
	paths, err := filepath.Glob(filepath.Join(dir, "*.slt"))
	if err != nil {
		t.Fatal(err)
	}
	if len(paths) == 0 {
		t.Fatalf("there is no .slt file in %s", dir)
	}
	if rewrite {
		modes = modes[:1]
	}
	for _, m := range modes {
		t.Run(m.Name, func(t *testing.T) {
			for _, path := range paths {
				t.Run(strings.TrimSuffix(filepath.Base(path), ".slt"), func(t *testing.T) { runFile(t, path, m, rewrite) })
			}
		})
	}
}

func runFile(t *testing.T, path string, m Mode, rewrite bool) {
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	f, err := parse(string(text))
	if err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	s := &session{statements: m.Open(t), dir: t.TempDir(), labels: map[string][]string{}}
	s.state = server.State{Project: "default", Settings: maps.Clone(m.Settings)}
	if s.state.Settings == nil {
		s.state.Settings = map[string]string{}
	}
	for _, r := range f.records {
		if r.kind == skip {
			if r.mode == m.Name {
				t.Logf("%s:%d: skipped from here: %s", path, r.line, r.reason)
				break
			}
			continue
		}
		if err := s.run(t.Context(), r, rewrite); err != nil {
			t.Errorf("%s:%d: %v\n%s", path, r.line, err, r.text)
		}
	}
	if rewrite && f.String() != string(text) {
		if err := os.WriteFile(path, []byte(f.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// session runs the records of a file one after the other.
type session struct {
	statements server.Statements
	dir        string // what $DIR stands for
	state      server.State
	labels     map[string][]string
	warnings   []string // of the last statement
}

// run runs a record and tells what is wrong with its outcome.
func (s *session) run(ctx context.Context, r *record, rewrite bool) error {
	types, rows, err := s.statement(ctx, r.text)
	if r.kind == statementError {
		return s.checkError(r, err)
	}
	if err != nil || r.kind == statementOK {
		return err
	}
	if r.kind == statementWarning {
		return s.checkWarnings(r)
	}
	if r.sort {
		slices.Sort(rows)
	}
	if rewrite {
		r.types, r.rows = types, rows
	}
	if types != r.types {
		return fmt.Errorf("the columns are %s, not %s", types, r.types)
	}
	if !slices.Equal(rows, r.rows) {
		return fmt.Errorf("the answer is\n%s\nnot\n%s", strings.Join(rows, "\n"), strings.Join(r.rows, "\n"))
	}
	if r.label != "" {
		if known, ok := s.labels[r.label]; ok && !slices.Equal(known, rows) {
			return fmt.Errorf("the answer differs from that of an earlier query with label %s", r.label)
		}
		s.labels[r.label] = rows
	}
	return nil
}

func (s *session) checkError(r *record, err error) error {
	if err == nil {
		return fmt.Errorf("it succeeds")
	}
	match, bad := regexp.Compile("(?i)" + r.match)
	if bad != nil {
		return bad
	}
	// The whole message, as users see it: with the hint.
	if text := diag.Render(err, r.text); !match.MatchString(text) {
		return fmt.Errorf("the message is %q", text)
	}
	return nil
}

func (s *session) checkWarnings(r *record) error {
	match, err := regexp.Compile("(?i)" + r.match)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(s.warnings, match.MatchString) {
		return fmt.Errorf("the warnings are %q", s.warnings)
	}
	return nil
}

// statement runs a statement and gives the letters of its columns and its rows
// as lines.
func (s *session) statement(ctx context.Context, text string) (letters string, rows []string, err error) {
	text = strings.ReplaceAll(text, "$DIR", s.dir)
	st, err := s.statements.Submit(ctx, server.Request{Text: text, State: s.state})
	if err != nil {
		return "", nil, err
	}
	defer func() { err = errors.Join(err, st.Close()) }()
	out, err := st.Wait(ctx)
	if err != nil {
		return "", nil, err
	}
	s.state, s.warnings = out.State, out.Warnings
	schema, err := st.Schema(ctx)
	if err != nil {
		return "", nil, err
	}
	for _, f := range schema {
		letters += letter(f.Type)
	}
	for {
		b, err := st.Next(ctx)
		if err == io.EOF {
			return letters, rows, nil
		}
		if err != nil {
			return "", nil, err
		}
		b = b.Dense()
		for i := range b.N {
			values := make([]string, len(b.Columns))
			for c, col := range b.Columns {
				values[c] = value(col, i)
			}
			rows = append(rows, strings.Join(values, "\t"))
		}
	}
}

func letter(t types.Type) string {
	switch {
	case t.IsInteger():
		return "I"
	case t.Kind == types.Decimal:
		return "N"
	case t.Kind == types.Double || t.Kind == types.Float:
		return "R"
	case t.IsText():
		return "T"
	case t.Kind == types.Boolean:
		return "B"
	case t.Kind == types.Date || t.Kind == types.Datetime || t.Kind == types.Timestamp || t.Kind == types.TimestampNTZ:
		return "D"
	}
	return "X"
}

var escapes = strings.NewReplacer(`\`, `\\`, "\t", `\t`, "\n", `\n`)

// value is a value as the files have it; instants are shown in UTC.
func value(c *batch.Column, i int) string {
	if c.IsNull(i) {
		return "NULL"
	}
	text := string(batch.AppendText(nil, c, i, time.UTC))
	if text == "" {
		return "(empty)"
	}
	return escapes.Replace(text)
}
