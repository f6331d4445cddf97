package syntax

// Use is USE project or USE SCHEMA schema.
type Use struct {
	Source
	Schema bool
	Name   Name
}
