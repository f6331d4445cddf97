// Package tpch holds the 22 queries of TPC-H, with the parameters that the
// benchmark uses for validation: in our dialect, and in standard SQL for the
// engines they are compared with. The queries are derived from the benchmark;
// what is measured with them are no official results.
package tpch

import (
	"embed"

	"github.com/bixidata/bixi/bench/suite"
)

//go:embed q*.sql schema.sql duckdb/q*.sql
var files embed.FS

// Suite gives the 22 queries and the tables, small ones first.
func Suite() (*suite.Suite, error) { return suite.Read(files, "tpch", 22) }
