package syntax

// CreateView is CREATE [OR REPLACE] VIEW. The columns have no types.
type CreateView struct {
	Source
	OrReplace   bool
	IfNotExists bool
	Name        Name
	Columns     []*ViewColumn
	Comment     string
	Properties  []*Property
	Query       *Query
}

// ViewColumn is a column name of a view.
type ViewColumn struct {
	Start
	Name    Ident
	Comment string
}
