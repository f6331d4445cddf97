package syntax

// Explain is EXPLAIN [ANALYZE|EXTENDED|FORMATTED|LOGICAL|DEPENDENCY] statement.
type Explain struct {
	Source
	Analyze   bool
	Mode      string // upper case, "" for the usual form
	Statement Statement
}
