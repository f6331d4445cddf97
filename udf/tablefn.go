package udf

import (
	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/sql/types"
)

// Table is the side of a function that gives rows: for each row of arguments any
// number of rows of one or more columns.
type Table struct {
	// Resolve gives the types that the arguments are converted to and the names
	// and types of the columns; a *diag.Error without position if the arguments do
	// not fit.
	Resolve func(args []Arg) (TableSignature, error)
	// Expand looks at n rows of arguments, at least one, which are Flat or Const and stay valid
	// until the expansion has been used up.
	Expand func(call *TableCall, args []*batch.Column, n int) (Expansion, error)
}

// TableSignature is the outcome of resolving a call of a table function.
type TableSignature struct {
	Args    []types.Type // one an argument; the binder inserts casts
	Columns types.Schema
}

// TableCall is one call site at run time.
type TableCall struct {
	TableSignature
	Session *Session
}

// Expansion is what rows of arguments become. The caller asks for the rows a part
// at a time, so that a large expansion never stands in memory as a whole.
type Expansion struct {
	// Counts is the number of rows that each row of arguments becomes.
	Counts []int32
	// Columns computes rows: row at[k], from 0, of what row rows[k] becomes. Pairs
	// come in ascending order, each once. The columns may be in any encoding and
	// are valid until the next call.
	Columns func(rows, at []int32) ([]*batch.Column, error)
}
