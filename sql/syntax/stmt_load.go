package syntax

// Load is LOAD {INTO | OVERWRITE} TABLE t [PARTITION (…)] FROM LOCATION 'path' …:
// files become rows.
type Load struct {
	Source
	Overwrite  bool
	Table      Name
	Partition  *PartitionSpec // nil when absent
	Location   string
	Format     *FileFormat // nil when absent
	Properties []*Property
}

// Unload is UNLOAD FROM {t [PARTITION (…)] | (query)} INTO LOCATION 'path' …: rows
// become files.
type Unload struct {
	Source
	Table      Name           // zero for a query
	Partition  *PartitionSpec // nil when absent
	Query      *Query         // nil for a table
	Location   string
	Format     *FileFormat // nil when absent
	Properties []*Property
}

// Read is READ t [(c, …)] [PARTITION (…)] [n]: a look at a table.
type Read struct {
	Source
	Table     Name
	Columns   []Ident        // nil for all
	Partition *PartitionSpec // nil when absent
	Limit     string         // as written, "" when absent
}

func (p *parser) loadStatement() Statement {
	s := &Load{}
	p.expect("LOAD")
	if s.Overwrite = p.accept("OVERWRITE"); !s.Overwrite && !p.accept("INTO") {
		p.unexpected("INTO or OVERWRITE")
	}
	p.expect("TABLE")
	s.Table = p.tableName()
	if p.at("PARTITION") {
		s.Partition = p.partition()
	}
	p.expect("FROM", "LOCATION")
	s.Location = p.stringValue("a location in quotes")
	s.Format = p.fileFormat()
	if p.accept("PROPERTIES") {
		s.Properties = p.properties()
	}
	return s
}

func (p *parser) unloadStatement() Statement {
	s := &Unload{}
	p.expect("UNLOAD", "FROM")
	if p.acceptOp("(") {
		s.Query = p.query()
		p.expectOp(")")
	} else {
		s.Table = p.tableName()
		if p.at("PARTITION") {
			s.Partition = p.partition()
		}
	}
	p.expect("INTO", "LOCATION")
	s.Location = p.stringValue("a location in quotes")
	s.Format = p.fileFormat()
	if p.accept("PROPERTIES") {
		s.Properties = p.properties()
	}
	return s
}

func (p *parser) readStatement() Statement {
	s := &Read{}
	p.expect("READ")
	s.Table = p.tableName()
	if p.atOp("(") {
		s.Columns = parens(p, p.columnName)
	}
	if p.at("PARTITION") {
		s.Partition = p.constantPartition()
	}
	if p.tok().kind == tokNumber {
		s.Limit = p.number("a number of rows")
	}
	return s
}

func (s *Load) each(visit func(Node)) {
	if s.Partition != nil {
		visit(s.Partition)
	}
	if s.Format != nil {
		visit(s.Format)
	}
	visitAll(visit, s.Properties)
}

func (s *Load) print(p *printer) {
	if s.Overwrite {
		p.word("LOAD OVERWRITE TABLE")
	} else {
		p.word("LOAD INTO TABLE")
	}
	p.name(s.Table)
	if s.Partition != nil {
		s.Partition.print(p)
	}
	p.word("FROM LOCATION")
	p.str(s.Location)
	p.files(s.Format, s.Properties)
}

func (p *printer) files(f *FileFormat, properties []*Property) {
	if f != nil {
		f.print(p)
	}
	if properties != nil {
		p.word("PROPERTIES")
		printParens(p, properties)
	}
}

func (s *Unload) each(visit func(Node)) {
	if s.Partition != nil {
		visit(s.Partition)
	}
	if s.Query != nil {
		visit(s.Query)
	}
	if s.Format != nil {
		visit(s.Format)
	}
	visitAll(visit, s.Properties)
}

func (s *Unload) print(p *printer) {
	p.word("UNLOAD FROM")
	if s.Query != nil {
		p.word("(")
		s.Query.print(p)
		p.raw(")")
	} else {
		p.name(s.Table)
		if s.Partition != nil {
			s.Partition.print(p)
		}
	}
	p.word("INTO LOCATION")
	p.str(s.Location)
	p.files(s.Format, s.Properties)
}

func (s *Read) each(visit func(Node)) {
	if s.Partition != nil {
		visit(s.Partition)
	}
}

func (s *Read) print(p *printer) {
	p.word("READ")
	p.name(s.Table)
	if s.Columns != nil {
		p.idents(s.Columns)
	}
	if s.Partition != nil {
		s.Partition.print(p)
	}
	if s.Limit != "" {
		p.word(s.Limit)
	}
}
