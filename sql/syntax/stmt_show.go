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
	ShowMaterialized    ShowKind = "MATERIALIZED VIEWS"
	ShowExternal        ShowKind = "EXTERNAL TABLES"
	ShowHistory         ShowKind = "HISTORY FOR TABLE"
	ShowRecycleBin      ShowKind = "RECYCLEBIN"
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
	Columns   bool           // STATISTIC t COLUMNS
}

func (p *parser) show() Statement {
	s := &Show{}
	p.expect("SHOW")
	switch {
	case p.accept("CREATE", "TABLE"), p.accept("CREATE", "VIEW"), p.accept("CREATE", "MATERIALIZED", "VIEW"):
		s.Kind = ShowCreateTable
	case p.accept("P"), p.accept("INSTANCES"), p.accept("JOBS"):
		s.Kind = ShowJobs
	case p.accept("MATERIALIZED", "VIEWS"):
		s.Kind = ShowMaterialized
	case p.accept("EXTERNAL", "TABLES"):
		s.Kind = ShowExternal
	case p.accept("HISTORY", "FOR", "TABLE"):
		s.Kind = ShowHistory
	case p.accept("RECYCLEBIN"):
		s.Kind = ShowRecycleBin
	case p.at("TABLES", "VIEWS", "PARTITIONS", "FUNCTIONS", "COLUMNS", "SCHEMAS", "PROJECTS", "TBLPROPERTIES",
		"FLAGS", "STATISTIC"):
		s.Kind = ShowKind(p.next().word())
	default:
		p.refuse("SHOW")
		p.unexpected("TABLES, PARTITIONS, CREATE TABLE, FUNCTIONS or another thing to show")
	}
	switch s.Kind {
	case ShowColumns:
		if !p.accept("FROM") {
			p.accept("IN")
		}
		s.Name = p.tableName()
	case ShowPartitions, ShowCreateTable, ShowTableProperties, ShowStatistic, ShowHistory:
		s.Name = p.tableName()
	case ShowTables, ShowViews, ShowFunctions, ShowSchemas, ShowMaterialized, ShowExternal:
		if p.accept("IN") || p.accept("FROM") {
			s.In = p.name("a project name")
		}
		if p.accept("LIKE") {
			s.HasLike = true
			s.Like = p.stringValue("a pattern string")
		}
	}
	if (s.Kind == ShowPartitions || s.Kind == ShowHistory || s.Kind == ShowStatistic) && p.at("PARTITION") {
		s.Partition = p.constantPartition()
	}
	s.Columns = s.Kind == ShowStatistic && p.accept("COLUMNS")
	return s
}

func (s *Show) each(visit func(Node)) {
	if s.Partition != nil {
		visit(s.Partition)
	}
}

func (s *Show) print(p *printer) {
	p.word("SHOW " + string(s.Kind))
	p.name(s.Name)
	if !s.In.IsZero() {
		p.word("IN")
		p.name(s.In)
	}
	if s.HasLike {
		p.word("LIKE")
		p.str(s.Like)
	}
	if s.Partition != nil {
		s.Partition.print(p)
	}
	p.wordIf(s.Columns, "COLUMNS")
}
