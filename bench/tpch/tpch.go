// Package tpch holds the 22 queries of TPC-H, with the parameters that the
// benchmark uses for validation: in our dialect, and in standard SQL for the
// engines they are compared with. The queries are derived from the benchmark;
// what is measured with them are no official results.
package tpch

import (
	"embed"
	"fmt"
	"strings"

	"github.com/bixidata/bixi/sql/syntax"
)

//go:embed q*.sql schema.sql duckdb/q*.sql
var files embed.FS

// Query is one of the 22.
type Query struct {
	Name string // q1 … q22
	Text string // in our dialect, without the semicolon
	Peer string // in standard SQL, as DuckDB takes it
}

// Tables gives the names of the tables, small ones first.
func Tables() []string {
	return []string{"region", "nation", "supplier", "customer", "part", "partsupp", "orders", "lineitem"}
}

// Queries gives the 22 queries in order.
func Queries() ([]Query, error) {
	var out []Query
	for n := 1; n <= 22; n++ {
		ours, err := files.ReadFile(fmt.Sprintf("q%02d.sql", n))
		if err != nil {
			return nil, err
		}
		peer, err := files.ReadFile(fmt.Sprintf("duckdb/q%02d.sql", n))
		if err != nil {
			return nil, err
		}
		pieces, _ := syntax.Split(string(ours))
		if len(pieces) != 1 {
			return nil, fmt.Errorf("q%02d.sql has %d statements", n, len(pieces))
		}
		out = append(out, Query{
			Name: fmt.Sprintf("q%d", n), Text: pieces[0].Text,
			Peer: strings.TrimSuffix(strings.TrimSpace(string(peer)), ";"),
		})
	}
	return out, nil
}

// Schema gives the CREATE TABLE statements of the tables.
func Schema() ([]string, error) {
	text, err := files.ReadFile("schema.sql")
	if err != nil {
		return nil, err
	}
	var out []string
	pieces, _ := syntax.Split(string(text))
	for _, p := range pieces {
		out = append(out, p.Text)
	}
	return out, nil
}
