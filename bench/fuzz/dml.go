package fuzz

import (
	"context"
	"fmt"
	"slices"
	"strings"
)

// change is a statement that changes the rows of a table.
type change struct {
	table *table
	text  [2]string
}

// change makes an UPDATE, DELETE, INSERT or MERGE.
func (d dice) change(tables []*table) change {
	s := &scope{dice: d, tables: tables, nested: d.IntN(2), names: new(int)}
	t := pick(d, tables...)
	c := change{table: t}
	switch d.IntN(4) {
	case 0:
		return s.insertion(c)
	case 1:
		return s.merge(c)
	}
	for _, col := range t.columns {
		s.column(col.typ, t.name+"."+col.name)
	}
	head := "DELETE FROM " + t.name
	where := s.condition(2)
	kids := []*expr{where}
	if d.one(2) {
		var sets []string
		for i, col := range t.columns[:len(t.columns)-t.parts] {
			if d.one(2) || i == 0 {
				kids = append(kids, s.withoutSub().expr(col.typ, 2))
				sets = append(sets, fmt.Sprintf("%s = $%d", col.name, len(kids)-1))
			}
		}
		head = "UPDATE " + t.name + " SET " + strings.Join(sets, ", ")
	}
	e := same(plain(boolean), head+" WHERE $0", kids...)
	c.text = [2]string{e.in(ours), e.in(duck)}
	return c
}

// rows makes a query of not too many rows.
func (s *scope) rows(types []typ) *query {
	if !slices.ContainsFunc(types, typ.isNested) {
		q := s.of(types)
		q.order, q.limit = true, 100
		return q
	}
	q := &query{limit: -1, from: s.single(200)}
	for _, t := range types {
		q.items = append(q.items, s.expr(t, 1))
	}
	return q
}

// insertion adds the rows of a query.
func (s *scope) insertion(c change) change {
	t := c.table
	types := make([]typ, len(t.columns)-t.parts)
	for i := range types {
		types[i] = t.columns[i].typ
	}
	q := s.rows(types)
	for _, col := range t.columns[len(types):] {
		q.items = append(q.items, s.partitions(col.typ)[0])
	}
	for d := range c.text {
		c.text[d] = "INSERT INTO " + t.name + " "
		if dialect(d) == ours && t.parts > 0 {
			c.text[d] += "PARTITION (" + t.columns[len(t.columns)-1].name + ") "
		}
		c.text[d] += q.in(dialect(d))
	}
	return c
}

// changes changes the tables in both engines and compares what they hold then.
func (x *round) changes(ctx context.Context, d dice) error {
	var history []string
	for _, t := range x.tables {
		for i := range t.columns {
			t.columns[i].summable = false // no longer as generated
		}
	}
	restarts := x.peer.restarts
	for range 4 {
		c := d.change(x.tables)
		history = append(history, c.text[ours]+";\n-- DuckDB: "+c.text[duck])
		x.report.Queries++
		mine := run(ctx, x.o.Engine, plainly, c.text[ours])
		theirs, err := x.peer.ask(ctx, c.text[duck], "SELECT * FROM "+c.table.name)
		if err != nil {
			return err
		}
		if x.peer.restarts != restarts {
			return nil // the changes are lost
		}
		v, why := failure(mine, theirs[0])
		if v == agreed && mine.err == nil {
			if theirs[0].Error != "" {
				v, why = skipped, "DuckDB: "+theirs[0].Error
			} else {
				all := &query{}
				for _, col := range c.table.columns {
					all.items = append(all.items, null(col.typ))
				}
				v, why = compare(all, run(ctx, x.o.Engine, plainly, "SELECT * FROM "+c.table.name), theirs[1])
			}
		}
		x.count(v, why, mine)
		if v != agreed && v != skipped {
			x.print(history, v, why)
		}
		if v != agreed || mine.err != nil {
			return nil // the tables are no longer the same
		}
	}
	return nil
}

// print shows a finding with all tables as they were at the beginning.
func (x *round) print(history []string, v verdict, why string) {
	fmt.Fprintf(x.o.Log, "\n-- seed %d, changes: %s: %s\n", x.seed, v, why)
	for _, t := range x.tables {
		for _, line := range t.statements(ours)[1:] {
			fmt.Fprintf(x.o.Log, "%s;\n", line)
		}
	}
	fmt.Fprintln(x.o.Log, strings.Join(history, "\n"))
}
