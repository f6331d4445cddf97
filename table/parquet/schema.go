package parquet

import (
	"fmt"
	"strings"

	pq "github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/deprecated"
	"github.com/parquet-go/parquet-go/format"

	"github.com/bixidata/bixi/sql/types"
)

// node is a column or a part of a nested column, as the file has it.
type node struct {
	name     string
	id       int        // field id, 0 for none
	typ      types.Type // Kind Null when err is set
	err      error      // why the column cannot be read
	leaf     int        // index of the column chunk, or -1
	leafType leafType   // of a leaf
	// def is the definition level from which this node's value is not NULL.
	def      int
	optional bool
	// rep and elemDef are, of a list or map, the repetition level of its
	// elements after the first and the definition level from which one exists.
	rep, elemDef int
	maxRep       int // of a leaf
	kids         []*node
}

// leafType is how a leaf's values are stored.
type leafType struct {
	kind    pq.Kind
	length  int // FIXED_LEN_BYTE_ARRAY
	unit    timeUnit
	natural types.Type
	// unsigned integers are widened to the next larger signed type.
	unsigned bool
	// unordered values have bounds that cannot be believed.
	unordered bool
}

type timeUnit uint8

const (
	micros timeUnit = iota
	millis
	nanos
)

// element is a schema element with its children, as the footer lists them.
type element struct {
	*format.SchemaElement
	kids []*element
	leaf int
}

// elements nests the footer's depth-first list below the element at *at.
func elements(list []format.SchemaElement, at, leaves *int) *element {
	e := &element{SchemaElement: &list[*at], leaf: -1}
	*at++
	if e.Type.Valid {
		e.leaf = *leaves
		*leaves++
		return e
	}
	for range e.NumChildren.V {
		if *at == len(list) {
			break
		}
		e.kids = append(e.kids, elements(list, at, leaves))
	}
	return e
}

func (e *element) isLeaf() bool   { return e.leaf >= 0 }
func (e *element) optional() bool { return e.RepetitionType.V == format.Optional }
func (e *element) repeated() bool { return e.RepetitionType.V == format.Repeated }

// converted is the legacy annotation, or -1.
func (e *element) converted() deprecated.ConvertedType {
	if e.ConvertedType.Valid {
		return e.ConvertedType.V
	}
	return -1
}

// buildNode translates the schema below c. def and rep are the levels of c's parent.
func buildNode(c *element, def, rep int) *node {
	n := &node{name: c.Name, id: int(c.FieldID), leaf: -1, optional: c.optional()}
	if c.optional() {
		def++
	}
	n.def = def
	switch {
	case c.repeated():
		// A bare repeated field is a list of required elements.
		return repeatedField(n, c, def, rep)
	case c.isLeaf():
		n.setLeaf(c, rep)
	default:
		buildGroup(n, c, def, rep)
	}
	return n
}

// distrustFloats marks the floats at and below n: most writers leave NaN out of
// the bounds, and NaN is a value that comparisons find.
func (n *node) distrustFloats() {
	if n.leafType.kind == pq.Float || n.leafType.kind == pq.Double {
		n.leafType.unordered = true
	}
	for _, k := range n.kids {
		k.distrustFloats()
	}
}

func (n *node) setLeaf(c *element, rep int) {
	n.leaf, n.maxRep = c.leaf, rep
	lt, err := leafTypeOf(c)
	n.leafType, n.typ, n.err = lt, lt.natural, err
}

func repeatedField(n *node, c *element, def, rep int) *node {
	n.rep, n.elemDef = rep+1, def+1
	elem := &node{name: "element", leaf: -1, def: def + 1}
	if c.isLeaf() {
		elem.setLeaf(c, rep+1)
	} else {
		buildGroup(elem, c, def+1, rep+1)
	}
	n.kids = []*node{elem}
	n.finishList()
	return n
}

func (n *node) finishList() {
	if n.err = n.kids[0].err; n.err == nil {
		n.typ = types.ArrayOf(n.kids[0].typ)
	}
}

// buildGroup makes n the LIST, MAP or struct that c is.
func buildGroup(n *node, c *element, def, rep int) {
	kids := c.kids
	single := len(kids) == 1 && kids[0].repeated()
	ct := c.converted()
	_, isList := c.LogicalType.Value.(*format.ListType)
	_, isMap := c.LogicalType.Value.(*format.MapType)
	isMap = isMap || ct == deprecated.Map || ct == deprecated.MapKeyValue
	isList = isList || ct == deprecated.List
	switch {
	case isList && single:
		buildList(n, kids[0], def, rep)
	case isMap && single && len(kids[0].kids) == 2:
		n.rep, n.elemDef = rep+1, def+1
		key := buildNode(kids[0].kids[0], def+1, rep+1)
		value := buildNode(kids[0].kids[1], def+1, rep+1)
		n.kids = []*node{{name: "entry", leaf: -1, def: def + 1, kids: []*node{key, value}}}
		if n.err = firstErr(key, value); n.err == nil {
			n.typ = types.MapOf(key.typ, value.typ)
			n.kids[0].typ = types.StructOf(types.Field{Name: "key", Type: key.typ}, types.Field{Name: "value", Type: value.typ})
		}
	default:
		var fields []types.Field
		for _, k := range kids {
			kid := buildNode(k, def, rep)
			n.kids = append(n.kids, kid)
			fields = append(fields, types.Field{Name: kid.name, Type: kid.typ})
		}
		if n.err = firstErr(n.kids...); n.err == nil {
			n.typ = types.StructOf(fields...)
		}
		if len(kids) == 0 {
			n.err = fmt.Errorf("a struct without fields")
		}
	}
}

// buildList follows the format's rules for which of the old and new list
// layouts the repeated field r is.
func buildList(n *node, r *element, def, rep int) {
	n.rep, n.elemDef = rep+1, def+1
	var elem *node
	twoLevel := r.isLeaf() || len(r.kids) != 1 || r.Name == "array" || strings.HasSuffix(r.Name, "_tuple")
	switch {
	case r.isLeaf():
		elem = &node{name: "element", leaf: -1, def: def + 1}
		elem.setLeaf(r, rep+1)
	case twoLevel:
		elem = &node{name: "element", leaf: -1, def: def + 1}
		buildGroup(elem, r, def+1, rep+1)
	default:
		elem = buildNode(r.kids[0], def+1, rep+1)
	}
	n.kids = []*node{elem}
	n.finishList()
}

func firstErr(nodes ...*node) error {
	for _, n := range nodes {
		if n.err != nil {
			return fmt.Errorf("%s: %w", n.name, n.err)
		}
	}
	return nil
}

// leafTypeOf maps a primitive column to the type it is read as.
func leafTypeOf(e *element) (leafType, error) {
	lt := leafType{kind: pq.Kind(e.Type.V)}
	if lt.kind == pq.FixedLenByteArray {
		lt.length = int(e.TypeLength.V)
	}
	logical, converted := e.LogicalType.Value, e.converted()
	if d, ok := logical.(*format.DecimalType); ok {
		return lt.decimal(int(d.Precision), int(d.Scale))
	}
	if converted == deprecated.Decimal {
		return lt.decimal(int(e.Precision.V), int(e.Scale.V))
	}
	switch lt.kind {
	case pq.Boolean:
		lt.natural = types.BooleanType
	case pq.Float:
		lt.natural = types.FloatType
	case pq.Double:
		lt.natural = types.DoubleType
	case pq.Int96:
		lt.natural = types.TimestampType
	case pq.Int32, pq.Int64:
		return lt.integer(logical, converted)
	case pq.ByteArray:
		lt.natural = types.BinaryType
		switch logical.(type) {
		case *format.StringType, *format.EnumType:
			lt.natural = types.StringType
		case *format.JsonType:
			lt.natural = types.JSONType
		}
		switch converted {
		case deprecated.UTF8, deprecated.Enum:
			lt.natural = types.StringType
		case deprecated.Json:
			lt.natural = types.JSONType
		}
	case pq.FixedLenByteArray:
		if _, ok := logical.(*format.Float16Type); ok {
			return lt, fmt.Errorf("FLOAT16 values")
		}
		lt.natural = types.BinaryType
	}
	return lt, nil
}

func (lt leafType) decimal(precision, scale int) (leafType, error) {
	if precision < 1 || precision > types.MaxPrecision || scale < 0 || scale > precision {
		return lt, fmt.Errorf("DECIMAL(%d,%d)", precision, scale)
	}
	lt.natural = types.DecimalOf(precision, scale)
	return lt, nil
}

func (lt leafType) integer(logical format.LogicalTypeValue, converted deprecated.ConvertedType) (leafType, error) {
	width, signed := 32, true
	if lt.kind == pq.Int64 {
		width = 64
	}
	switch l := logical.(type) {
	case *format.DateType:
		lt.natural = types.DateType
		return lt, nil
	case *format.TimeType:
		return lt, fmt.Errorf("TIME values")
	case *format.TimestampType:
		lt.natural = types.TimestampNTZType
		if l.IsAdjustedToUTC {
			lt.natural = types.TimestampType
		}
		switch l.Unit.Value.(type) {
		case *format.MilliSeconds:
			lt.unit = millis
		case *format.NanoSeconds:
			lt.unit = nanos
		}
		return lt, nil
	case *format.IntType:
		width, signed = int(l.BitWidth), l.IsSigned
	case nil:
		switch converted {
		case deprecated.Date:
			lt.natural = types.DateType
			return lt, nil
		case deprecated.TimestampMillis, deprecated.TimestampMicros:
			lt.natural = types.TimestampType
			if converted == deprecated.TimestampMillis {
				lt.unit = millis
			}
			return lt, nil
		case deprecated.TimeMillis, deprecated.TimeMicros:
			return lt, fmt.Errorf("TIME values")
		case deprecated.Int8, deprecated.Uint8:
			width, signed = 8, converted == deprecated.Int8
		case deprecated.Int16, deprecated.Uint16:
			width, signed = 16, converted == deprecated.Int16
		case deprecated.Uint32, deprecated.Uint64:
			signed = false
		}
	}
	lt.unsigned = !signed
	if !signed {
		width *= 2
	}
	switch width {
	case 8:
		lt.natural = types.TinyIntType
	case 16:
		lt.natural = types.SmallIntType
	case 32:
		lt.natural = types.IntType
	case 64:
		lt.natural = types.BigIntType
	default: // uint64
		lt.natural = types.DecimalOf(20, 0)
	}
	return lt, nil
}
