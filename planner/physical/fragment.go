package physical

import (
	"time"

	"github.com/bixidata/bixi/sql/types"
)

// Fragment is what every task of a stage runs: a plan whose leaves are scans and
// shuffle reads and whose root is a ShuffleWrite, and what its expressions may
// know of the session. It is the opaque payload of a stage.
type Fragment struct {
	Root Node
	// Zone, Now (nanoseconds since the epoch), Strict and Dialect make the function
	// session.
	Zone    string
	Now     int64
	Strict  bool
	Dialect types.Dialect
	// BatchRows and SpillAlways are the session's settings of those names.
	BatchRows   int
	SpillAlways bool
	// Memory, if positive, limits the bytes that the job's operators hold in a process.
	Memory int64
}

// Time is Now as a time.
func (f *Fragment) Time() time.Time { return time.Unix(0, f.Now) }

// Args is what differs between the tasks of a stage: the splits of each scan.
type Args struct {
	Scans []ScanSplits
}

// ScanSplits are the splits that one task reads for the scan of that ID.
type ScanSplits struct {
	Scan   int
	Splits []Split
}
