// Package tpcds holds the 99 queries of TPC-DS, with the parameters that the
// benchmark uses for qualification. The texts are for our dialect and the
// engines it is compared with alike, except those of the directory duckdb. The
// queries are derived from the benchmark; what is measured with them are no
// official results.
package tpcds

import (
	"embed"

	"github.com/bixidata/bixi/bench/suite"
)

//go:embed q*.sql schema.sql
var files embed.FS

// Suite gives the 99 queries and the tables, small ones first. Four queries have
// two parts each.
func Suite() (*suite.Suite, error) { return suite.Read(files, "tpcds", 99) }
