package syntax

// PartitionSpec is PARTITION (…). Either every element is name[=value], and
// Items holds them, or it is a condition on partition columns, and Filter does.
type PartitionSpec struct {
	Start
	Items  []*PartitionItem
	Filter Expr // nil unless it is a condition
}

// PartitionItem is one column of a PartitionSpec.
type PartitionItem struct {
	Start
	Name  Ident
	Value Expr // nil: dynamic
}

// Property is 'key'='value' of TBLPROPERTIES.
type Property struct {
	Start
	Key, Value string
}
