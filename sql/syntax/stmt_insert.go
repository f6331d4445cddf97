package syntax

// Insert is INSERT INTO or OVERWRITE. WITH before INSERT is read into Query.
type Insert struct {
	Source
	Overwrite bool
	Table     Name
	Partition *PartitionSpec // nil when absent
	Columns   []Ident
	Query     *Query // VALUES is a Query whose Body is *Values
}

// MultiInsert is FROM source INSERT … SELECT … INSERT … SELECT …. The Select
// of each Insert has no From of its own: it reads From.
type MultiInsert struct {
	Source
	With      []*CTE
	Recursive bool
	From      TableRef
	Inserts   []*Insert
}
