package syntax

// Desc is DESC [EXTENDED] t [PARTITION (…)] or DESC FUNCTION f.
type Desc struct {
	Source
	Function  bool
	Schema    bool
	Extended  bool
	Name      Name
	Partition *PartitionSpec // nil when absent
}
