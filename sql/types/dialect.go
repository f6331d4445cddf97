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
