package builtin

import (
	"github.com/bixidata/bixi/sql/diag"
	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/udf"
)

// catalogFunctions lists the functions that ask the catalog. Their arguments are
// constants: they are computed before the statement runs.
func catalogFunctions() []*udf.Function {
	s := types.StringType
	return []*udf.Function{
		{Name: "max_pt", Family: "other", Args: typeList(s), Returns: s, Planned: maxPartition,
			Doc: udf.Doc{Summary: "The greatest value, in the order of texts, of the first partition column of a table, among the partitions that hold data.", Example: "max_pt('sales')", Result: "2024-11-08"}},
		{Name: "table_exists", Family: "other", Args: typeList(s), Returns: types.BooleanType,
			Doc: udf.Doc{Summary: "Whether there is a table of that name.", Example: "table_exists('no_such_table')", Result: "false"},
			Planned: func(c udf.Catalog, args []types.Datum) (types.Datum, error) {
				name, ok := args[0].(string)
				if !ok {
					return nil, nil
				}
				return c.Exists(name)
			}},
		{Name: "partition_exists", Family: "other", Args: typeList(s, s), Variadic: true, Returns: types.BooleanType, Planned: hasPartition,
			Doc: udf.Doc{Summary: "Whether a table has a partition with these values of all its partition columns.", Example: "partition_exists('sales', '2024-11-07')", Result: "true"}},
		{Name: "get_user_id", Family: "other", Returns: s,
			Doc:     udf.Doc{Summary: "The user who runs the statement.", Example: "get_user_id()", Result: "ann"},
			Planned: func(c udf.Catalog, _ []types.Datum) (types.Datum, error) { return c.User(), nil }},
	}
}

func maxPartition(c udf.Catalog, args []types.Datum) (types.Datum, error) {
	name, ok := args[0].(string)
	if !ok {
		return nil, invalid("max_pt needs the name of a table")
	}
	parts, err := c.Partitions(name)
	if err != nil {
		return nil, err
	}
	most, found := "", false
	for _, p := range parts {
		if p.HasData && (!found || p.Values[0] > most) {
			most, found = p.Values[0], true
		}
	}
	if !found {
		return nil, diag.Errorf(diag.CodePartitionMissing, diag.Pos{}, "no partition of %s holds data", name)
	}
	return most, nil
}

func hasPartition(c udf.Catalog, args []types.Datum) (types.Datum, error) {
	name, ok := args[0].(string)
	if !ok {
		return nil, nil
	}
	parts, err := c.Partitions(name)
	if err != nil {
		return nil, err
	}
	for _, p := range parts {
		if len(p.Values) != len(args)-1 {
			return nil, invalid("%s has %d partition columns, and partition_exists got %d values", name, len(p.Values), len(args)-1)
		}
		same := true
		for i, v := range args[1:] {
			same = same && v == types.Datum(p.Values[i])
		}
		if same {
			return true, nil
		}
	}
	return false, nil
}
