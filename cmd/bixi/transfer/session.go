// Package transfer moves rows between files and tables. It does so with
// statements, as a user would: what it reads becomes an external table for the
// time of one INSERT, so an import succeeds as a whole or leaves nothing behind.
package transfer

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/bixidata/bixi/cmd/bixi/console"
	"github.com/bixidata/bixi/server"
	"github.com/bixidata/bixi/sql/diag"
	"github.com/bixidata/bixi/sql/syntax"
	"github.com/bixidata/bixi/sql/types"
)

// Session is where statements run.
type Session struct {
	Statements server.Statements
	State      server.State
	User       string
}

// run runs a statement that the package has written. Its errors have no place,
// as the user did not write the text.
func (s *Session) run(ctx context.Context, format string, args ...any) (*console.Rows, error) {
	rows, err := console.Query(ctx, s.Statements, server.Request{Text: fmt.Sprintf(format, args...), State: s.State, User: s.User})
	var e *diag.Error
	if errors.As(err, &e) {
		placeless := *e
		placeless.Pos = diag.Pos{}
		return nil, &placeless
	}
	return rows, err
}

// layout is the columns of a table.
type layout struct {
	data, partition types.Schema
}

// describe gives a table's columns; nil without an error if there is no table.
func (s *Session) describe(ctx context.Context, table string) (*layout, error) {
	rows, err := s.run(ctx, "DESC %s", table)
	if err != nil {
		if diag.Of(err).Code == diag.CodeTableNotFound {
			return nil, nil
		}
		return nil, err
	}
	out := &layout{}
	for _, r := range rows.Rows {
		t, err := syntax.ParseType(r[1].(string))
		if err != nil {
			return nil, fmt.Errorf("the type of column %v of %s: %w", r[0], table, err)
		}
		f := types.Field{Name: r[0].(string), Type: t}
		if kind, _, _ := strings.Cut(r[2].(string), " "); kind == "partition" {
			out.partition = append(out.partition, f)
		} else {
			out.data = append(out.data, f)
		}
	}
	return out, nil
}

// quoteName writes a table's name, which may have a project before a point.
func quoteName(name string) string {
	parts := strings.Split(name, ".")
	for i, p := range parts {
		parts[i] = quoteIdent(strings.Trim(p, "`"))
	}
	return strings.Join(parts, ".")
}

func quoteIdent(name string) string { return "`" + strings.ReplaceAll(name, "`", "``") + "`" }

func quoteText(text string) string {
	return "'" + strings.NewReplacer(`\`, `\\`, `'`, `\'`, "\n", `\n`, "\r", `\r`, "\x00", `\0`).Replace(text) + "'"
}

// Value is the value of a partition column.
type Value struct{ Name, Text string }

// ParsePartition reads k=v,k2=v2. Values may be in quotes.
func ParsePartition(text string) ([]Value, error) {
	var out []Value
	for _, part := range strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == '/' }) {
		k, v, found := strings.Cut(part, "=")
		k = strings.ToLower(strings.TrimSpace(k))
		v = strings.Trim(strings.TrimSpace(v), `'"`)
		if !found || k == "" || v == "" {
			return nil, fmt.Errorf("a partition is name=value, not %q", part)
		}
		out = append(out, Value{k, v})
	}
	return out, nil
}

func find(values []Value, name string) (string, bool) {
	for _, v := range values {
		if strings.EqualFold(v.Name, name) {
			return v.Text, true
		}
	}
	return "", false
}
