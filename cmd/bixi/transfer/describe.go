package transfer

import (
	"context"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/cmd/bixi/console"
	"github.com/bixidata/bixi/sql/diag"
	"github.com/bixidata/bixi/sql/types"
)

// maxPartitions is how many partitions a description lists.
const maxPartitions = 50

// Describe writes what there is to know of a table: its columns with what a scan
// says of their values, its size, its partitions.
func (s *Session) Describe(ctx context.Context, out io.Writer, table string) error {
	name := quoteName(table)
	columns, err := s.describe(ctx, name)
	if err != nil {
		return err
	}
	if columns == nil {
		return diag.Errorf(diag.CodeTableNotFound, diag.Pos{}, "there is no table %s", table)
	}
	facts, err := s.run(ctx, "DESC EXTENDED %s", name)
	if err != nil {
		return err
	}
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	for _, r := range facts.Rows {
		if text, ok := r[3].(string); ok && r[2] == "fact" && text != "" {
			fmt.Fprintf(w, "%s\t%s\n", r[0], text)
		}
	}
	fmt.Fprintln(w)
	if err := s.columns(ctx, w, name, columns); err != nil {
		return err
	}
	if len(columns.partition) > 0 {
		if err := s.partitions(ctx, w, name, columns); err != nil {
			return err
		}
	}
	return w.Flush()
}

// columns writes a line a column: name, type, number of NULLs, least and greatest
// value.
func (s *Session) columns(ctx context.Context, w io.Writer, name string, l *layout) error {
	all := append(append(types.Schema{}, l.data...), l.partition...)
	parts := []string{"COUNT(*)"}
	for _, f := range all {
		parts = append(parts, "COUNT("+quoteIdent(f.Name)+")")
		if ordered(f.Type) {
			parts = append(parts, "MIN("+quoteIdent(f.Name)+")", "MAX("+quoteIdent(f.Name)+")")
		}
	}
	stats, err := s.run(ctx, "SELECT %s FROM %s", strings.Join(parts, ", "), name)
	if err != nil {
		return err
	}
	if len(stats.Rows) != 1 {
		return fmt.Errorf("the statistics of %s have %d rows", name, len(stats.Rows))
	}
	zone, err := console.Zone(s.State)
	if err != nil {
		return err
	}
	row, types := stats.Rows[0], stats.Schema.Types()
	shown := func(i int) string {
		if row[i] == nil {
			return ""
		}
		text := batch.AppendText(nil, batch.DatumColumn(types[i], row[i], 1), 0, zone)
		if r := []rune(string(text)); len(r) > 30 {
			return string(r[:29]) + "…"
		}
		return string(text)
	}
	fmt.Fprintln(w, "COLUMN\tTYPE\tNULLS\tMIN\tMAX")
	rows, at := row[0].(int64), 1
	for i, f := range all {
		what := f.Type.String()
		if i >= len(l.data) {
			what += " (partition)"
		}
		nulls, least, greatest := rows-row[at].(int64), "", ""
		at++
		if ordered(f.Type) {
			least, greatest = shown(at), shown(at+1)
			at += 2
		}
		fmt.Fprintf(w, "%s\t%s\t%d\t%s\t%s\n", f.Name, what, nulls, least, greatest)
	}
	return nil
}

// ordered says that MIN and MAX take a column.
func ordered(t types.Type) bool { return t.IsNumeric() || t.IsText() || t.IsTemporal() }

// partitions writes a line a partition.
func (s *Session) partitions(ctx context.Context, w io.Writer, name string, l *layout) error {
	list, err := s.run(ctx, "SHOW PARTITIONS %s", name)
	if err != nil {
		return err
	}
	fmt.Fprintf(w, "\nPARTITION\tROWS\tBYTES\tFILES\n")
	for i, r := range list.Rows {
		if i == maxPartitions {
			fmt.Fprintf(w, "and %d more\n", len(list.Rows)-maxPartitions)
			break
		}
		values, err := ParsePartition(r[0].(string))
		if err != nil || len(values) != len(l.partition) {
			fmt.Fprintln(w, r[0]) // a value with a separator in it
			continue
		}
		for i := range values {
			values[i].Name = l.partition[i].Name
		}
		one, err := s.run(ctx, "DESC %s PARTITION (%s)", name, partitionClause(l, values))
		if err != nil {
			return err
		}
		for _, p := range one.Rows {
			fmt.Fprintf(w, "%v\t%v\t%v\t%v\n", p[0], p[1], p[2], p[3])
		}
	}
	return nil
}
