package meta

import (
	"strconv"
	"strings"

	"github.com/apache/iceberg-go"

	"github.com/bixidata/bixi/sql/diag"
	"github.com/bixidata/bixi/sql/types"
)

// typeProperty is the prefix of the table properties that keep what an Iceberg
// type cannot say (TINYINT, VARCHAR(10), DATETIME, JSON …), by field id.
const typeProperty = "bixi.type."

// schemaWriter turns our types into Iceberg's, giving ids to nested fields and
// collecting the properties of the types that Iceberg does not have.
type schemaWriter struct {
	lastID     int
	properties map[string]string
}

func (w *schemaWriter) nextID() int {
	w.lastID++
	return w.lastID
}

// convert gives the Iceberg type of t, which is the type of the field id.
func (w *schemaWriter) convert(id int, t types.Type) (iceberg.Type, error) {
	switch t.Kind {
	case types.Array:
		elemID := w.nextID()
		elem, err := w.convert(elemID, *t.Elem)
		return &iceberg.ListType{ElementID: elemID, Element: elem}, err
	case types.Map:
		return w.convertMap(t)
	case types.Struct:
		return w.convertStruct(t)
	}
	ice, err := primitiveType(t)
	if err != nil {
		return nil, err
	}
	if back, err := defaultType(ice); err != nil || !back.Equal(t) {
		w.properties[typeProperty+strconv.Itoa(id)] = t.String()
	}
	return ice, nil
}

func (w *schemaWriter) convertMap(t types.Type) (iceberg.Type, error) {
	keyID, valueID := w.nextID(), w.nextID()
	key, err := w.convert(keyID, *t.Key)
	if err != nil {
		return nil, err
	}
	value, err := w.convert(valueID, *t.Elem)
	return &iceberg.MapType{KeyID: keyID, KeyType: key, ValueID: valueID, ValueType: value}, err
}

func (w *schemaWriter) convertStruct(t types.Type) (iceberg.Type, error) {
	out := &iceberg.StructType{FieldList: make([]iceberg.NestedField, len(t.Fields))}
	for i := range t.Fields {
		out.FieldList[i].ID = w.nextID()
	}
	for i, f := range t.Fields {
		ice, err := w.convert(out.FieldList[i].ID, f.Type)
		if err != nil {
			return nil, err
		}
		out.FieldList[i] = iceberg.NestedField{
			ID: out.FieldList[i].ID, Name: strings.ToLower(f.Name), Type: ice, Required: f.Required, Doc: f.Comment,
		}
	}
	return out, nil
}

// primitiveType is the Iceberg type in which values of t are stored.
func primitiveType(t types.Type) (iceberg.Type, error) {
	switch t.Kind {
	case types.Boolean:
		return iceberg.PrimitiveTypes.Bool, nil
	case types.TinyInt, types.SmallInt, types.Int:
		return iceberg.PrimitiveTypes.Int32, nil
	case types.BigInt:
		return iceberg.PrimitiveTypes.Int64, nil
	case types.Float:
		return iceberg.PrimitiveTypes.Float32, nil
	case types.Double:
		return iceberg.PrimitiveTypes.Float64, nil
	case types.Decimal:
		return iceberg.DecimalTypeOf(t.Precision, t.Scale), nil
	case types.String, types.Varchar, types.Char, types.JSON:
		return iceberg.PrimitiveTypes.String, nil
	case types.Binary:
		return iceberg.PrimitiveTypes.Binary, nil
	case types.Date:
		return iceberg.PrimitiveTypes.Date, nil
	case types.Datetime, types.Timestamp:
		return iceberg.PrimitiveTypes.TimestampTz, nil
	case types.TimestampNTZ:
		return iceberg.PrimitiveTypes.Timestamp, nil
	}
	return nil, diag.Errorf(diag.CodeDDLFailed, diag.Pos{}, "a column cannot have the type %s", t)
}

// defaultType is the type that an Iceberg primitive has without a property.
func defaultType(t iceberg.Type) (types.Type, error) {
	switch t := t.(type) {
	case iceberg.BooleanType:
		return types.BooleanType, nil
	case iceberg.Int32Type:
		return types.IntType, nil
	case iceberg.Int64Type:
		return types.BigIntType, nil
	case iceberg.Float32Type:
		return types.FloatType, nil
	case iceberg.Float64Type:
		return types.DoubleType, nil
	case iceberg.DecimalType:
		return types.DecimalOf(t.Precision(), t.Scale()), nil
	case iceberg.StringType:
		return types.StringType, nil
	case iceberg.BinaryType, iceberg.FixedType:
		return types.BinaryType, nil
	case iceberg.DateType:
		return types.DateType, nil
	case iceberg.TimestampTzType:
		return types.TimestampType, nil
	case iceberg.TimestampType:
		return types.TimestampNTZType, nil
	}
	return types.Type{}, diag.Errorf(diag.CodeUnsupported, diag.Pos{}, "columns of the Iceberg type %s", t)
}

// readType is the type of the field id, whose Iceberg type is t.
func readType(id int, t iceberg.Type, properties map[string]string) (types.Type, error) {
	switch t := t.(type) {
	case *iceberg.ListType:
		elem, err := readType(t.ElementID, t.Element, properties)
		return types.ArrayOf(elem), err
	case *iceberg.MapType:
		key, err := readType(t.KeyID, t.KeyType, properties)
		if err != nil {
			return types.Type{}, err
		}
		value, err := readType(t.ValueID, t.ValueType, properties)
		return types.MapOf(key, value), err
	case *iceberg.StructType:
		fields := make([]types.Field, len(t.FieldList))
		for i, f := range t.FieldList {
			ft, err := readType(f.ID, f.Type, properties)
			if err != nil {
				return types.Type{}, err
			}
			fields[i] = types.Field{Name: f.Name, Type: ft, Required: f.Required, Comment: f.Doc}
		}
		return types.StructOf(fields...), nil
	}
	if kept, ok := properties[typeProperty+strconv.Itoa(id)]; ok {
		if own, ok := parseKept(kept); ok && storedAs(own, t) {
			return own, nil
		}
	}
	return defaultType(t)
}

// storedAs reports whether own is stored as ice; a property that another
// engine's schema change made stale is then ignored.
func storedAs(own types.Type, ice iceberg.Type) bool {
	want, err := primitiveType(own)
	return err == nil && want.Equals(ice)
}

// parseKept reads a type that schemaWriter keeps in a property.
func parseKept(s string) (types.Type, bool) {
	name, rest, sized := strings.Cut(s, "(")
	if sized {
		n, err := strconv.Atoi(strings.TrimSuffix(rest, ")"))
		switch {
		case err != nil:
		case name == "VARCHAR":
			return types.VarcharOf(n), true
		case name == "CHAR":
			return types.CharOf(n), true
		}
		return types.Type{}, false
	}
	for _, t := range []types.Type{types.TinyIntType, types.SmallIntType, types.DatetimeType, types.JSONType} {
		if t.String() == name {
			return t, true
		}
	}
	return types.Type{}, false
}
