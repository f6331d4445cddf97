package physical

import (
	"fmt"

	"github.com/bixidata/bixi/sql/types"
)

// Prefilter gives its left input. Its right input, which is read before, are the
// values of keys on the build side of hash join Join, whose probe side the left rows
// become behind an exchange: scans on the left leave out rows whose keys are not among
// them, so that those need not be moved. Every task of the stage reads the same right
// input.
type Prefilter struct {
	Binary
	Join int
	// Keys are the numbers of the join's keys that the right columns are.
	Keys []int
}

// Schema is the left input's.
func (k *Prefilter) Schema() types.Schema { return k.Left.Schema() }

// Describe names the join.
func (k *Prefilter) Describe() string { return fmt.Sprintf("Prefilter for join %d", k.Join) }
