package planner_test

import (
	"context"
	"fmt"
	"strings"

	"github.com/bixidata/bixi/sql/diag"
	"github.com/bixidata/bixi/sql/syntax"
	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/table"
)

// catalog is tables without data: definitions and made-up statistics.
type catalog struct {
	table.Catalog
	tables map[table.Name]*table.Table
	stats  map[table.Name]table.Statistics
}

// tables lists name, rows, partition columns (after |) and columns with their
// number of distinct values.
var testTables = []struct {
	name string
	rows int64
	cols string
}{
	{"region", 5, "r_regionkey bigint 5, r_name string 5"},
	{"nation", 25, "n_nationkey bigint 25, n_name string 25, n_regionkey bigint 5"},
	{"supplier", 10000, "s_suppkey bigint 10000, s_name string 10000, s_nationkey bigint 25, s_acctbal decimal(15,2) 9000"},
	{"customer", 150000, "c_custkey bigint 150000, c_name string 150000, c_nationkey bigint 25, c_mktsegment string 5, c_acctbal decimal(15,2) 100000"},
	{"part", 200000, "p_partkey bigint 200000, p_name string 200000, p_brand string 25, p_size int 50, p_container string 40"},
	{"partsupp", 800000, "ps_partkey bigint 200000, ps_suppkey bigint 10000, ps_supplycost decimal(15,2) 99000, ps_availqty int 9999"},
	{"orders", 1500000, "o_orderkey bigint 1500000, o_custkey bigint 100000, o_orderdate date 2406, o_totalprice decimal(15,2) 1400000, o_shippriority int 1, o_orderpriority string 5"},
	{"lineitem", 6001215, "l_orderkey bigint 1500000, l_partkey bigint 200000, l_suppkey bigint 10000, l_quantity decimal(15,2) 50, l_extendedprice decimal(15,2) 900000, l_discount decimal(15,2) 11, l_tax decimal(15,2) 9, l_returnflag string 3, l_linestatus string 2, l_shipdate date 2526, l_commitdate date 2466, l_receiptdate date 2554"},
	{"sales", 1000000, "item string 1000, amount double 100000 | ds string 30, hh bigint 24"},
}

func newCatalog() *catalog {
	c := &catalog{tables: map[table.Name]*table.Table{}, stats: map[table.Name]table.Statistics{}}
	for _, def := range testTables {
		name := table.Name{Project: "default", Schema: "default", Table: def.name}
		t := &table.Table{Name: name, UUID: def.name, Snapshot: 1, Location: "/warehouse/" + def.name, Rows: def.rows}
		st := table.Statistics{Rows: def.rows, Columns: map[int]table.ColumnStats{}}
		data, parts, _ := strings.Cut(def.cols, "|")
		id := 0
		add := func(list string) (cols []table.Column) {
			for _, spec := range splitTop(list) {
				f := strings.Fields(spec)
				typ, err := syntax.ParseType(f[1])
				if err != nil {
					panic(err)
				}
				id++
				var ndv float64
				fmt.Sscan(f[2], &ndv)
				cs := table.ColumnStats{NDV: ndv}
				if typ.Kind == types.Date {
					cs.Min, cs.Max = int64(8036), int64(10591)
				}
				st.Columns[id] = cs
				cols = append(cols, table.Column{ID: id, Field: types.Field{Name: f[0], Type: typ}})
			}
			return cols
		}
		t.Columns, t.Partition = add(data), add(parts)
		c.tables[name], c.stats[name] = t, st
	}
	return c
}

// splitTop splits at commas outside parentheses.
func splitTop(s string) []string {
	var out []string
	depth, start := 0, 0
	for i, r := range s {
		switch {
		case r == '(':
			depth++
		case r == ')':
			depth--
		case r == ',' && depth == 0:
			out, start = append(out, s[start:i]), i+1
		}
	}
	if strings.TrimSpace(s[start:]) != "" {
		out = append(out, s[start:])
	}
	return out
}

func (c *catalog) Load(_ context.Context, n table.Name) (*table.Table, error) {
	if t := c.tables[n]; t != nil {
		return t, nil
	}
	return nil, diag.Errorf(diag.CodeTableNotFound, diag.Pos{}, "table %s cannot be found", n)
}

func (c *catalog) Statistics(_ context.Context, t *table.Table, _ []table.Condition) (table.Statistics, error) {
	return c.stats[t.Name], nil
}

// Files gives one file of 100 bytes a row, with a row group for every 100,000 rows.
func (c *catalog) Files(_ context.Context, t *table.Table, conds []table.Condition) ([]table.DataFile, error) {
	if t.Name.Table == "sales" {
		keep := len(conds)
		return []table.DataFile{{Path: fmt.Sprintf("sales-pruned-by-%d", keep), Rows: t.Rows, Bytes: 100, RowGroups: 1, Partition: []types.Datum{"2024-01-01", int64(3)}}}, nil
	}
	return []table.DataFile{{Path: t.Name.Table, Rows: t.Rows, Bytes: t.Rows * 40, RowGroups: int(t.Rows/100000) + 1}}, nil
}

func (c *catalog) Function(context.Context, table.Name) (*table.Function, error) { return nil, nil }
