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
	// ObjectMaterialized is a materialized view.
	ObjectMaterialized ObjectKind = "MATERIALIZED VIEW"
)

// Drop is DROP TABLE, [MATERIALIZED] VIEW, SCHEMA, PROJECT or FUNCTION.
type Drop struct {
	Source
	Kind     ObjectKind
	IfExists bool
	Name     Name
	Purge    bool // tables only
}

func (p *parser) drop() Statement {
	d := &Drop{}
	p.expect("DROP")
	switch {
	case p.at("TABLE", "VIEW", "SCHEMA", "PROJECT", "FUNCTION"):
		d.Kind = ObjectKind(p.next().word())
	case p.accept("MATERIALIZED", "VIEW"):
		d.Kind = ObjectMaterialized
	default:
		p.refuse("DROP")
		p.unexpected("TABLE, VIEW, SCHEMA or FUNCTION")
	}
	d.IfExists = p.ifExists()
	d.Name = p.name("a name")
	d.Purge = d.Kind == ObjectTable && p.accept("PURGE")
	return d
}

func (d *Drop) each(func(Node)) {}

func (d *Drop) print(p *printer) {
	p.word("DROP " + string(d.Kind))
	p.wordIf(d.IfExists, "IF EXISTS")
	p.name(d.Name)
	p.wordIf(d.Purge, "PURGE")
}
