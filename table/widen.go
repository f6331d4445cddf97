package table

import "github.com/bixidata/bixi/sql/types"

// Widens reports whether a column of type from may become one of type to: every
// value stays what it is, and files written before can be read as the new type.
func Widens(from, to types.Type) bool {
	if from.Equal(to) {
		return true
	}
	switch {
	case from.IsInteger() && to.IsInteger():
		return from.Kind < to.Kind
	case from.Kind == types.Float:
		return to.Kind == types.Double
	case from.Kind == types.Decimal:
		return to.Kind == types.Decimal && to.Scale == from.Scale && to.Precision >= from.Precision
	case from.Kind == types.Varchar:
		return to.Kind == types.String || to.Kind == types.Varchar && to.Precision >= from.Precision
	case from.Kind == types.Char:
		return to.Kind == types.String || (to.Kind == types.Varchar || to.Kind == types.Char) && to.Precision >= from.Precision
	}
	return false
}
