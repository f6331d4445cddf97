package types

// Dialect is the settings under which an expression means something else. The
// zero value is the 2.0 type system. It travels with the plan.
type Dialect struct {
	// V1 is the first type system (odps.sql.type.system.odps2=false): integer
	// literals and INT are BIGINT, and more conversions are implicit.
	V1 bool
	// Hive is odps.sql.hive.compatible=true.
	Hive bool
	// LongDates makes CAST read a DATE from a text with a time of day
	// (odps.sql.executionengine.enable.string.to.date.full.format).
	LongDates bool
	// OldJSON makes GET_JSON_OBJECT write what it finds anew
	// (odps.sql.udf.getjsonobj.new=false).
	OldJSON bool
	// UniqueKeys makes equal keys of a map an error instead of keeping the last
	// (odps.sql.map.key.dedup.policy=exception).
	UniqueKeys bool
}

// Declared is what the type t means where it is written: INT is BIGINT in the
// first type system.
func (d Dialect) Declared(t Type) Type {
	if !d.V1 {
		return t
	}
	switch t.Kind {
	case Int:
		return BigIntType
	case Array:
		return ArrayOf(d.Declared(*t.Elem))
	case Map:
		return MapOf(d.Declared(*t.Key), d.Declared(*t.Elem))
	case Struct:
		fields := make([]Field, len(t.Fields))
		for i, f := range t.Fields {
			f.Type = d.Declared(f.Type)
			fields[i] = f
		}
		return StructOf(fields...)
	}
	return t
}

// V1Conversions are the types to which t converts implicitly in the first type
// system only.
func V1Conversions(t Type) []Type {
	switch {
	case t.IsText():
		return []Type{BigIntType, DatetimeType}
	case t.IsFloating():
		return []Type{BigIntType}
	case t.Kind == Decimal:
		return []Type{DoubleType, BigIntType}
	}
	return nil
}
