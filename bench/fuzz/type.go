package fuzz

import "fmt"

// kind is a family of types that both engines have.
type kind int

const (
	boolean kind = iota
	tinyint
	smallint
	integer
	bigint
	float
	double
	decimal
	text
	date
	datetime
	nested
)

// typ is the type of a column or expression.
type typ struct {
	kind             kind
	precision, scale int // of decimal; the first also tells the shape of nested
}

var names = [...]string{"BOOLEAN", "TINYINT", "SMALLINT", "INT", "BIGINT", "FLOAT", "DOUBLE", "DECIMAL", "STRING", "DATE", "DATETIME"}

// in is the name of the type in a dialect.
func (t typ) in(d dialect) string {
	switch {
	case t.kind == nested:
		return t.shape().in(d)
	case t.kind == decimal:
		return fmt.Sprintf("DECIMAL(%d,%d)", t.precision, t.scale)
	case t.kind == datetime && d == duck:
		return "TIMESTAMP"
	case t.kind == text && d == duck:
		return "VARCHAR"
	}
	return names[t.kind]
}

func (t typ) isInteger() bool  { return t.kind >= tinyint && t.kind <= bigint }
func (t typ) isFloating() bool { return t.kind == float || t.kind == double }
func (t typ) isNumeric() bool  { return t.kind >= tinyint && t.kind <= decimal }

// plain gives the types without parameters, for tables of types.
func plain(k kind) typ { return typ{kind: k} }

// widens tells whether every value of t is one of u, and the engines agree
// which.
func (t typ) widens(u typ) bool {
	switch {
	case t == u:
		return true
	case t.isInteger() && u.isInteger():
		return t.kind < u.kind
	case t.isInteger() && u.kind == double:
		return true
	case t.kind == float && u.kind == double:
		return true
	case t.isInteger() && u.kind == decimal:
		return u.precision-u.scale >= [...]int{tinyint: 3, smallint: 5, integer: 10, bigint: 19}[t.kind]
	case t.kind == decimal && u.kind == decimal:
		return u.scale >= t.scale && u.precision-u.scale >= t.precision-t.scale
	case t.kind == date && u.kind == datetime:
		return true
	}
	return false
}
