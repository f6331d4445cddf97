package syntax

import (
	"github.com/bixidata/bixi/sql/diag"
	"github.com/bixidata/bixi/sql/types"
)

// AlterTable is ALTER TABLE (or [MATERIALIZED] VIEW) with one action.
type AlterTable struct {
	Source
	View bool
	// Materialized says that it is ALTER MATERIALIZED VIEW.
	Materialized bool
	Name         Name
	Partition    *PartitionSpec // ALTER TABLE t PARTITION (…) action; nil otherwise
	Action       AlterAction
}

// AlterAction is what an AlterTable does.
type AlterAction interface {
	Node
	alterAction()
}

type actionNode struct{ Start }

func (actionNode) alterAction() {}

// RenameTable is RENAME TO.
type RenameTable struct {
	actionNode
	To Name
}

// ChangeOwner is CHANGEOWNER TO 'user'.
type ChangeOwner struct {
	actionNode
	Owner string
}

// SetComment is SET COMMENT 'text'.
type SetComment struct {
	actionNode
	Comment string
}

// SetLifecycle is SET LIFECYCLE days.
type SetLifecycle struct {
	actionNode
	Days string
}

// EnableLifecycle is ENABLE or DISABLE LIFECYCLE.
type EnableLifecycle struct {
	actionNode
	Disable bool
}

// SetProperties is SET TBLPROPERTIES (…).
type SetProperties struct {
	actionNode
	Properties []*Property
}

// UnsetProperties is UNSET TBLPROPERTIES ('key', …).
type UnsetProperties struct {
	actionNode
	IfExists bool
	Keys     []string
}

// Touch is TOUCH [PARTITION (…)]: the table or partition counts as modified now.
type Touch struct {
	actionNode
	Partition *PartitionSpec // nil: the table
}

// AddPartition is ADD [IF NOT EXISTS] PARTITION (…) ….
type AddPartition struct {
	actionNode
	IfNotExists bool
	Partitions  []*PartitionSpec
}

// DropPartition is DROP [IF EXISTS] PARTITION (…), ….
type DropPartition struct {
	actionNode
	IfExists   bool
	Partitions []*PartitionSpec
	Purge      bool
}

// RenamePartition is PARTITION (…) RENAME TO PARTITION (…); the old one is the
// statement's Partition.
type RenamePartition struct {
	actionNode
	To *PartitionSpec
}

// AddColumns is ADD COLUMNS (…).
type AddColumns struct {
	actionNode
	IfNotExists bool
	Columns     []*ColumnDef
}

// DropColumns is DROP COLUMNS a, b.
type DropColumns struct {
	actionNode
	Columns []Ident
}

// RenameColumn is RENAME COLUMN a TO b or CHANGE COLUMN a RENAME TO b.
type RenameColumn struct {
	actionNode
	From, To Ident
}

// ChangeColumn is CHANGE COLUMN Old New Type [COMMENT] [FIRST|AFTER c].
type ChangeColumn struct {
	actionNode
	Old        Ident
	New        Ident
	Type       types.Type
	TypePos    diag.Pos
	Comment    string
	HasComment bool
	First      bool
	After      Ident // zero unless AFTER is given
}

// CommentColumn is CHANGE COLUMN c COMMENT 'text'.
type CommentColumn struct {
	actionNode
	Column  Ident
	Comment string
}

// NullColumn is CHANGE COLUMN c NULL: the column may hold NULL from now on.
type NullColumn struct {
	actionNode
	Column Ident
}

// AlterViewQuery is ALTER VIEW v AS query.
type AlterViewQuery struct {
	actionNode
	Query *Query
}
