package syntax

// CreateSchema is CREATE SCHEMA or CREATE PROJECT.
type CreateSchema struct {
	Source
	Project     bool
	IfNotExists bool
	Name        Name
	Comment     string
}
