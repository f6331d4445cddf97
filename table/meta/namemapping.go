package meta

import (
	"encoding/json"
	"slices"

	"github.com/apache/iceberg-go"
)

// propNames is the table property by which other engines find the columns of
// files without field ids (https://iceberg.apache.org/spec/#column-projection).
const propNames = "schema.name-mapping.default"

// mapNames keeps the property of a table with nested columns. Our files give ids
// to columns but not to what is inside them, and PyIceberg then asks for names
// throughout. A name once used stays: there are files that use it. If it comes to
// mean another column, the mapping is given up for good, as refusing to read is
// better than reading the wrong column.
func (m *metadata) mapNames() error {
	var old []iceberg.MappedField
	text, known := m.Properties[propNames]
	if known {
		if err := json.Unmarshal([]byte(text), &old); err != nil {
			return err
		}
		if len(old) == 0 {
			return nil
		}
	}
	fields := m.schema().Fields()
	if !known && !slices.ContainsFunc(fields, func(f iceberg.NestedField) bool { return len(childrenOf(f.Type)) > 0 }) {
		return nil
	}
	merged := mergeNames(old, fields)
	if ambiguous(merged) {
		merged = []iceberg.MappedField{}
	}
	data, err := json.Marshal(merged)
	m.Properties[propNames] = string(data)
	return err
}

// childrenOf lists the fields inside a type, by the names they have in files.
func childrenOf(t iceberg.Type) []iceberg.NestedField {
	switch t := t.(type) {
	case *iceberg.ListType:
		return []iceberg.NestedField{{ID: t.ElementID, Name: "element", Type: t.Element}}
	case *iceberg.MapType:
		return []iceberg.NestedField{{ID: t.KeyID, Name: "key", Type: t.KeyType}, {ID: t.ValueID, Name: "value", Type: t.ValueType}}
	case *iceberg.StructType:
		return t.FieldList
	}
	return nil
}

func mergeNames(old []iceberg.MappedField, fields []iceberg.NestedField) []iceberg.MappedField {
	out := slices.Clone(old)
	for _, f := range fields {
		i := slices.IndexFunc(out, func(o iceberg.MappedField) bool { return o.ID() == f.ID })
		if i < 0 {
			i, out = len(out), append(out, iceberg.MappedField{FieldID: &f.ID})
		}
		if !slices.Contains(out[i].Names, f.Name) {
			out[i].Names = append(slices.Clone(out[i].Names), f.Name)
		}
		out[i].Fields = mergeNames(out[i].Fields, childrenOf(f.Type))
	}
	return out
}

func ambiguous(fields []iceberg.MappedField) bool {
	seen := map[string]bool{}
	for _, f := range fields {
		for _, n := range f.Names {
			if seen[n] {
				return true
			}
			seen[n] = true
		}
		if ambiguous(f.Fields) {
			return true
		}
	}
	return false
}
