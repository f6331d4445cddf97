// Package suite describes a set of queries over tables, which engines answer.
package suite

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"github.com/bixidata/bixi/sql/syntax"
)

// Suite is a benchmark: its tables and the queries over them.
type Suite struct {
	Name    string // also what the data generator calls it
	Tables  []string
	Schema  []string // the CREATE TABLE statement of each table
	Queries []Query
	// Size tells how much data there is; "" if the scale factor does.
	Size string
	// Make writes the data of each table to a Parquet file in dir; nil if the
	// generator of the TPC's benchmarks does.
	Make func(ctx context.Context, dir string) error
}

// Query is one of a suite.
type Query struct {
	Name  string // q1 …; q14a and q14b are parts of one
	Title string // what it asks for, as the first line of its file has it
	Text  string // in our dialect, without the semicolon
	// Peers are the texts for engines that need other words, such as duckdb.
	Peers map[string]string
}

// peers are the engines for which a suite may have a directory of texts.
var peers = []string{"duckdb", "spark"}

// For is the text for a peer. What there is for DuckDB is standard SQL, or nearly, and
// good for other peers too.
func (q Query) For(peer string) string {
	for _, name := range []string{peer, "duckdb"} {
		if text, ok := q.Peers[name]; ok {
			return text
		}
	}
	return q.Text
}

// Number is the name of the query, or of that which it is a part of.
func (q Query) Number() string { return strings.TrimRight(q.Name, "ab") }

// Read reads the suite of a directory: schema.sql, and for each number below or
// equal n either qNN.sql or its parts qNNa.sql and qNNb.sql. What a peer needs
// in other words is in a file of the same name in the peer's directory, such as duckdb.
func Read(files fs.FS, name string, n int) (*Suite, error) {
	s := &Suite{Name: name}
	text, err := fs.ReadFile(files, "schema.sql")
	if err != nil {
		return nil, err
	}
	pieces, _ := syntax.Split(string(text))
	for _, p := range pieces {
		stmt, err := syntax.ParseStatement(p.Text)
		if err != nil {
			return nil, fmt.Errorf("schema of %s: %w", name, err)
		}
		create, ok := stmt.(*syntax.CreateTable)
		if !ok {
			return nil, fmt.Errorf("schema of %s has a %T", name, stmt)
		}
		s.Tables = append(s.Tables, create.Name.Last().Name)
		s.Schema = append(s.Schema, p.Text)
	}
	for i := 1; i <= n; i++ {
		queries, err := readQuery(files, i)
		if err != nil {
			return nil, err
		}
		s.Queries = append(s.Queries, queries...)
	}
	return s, nil
}

// readQuery reads query n, or its parts.
func readQuery(files fs.FS, n int) ([]Query, error) {
	var out []Query
	for _, part := range []string{"", "a", "b"} {
		file := fmt.Sprintf("q%02d%s.sql", n, part)
		ours, err := fs.ReadFile(files, file)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, err
		}
		texts, err := readPeers(files, file)
		if err != nil {
			return nil, err
		}
		pieces, _ := syntax.Split(string(ours))
		if len(pieces) != 1 {
			return nil, fmt.Errorf("%s has %d statements", file, len(pieces))
		}
		out = append(out, Query{
			Name: fmt.Sprintf("q%d%s", n, part), Title: title(string(ours)), Text: pieces[0].Text, Peers: texts,
		})
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("there is no query %d", n)
	}
	return out, nil
}

// readPeers reads what peers need in place of a file.
func readPeers(files fs.FS, file string) (map[string]string, error) {
	out := map[string]string{}
	for _, peer := range peers {
		text, err := fs.ReadFile(files, peer+"/"+file)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, err
		}
		out[peer] = strings.TrimSuffix(strings.TrimSpace(string(text)), ";")
	}
	return out, nil
}

// title is that of a file which begins with "-- Q1: title.".
func title(text string) string {
	first, _, _ := strings.Cut(text, "\n")
	_, t, _ := strings.Cut(first, ": ")
	return strings.TrimSuffix(strings.TrimSpace(t), ".")
}

// Choose gives the queries of these names, all for none. The name of a query
// with parts means them all.
func (s *Suite) Choose(names []string) ([]Query, error) {
	if len(names) == 0 {
		return s.Queries, nil
	}
	var out []Query
	for _, name := range names {
		name = strings.ToLower(strings.TrimSpace(name))
		before := len(out)
		for _, q := range s.Queries {
			if q.Name == name || q.Number() == name {
				out = append(out, q)
			}
		}
		if len(out) == before {
			last := s.Queries[len(s.Queries)-1]
			return nil, fmt.Errorf("there is no query %s: they are %s to %s", name, s.Queries[0].Name, last.Name)
		}
	}
	return out, nil
}
