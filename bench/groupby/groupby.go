// Package groupby holds queries that group one table of generated rows, of the kind
// of the db-benchmark that began with h2o: few and many groups, strings and integers
// as keys, cheap aggregates and dear ones. Where there are more than 100 groups a
// query aggregates the groups once more, so that what is timed is the grouping and
// not the fetching of rows; every column of every group goes into the answer. In the
// titles n is the number of rows.
package groupby

import (
	"context"
	"embed"
	"fmt"

	"github.com/bixidata/bixi/bench/suite"
)

//go:embed q*.sql schema.sql duckdb/q*.sql
var files embed.FS

// MinRows is the least number of rows for which each column has groups.
const MinRows = 1000

// Suite gives the queries and the table, which has so many rows.
func Suite(rows int) (*suite.Suite, error) {
	if rows < MinRows {
		return nil, fmt.Errorf("the table has %d rows, which are fewer than %d", rows, MinRows)
	}
	s, err := suite.Read(files, "groupby", 15)
	if err != nil {
		return nil, err
	}
	s.Size = fmt.Sprintf("%d rows", rows)
	s.Make = func(ctx context.Context, dir string) error { return generate(ctx, dir, rows) }
	return s, nil
}
