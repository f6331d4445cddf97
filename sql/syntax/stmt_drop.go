package syntax

// ObjectKind is what a Drop removes.
type ObjectKind string

// The kinds of object that DROP knows.
const (
	ObjectTable    ObjectKind = "TABLE"
	ObjectView     ObjectKind = "VIEW"
	ObjectSchema   ObjectKind = "SCHEMA"
	ObjectProject  ObjectKind = "PROJECT"
	ObjectFunction ObjectKind = "FUNCTION"
)

// Drop is DROP TABLE, VIEW, SCHEMA, PROJECT or FUNCTION.
type Drop struct {
	Source
	Kind     ObjectKind
	IfExists bool
	Name     Name
	Purge    bool // tables only
}
