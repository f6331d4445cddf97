package syntax

// ShowKind is what a Show lists.
type ShowKind string

// The kinds of SHOW.
const (
	ShowTables          ShowKind = "TABLES"
	ShowViews           ShowKind = "VIEWS"
	ShowPartitions      ShowKind = "PARTITIONS"
	ShowCreateTable     ShowKind = "CREATE TABLE"
	ShowFunctions       ShowKind = "FUNCTIONS"
	ShowColumns         ShowKind = "COLUMNS"
	ShowSchemas         ShowKind = "SCHEMAS"
	ShowProjects        ShowKind = "PROJECTS"
	ShowTableProperties ShowKind = "TBLPROPERTIES"
	ShowFlags           ShowKind = "FLAGS"
	ShowJobs            ShowKind = "JOBS"
	ShowStatistic       ShowKind = "STATISTIC"
)

// Show is SHOW in all forms.
type Show struct {
	Source
	Kind      ShowKind
	Name      Name           // the table; zero where none is named
	In        Name           // IN project; zero when absent
	Like      string         // LIKE 'pattern'
	HasLike   bool           // so that LIKE '' is not lost
	Partition *PartitionSpec // nil when absent
}
