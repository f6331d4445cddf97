package table

// Kind is what a name in a catalog stands for.
type Kind string

// The kinds.
const (
	KindTable        Kind = "table"
	KindExternal     Kind = "external table"
	KindView         Kind = "view"
	KindMaterialized Kind = "materialized view"
)

// Kind tells what t is.
func (t *Table) Kind() Kind {
	switch {
	case t.View != "":
		return KindView
	case t.Properties[PropertyQuery] != "":
		return KindMaterialized
	case t.Properties[PropertyExternal] != "":
		return KindExternal
	}
	return KindTable
}

// Noun is the word by which DROP and ALTER know the kind.
func (k Kind) Noun() string {
	if k == KindExternal {
		return string(KindTable)
	}
	return string(k)
}
