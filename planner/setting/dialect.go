package setting

import "github.com/bixidata/bixi/sql/types"

// Dialect gathers the settings that change what expressions mean.
func (s *Settings) Dialect() types.Dialect {
	return types.Dialect{
		V1: !s.TypeSystem2 && !s.HiveCompatible, Hive: s.HiveCompatible,
		LongDates: s.LongDates, OldJSON: !s.NewJSONObject, UniqueKeys: s.MapKeys == "exception",
	}
}
