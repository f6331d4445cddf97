package logical

import "github.com/bixidata/bixi/sql/diag"

// Broadcast is the hint MAPJOIN(alias): every task of a join shall read the
// relation of these columns whole.
type Broadcast struct {
	Alias   string
	Pos     diag.Pos
	Columns map[int]bool
	// Obeyed is set when a join does so.
	Obeyed bool
}
