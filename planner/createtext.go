package planner

import (
	"fmt"
	"strings"
	"time"

	"github.com/bixidata/bixi/planner/bind"
	"github.com/bixidata/bixi/sql/decimal"
	"github.com/bixidata/bixi/sql/syntax"
	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/table"
)

// createText is a statement that would make t again.
func (st *statement) createText(t *table.Table) string {
	var b strings.Builder
	switch t.Kind() {
	case table.KindView:
		if def := bind.ViewWithParams(t); def != nil {
			return paramViewText(t, def)
		}
		fmt.Fprintf(&b, "CREATE VIEW %s", name(t.Name.Table))
		writeNames(&b, t.Columns)
		writeComment(&b, t.Comment)
		writeProperties(&b, t)
		return b.String() + "\nAS " + t.View
	case table.KindMaterialized:
		return st.materializedText(t)
	}
	fmt.Fprintf(&b, "CREATE%s TABLE %s (", map[bool]string{true: " EXTERNAL"}[t.Kind() == table.KindExternal], name(t.Name.Table))
	st.writeColumns(&b, t.Columns)
	if len(t.PrimaryKey) > 0 {
		s := strings.TrimSuffix(b.String(), "\n")
		b.Reset()
		b.WriteString(s + ",\n  ")
		if t.PrimaryKeyName != "" {
			b.WriteString("CONSTRAINT " + name(t.PrimaryKeyName) + " ")
		}
		b.WriteString("PRIMARY KEY (" + names(t.PrimaryKey) + ")\n")
	}
	b.WriteString(")")
	writeComment(&b, t.Comment)
	switch {
	case isAuto(t):
		fmt.Fprintf(&b, "\nAUTO PARTITIONED BY (%s AS %s)", t.Properties[table.PropertyAuto], name(t.Partition[0].Name))
	case len(t.Partition) > 0:
		b.WriteString("\nPARTITIONED BY (")
		st.writeColumns(&b, t.Partition)
		b.WriteString(")")
	}
	if t.Cluster != nil {
		b.WriteString("\n" + clusterText(t.Cluster))
	}
	if t.Kind() == table.KindExternal {
		fmt.Fprintf(&b, "\n%s\nLOCATION %s", formatText(t.Format()), quote(t.Properties[table.PropertyExternal]))
	}
	writeProperties(&b, t)
	if t.Lifecycle > 0 {
		fmt.Fprintf(&b, "\nLIFECYCLE %d", t.Lifecycle)
	}
	return b.String()
}

// formatText is the clause that makes f of CREATE EXTERNAL TABLE.
func formatText(f *table.TextFormat) string {
	if f == nil {
		return "STORED AS PARQUET"
	}
	if f.Kind == table.JSONLines {
		return "STORED AS JSON"
	}
	var options []string
	add := func(key, value string) { options = append(options, quote(key)+"="+quote(value)) }
	if f.Comma != "" {
		add("field.delim", f.Comma)
	}
	if f.Null != "" {
		add("serialization.null.format", f.Null)
	}
	kind := "STORED AS TEXTFILE"
	if f.Kind == table.CSV {
		kind = "STORED AS CSV"
		if !f.Header {
			add("skip.header.line.count", "0")
		}
	}
	if len(options) > 0 {
		kind += " WITH SERDEPROPERTIES (" + strings.Join(options, ", ") + ")"
	}
	return kind
}

func (st *statement) materializedText(t *table.Table) string {
	var b strings.Builder
	fmt.Fprintf(&b, "CREATE MATERIALIZED VIEW %s", name(t.Name.Table))
	if t.Lifecycle > 0 {
		fmt.Fprintf(&b, "\nLIFECYCLE %d", t.Lifecycle)
	}
	writeNames(&b, queryOrder(t))
	if t.Properties[table.PropertyRewrite] == "false" {
		b.WriteString("\nDISABLE REWRITE")
	}
	writeComment(&b, t.Comment)
	if len(t.Partition) > 0 {
		cols := make([]string, len(t.Partition))
		for i, c := range t.Partition {
			cols[i] = c.Name
		}
		b.WriteString("\nPARTITIONED ON (" + names(cols) + ")")
	}
	if t.Cluster != nil {
		b.WriteString("\n" + clusterText(t.Cluster))
	}
	writeProperties(&b, t)
	return b.String() + "\nAS " + t.Properties[table.PropertyQuery]
}

// name writes an identifier, in backquotes where it must be.
func name(id string) string {
	return syntax.Print(&syntax.ColumnRef{Parts: []syntax.Ident{{Name: id}}})
}

func names(ids []string) string {
	out := make([]string, len(ids))
	for i, id := range ids {
		out[i] = name(id)
	}
	return strings.Join(out, ", ")
}

// writeNames writes the columns of a view, which have no types.
func writeNames(b *strings.Builder, cols []table.Column) {
	b.WriteString(" (")
	for i, c := range cols {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(name(c.Name))
		if c.Comment != "" {
			b.WriteString(" COMMENT " + quote(c.Comment))
		}
	}
	b.WriteString(")")
}

func writeComment(b *strings.Builder, text string) {
	if text != "" {
		fmt.Fprintf(b, "\nCOMMENT %s", quote(text))
	}
}

// userProperties are the properties that users set.
func userProperties(t *table.Table) map[string]string {
	out := map[string]string{}
	for k, v := range t.Properties {
		if !strings.HasPrefix(k, "bixi.") {
			out[k] = v
		}
	}
	return out
}

func writeProperties(b *strings.Builder, t *table.Table) {
	props := userProperties(t)
	for i, k := range sortedKeys(props) {
		if i == 0 {
			b.WriteString("\nTBLPROPERTIES (")
		} else {
			b.WriteString(", ")
		}
		b.WriteString(quote(k) + "=" + quote(props[k]))
	}
	if len(props) > 0 {
		b.WriteString(")")
	}
}

func (st *statement) writeColumns(b *strings.Builder, cols []table.Column) {
	for i, c := range cols {
		if i > 0 {
			b.WriteString(",")
		}
		fmt.Fprintf(b, "\n  %s %s", name(c.Name), syntax.PrintType(c.Type))
		if c.Required {
			b.WriteString(" NOT NULL")
		}
		if c.Default != nil {
			b.WriteString(" DEFAULT " + st.defaultText(c))
		}
		if c.Comment != "" {
			fmt.Fprintf(b, " COMMENT %s", quote(c.Comment))
		}
	}
	b.WriteString("\n")
}

// defaultText writes a column's default as a constant of the language.
func (st *statement) defaultText(c table.Column) string {
	switch v := c.Default.(type) {
	case string:
		if c.Type.Kind == types.Binary {
			return fmt.Sprintf("X'%X'", v)
		}
		return quote(v)
	case decimal.Int128:
		return v.Text(c.Type.Scale) + "BD"
	case int64:
		switch c.Type.Kind {
		case types.Date:
			return "DATE '" + partitionDatum(v, c.Type) + "'"
		case types.TimestampNTZ:
			return "TIMESTAMP_NTZ '" + time.UnixMicro(v).UTC().Format(microFormat) + "'"
		case types.Datetime, types.Timestamp:
			return c.Type.String() + " '" + time.UnixMicro(v).In(st.udf.Zone).Format(microFormat) + "'"
		}
	case float64:
		return fmt.Sprintf("%vD", v)
	}
	return strings.ToUpper(fmt.Sprint(c.Default))
}

const microFormat = "2006-01-02 15:04:05.999999"

func clusterText(c *table.Clustering) string {
	text := "CLUSTERED BY (" + names(c.Columns) + ")"
	if c.Range {
		text = "RANGE " + text
	}
	if len(c.Sort) > 0 {
		text += " SORTED BY (" + sortText(c.Sort) + ")"
	}
	if c.Buckets > 0 {
		text += fmt.Sprintf(" INTO %d BUCKETS", c.Buckets)
	}
	return text
}

func sortText(cols []table.SortColumn) string {
	out := make([]string, len(cols))
	for i, c := range cols {
		out[i] = name(c.Name) + map[bool]string{true: " DESC", false: " ASC"}[c.Desc]
	}
	return strings.Join(out, ", ")
}

func quote(s string) string {
	return "'" + strings.NewReplacer(`\`, `\\`, `'`, `\'`, "\n", `\n`).Replace(s) + "'"
}
