package fuzz

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// dialect is a language that a tree can be written in.
type dialect int

const (
	ours dialect = iota
	duck
)

// expr is an expression: a template in each dialect, in which $0, $1 … stand for
// the operands and $q for the subquery.
type expr struct {
	typ          typ
	text         [2]string
	kids         []*expr
	sub          *query
	leaf, column bool // a column or literal; a column
	local        bool // of a map, which not every correlated subquery can use
	summable     bool // a column as in column
	// aggregate says that the operands are of the rows of a group, or window.
	aggregate bool
}

// same makes an expression that is written alike in both dialects.
func same(t typ, text string, kids ...*expr) *expr {
	return &expr{typ: t, text: [2]string{text, text}, kids: kids}
}

// each makes an expression that is not.
func each(t typ, ourText, duckText string, kids ...*expr) *expr {
	return &expr{typ: t, text: [2]string{ourText, duckText}, kids: kids}
}

// cast makes the type of an expression certain in both dialects.
func cast(e *expr, t typ) *expr {
	return each(t, "CAST($0 AS "+t.in(ours)+")", "CAST($0 AS "+t.in(duck)+")", e)
}

// hasColumn tells whether a column takes part.
func (e *expr) hasColumn() bool {
	return e.column || slices.ContainsFunc(e.kids, (*expr).hasColumn)
}

func (e *expr) write(b *strings.Builder, d dialect) {
	t := e.text[d]
	for i := 0; i < len(t); i++ {
		if t[i] != '$' || e.leaf || !strings.ContainsRune("q0123456789", rune(t[i+1])) {
			b.WriteByte(t[i])
			continue
		}
		i++
		if t[i] == 'q' {
			b.WriteByte('(')
			e.sub.write(b, d)
			b.WriteByte(')')
			continue
		}
		n := 0
		for ; i < len(t) && t[i] >= '0' && t[i] <= '9'; i++ {
			n = 10*n + int(t[i]-'0')
		}
		i--
		e.kids[n].write(b, d)
	}
}

func (e *expr) in(d dialect) string {
	var b strings.Builder
	e.write(&b, d)
	return b.String()
}

// relation is what stands in FROM: a table, a query, or a join of two.
type relation struct {
	table string
	query *query
	alias string
	rows  int // at most

	join        string // such as LEFT JOIN; "" if there is none
	left, right *relation
	on          *expr
}

func (r *relation) write(b *strings.Builder, d dialect) {
	switch {
	case r.join != "":
		r.left.write(b, d)
		kind := r.join
		if d == duck {
			kind = strings.TrimPrefix(kind, "LEFT ")
			if !strings.HasPrefix(kind, "SEMI") && !strings.HasPrefix(kind, "ANTI") {
				kind = r.join
			}
		}
		b.WriteString(" " + kind + " ")
		r.right.write(b, d)
		if r.on != nil {
			b.WriteString(" ON ")
			r.on.write(b, d)
		}
		return
	case r.query != nil:
		b.WriteByte('(')
		r.query.write(b, d)
		b.WriteByte(')')
	default:
		b.WriteString(r.table)
	}
	b.WriteString(" " + r.alias)
}

// common is a query of WITH.
type common struct {
	name  string
	query *query
}

// query is a SELECT, or a set operation of two queries.
type query struct {
	with     []*common
	distinct bool
	items    []*expr // their names are c0, c1 …
	from     *relation
	laterals []*lateral
	where    *expr
	group    []*expr
	grouping string // "", ROLLUP, CUBE or GROUPING SETS
	having   *expr
	qualify  *expr

	op          string // UNION ALL …
	left, right *query

	order  bool // by all columns, so that there is one answer
	desc   uint // the columns in descending order, a bit each
	limit  int  // -1 for none
	offset int
}

// types are those of the columns.
func (q *query) types() []typ {
	if q.op != "" {
		return q.left.types()
	}
	out := make([]typ, len(q.items))
	for i, e := range q.items {
		out[i] = e.typ
	}
	return out
}

func (q *query) in(d dialect) string {
	var b strings.Builder
	q.write(&b, d)
	return b.String()
}

func (q *query) write(b *strings.Builder, d dialect) {
	for i, c := range q.with {
		b.WriteString([]string{"WITH ", ", "}[min(i, 1)] + c.name + " AS (")
		c.query.write(b, d)
		b.WriteString(") ")
	}
	if q.op != "" {
		q.writeSet(b, d)
	} else {
		q.writeSelect(b, d)
	}
	if q.order {
		b.WriteString(" ORDER BY ")
		for i := range q.types() {
			if i > 0 {
				b.WriteString(", ")
			}
			b.WriteString(strconv.Itoa(i + 1))
			if q.desc>>i&1 == 1 {
				b.WriteString(" DESC")
			}
		}
		if q.limit >= 0 {
			fmt.Fprintf(b, " LIMIT %d", q.limit)
			if q.offset > 0 {
				fmt.Fprintf(b, " OFFSET %d", q.offset)
			}
		}
	}
}

func (q *query) writeSet(b *strings.Builder, d dialect) {
	for i, side := range []*query{q.left, q.right} {
		if i == 1 {
			b.WriteString(" " + q.op + " ")
		}
		b.WriteByte('(')
		side.write(b, d)
		b.WriteByte(')')
	}
}

func (q *query) writeSelect(b *strings.Builder, d dialect) {
	b.WriteString("SELECT ")
	if q.distinct {
		b.WriteString("DISTINCT ")
	}
	for i, e := range q.items {
		if i > 0 {
			b.WriteString(", ")
		}
		e.write(b, d)
		fmt.Fprintf(b, " AS c%d", i)
	}
	if q.from != nil {
		b.WriteString(" FROM ")
		q.from.write(b, d)
	}
	for _, l := range q.laterals {
		l.write(b, d)
	}
	if q.where != nil {
		b.WriteString(" WHERE ")
		q.where.write(b, d)
	}
	q.writeGroup(b, d)
	if q.having != nil {
		b.WriteString(" HAVING ")
		q.having.write(b, d)
	}
	if q.qualify != nil {
		b.WriteString(" QUALIFY ")
		q.qualify.write(b, d)
	}
}

func (q *query) writeGroup(b *strings.Builder, d dialect) {
	if len(q.group) == 0 {
		return
	}
	b.WriteString(" GROUP BY " + q.grouping)
	if q.grouping != "" {
		b.WriteByte('(')
	}
	for i, e := range q.group {
		if i > 0 {
			b.WriteString(", ")
		}
		if q.grouping == "GROUPING SETS" && i == 0 && len(q.group) > 1 { // the first two together
			b.WriteByte('(')
		}
		e.write(b, d)
		if q.grouping == "GROUPING SETS" && i == 1 {
			b.WriteByte(')')
		}
	}
	if q.grouping != "" {
		b.WriteByte(')')
	}
}
