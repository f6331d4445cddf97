package syntax

// Analyze is ANALYZE TABLE t [PARTITION (…)] COMPUTE|DELETE STATISTICS
// [FOR COLUMNS [(…)]].
type Analyze struct {
	Source
	Name       Name
	Partition  *PartitionSpec // nil when absent
	Delete     bool
	ForColumns bool
	Columns    []Ident
}
