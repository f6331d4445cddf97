package planner

import (
	"fmt"
	"strings"

	"github.com/bixidata/bixi/table"
)

// describeBox is the description of a table as people read it.
func (st *statement) describeBox(t *table.Table, facts []fact, extended bool) string {
	value := map[string]string{}
	for _, f := range facts {
		value[f.name] = f.value
	}
	b := &box{}
	b.rule()
	where := "Project: " + t.Name.Project
	if t.Name.Schema != "" && t.Name.Schema != table.DefaultSchema {
		where += " | Schema: " + t.Name.Schema
	}
	b.line("Owner: " + t.Owner + " | " + where)
	b.line("TableComment: " + t.Comment)
	b.rule()
	b.fact("CreateTime", value["created"])
	b.fact("LastDDLTime", value["ddl_time"])
	b.fact("LastModifiedTime", value["modified"])
	if t.Lifecycle > 0 {
		b.fact("Lifecycle", value["lifecycle"])
	}
	b.rule()
	st.kindBox(b, t, value)
	b.rule()
	st.columnsBox(b, t, extended)
	if extended {
		st.extendedBox(b, t, value)
	}
	return b.String()
}

func (st *statement) kindBox(b *box, t *table.Table, value map[string]string) {
	switch t.Kind() {
	case table.KindView:
		b.line("VirtualView: YES | ViewText: " + t.View)
	case table.KindMaterialized:
		b.line("MaterializedView: YES | Size: " + value["bytes"])
		b.line("ViewText: " + t.Properties[table.PropertyQuery])
		b.line("IsOutdated: " + fmt.Sprint(value["up_to_date"] == "false") + " | RewriteEnabled: " + value["rewrite_enabled"])
	case table.KindExternal:
		b.line("ExternalTable: YES | Size: " + value["bytes"])
	default:
		b.line("InternalTable: YES | Size: " + value["bytes"])
	}
}

var (
	columnWidths   = []int{15, 10, 5}
	extendedWidths = []int{15, 10, 5, 8, 12}
)

func (st *statement) columnsBox(b *box, t *table.Table, extended bool) {
	b.line("Native Columns:")
	b.rule()
	if extended {
		b.cells(extendedWidths, "Field", "Type", "Label", "Nullable", "DefaultValue", "Comment")
	} else {
		b.cells(columnWidths, "Field", "Type", "Label", "Comment")
	}
	b.rule()
	for _, c := range t.Columns {
		typ := strings.ToLower(c.Type.String())
		if !extended {
			b.cells(columnWidths, c.Name, typ, "", c.Comment)
			continue
		}
		value := "NULL"
		if c.Default != nil {
			value = st.defaultText(c)
		}
		b.cells(extendedWidths, c.Name, typ, "", fmt.Sprint(!c.Required), value, c.Comment)
	}
	b.rule()
	if len(t.Partition) == 0 {
		return
	}
	b.line("Partition Columns:")
	b.rule()
	for _, c := range t.Partition {
		b.cells(columnWidths[:2], c.Name, strings.ToLower(c.Type.String()), c.Comment)
	}
	b.rule()
}

func (st *statement) extendedBox(b *box, t *table.Table, value map[string]string) {
	b.line("Extended Info:")
	b.rule()
	if t.Kind() != table.KindView {
		b.fact("TableID", strings.ReplaceAll(t.UUID, "-", ""))
		b.fact("IsArchived", "false")
		b.fact("PhysicalSize", value["bytes"])
		b.fact("FileNum", value["files"])
		b.fact("RowNum", value["rows"])
		b.fact("StoredAs", "Parquet")
		location := t.Location
		if t.Kind() == table.KindExternal {
			location = t.Properties[table.PropertyExternal]
		}
		b.fact("Location", location)
	}
	if c := t.Cluster; c != nil {
		kind := "hash"
		if c.Range {
			kind = "range"
		}
		b.fact("ClusterType", kind)
		b.fact("BucketNum", fmt.Sprint(c.Buckets))
		b.fact("ClusterColumns", "["+strings.Join(c.Columns, ", ")+"]")
		b.fact("SortColumns", "["+sortText(c.Sort)+"]")
	}
	if len(t.PrimaryKey) > 0 {
		b.fact("PrimaryKey", "["+strings.Join(t.PrimaryKey, ", ")+"]")
	}
	for _, k := range sortedKeys(userProperties(t)) {
		b.fact(k, t.Properties[k])
	}
	b.rule()
}

func (st *statement) partitionBox(b *box, t *table.Table, p table.Partition, extended bool) {
	b.rule()
	b.line("Partition: " + PartitionText(t, p.Values))
	b.line("PartitionSize: " + fmt.Sprint(p.Bytes))
	b.rule()
	b.fact("CreateTime", st.stamp(p.Created))
	b.fact("LastDDLTime", st.stamp(p.Created))
	b.fact("LastModifiedTime", st.stamp(p.Modified))
	b.rule()
	if !extended {
		return
	}
	b.fact("IsExstore", "false")
	b.fact("IsArchived", "false")
	b.fact("PhysicalSize", fmt.Sprint(p.Bytes))
	b.fact("FileNum", fmt.Sprint(p.Files))
	b.fact("RowNum", fmt.Sprint(p.Rows))
	b.fact("LifecycleEnabled", fmt.Sprint(!p.LifecycleOff))
	b.rule()
}
