package syntax

// Truncate is TRUNCATE TABLE t [PARTITION (…), …].
type Truncate struct {
	Source
	Name       Name
	Partitions []*PartitionSpec
}
