package fuzz

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
)

// column is a column of a table.
type column struct {
	name     string
	typ      typ
	required bool // NOT NULL
	// summable says that sums of its DOUBLEs are the same in any order: they are
	// multiples of 1/8 below 2^20, or not finite.
	summable bool
}

// table is a table with its rows, whose values are literals.
type table struct {
	name    string
	columns []column
	rows    [][]*expr
	size    int // rows, at most
	// parts is the number of the last columns that ours is partitioned by.
	parts int
}

// dice makes the choices.
type dice struct{ *rand.Rand }

func (d dice) one(n int) bool { return d.IntN(n) == 0 }

func pick[T any](d dice, list ...T) T { return list[d.IntN(len(list))] }

// anyType is a type of a column.
func (d dice) anyType() typ {
	k := pick(d, boolean, tinyint, smallint, integer, integer, bigint, bigint, float, double, decimal, decimal, text, text, date, datetime)
	if k != decimal {
		return plain(k)
	}
	return d.anyDecimal()
}

func (d dice) anyDecimal() typ {
	p := pick(d, 4, 9, 10, 18, 19, 25, 30)
	return typ{decimal, p, d.IntN(min(p, 10) + 1)}
}

// tables makes the tables of a round.
func (d dice) tables() []*table {
	out := make([]*table, 2+d.IntN(3))
	withNested := d.one(2)
	for i := range out {
		t := &table{name: fmt.Sprintf("t%d", i)}
		required := d.one(3)
		for c := range 2 + d.IntN(6) {
			u := d.anyType()
			if withNested && d.one(4) {
				u = d.anyNested()
			}
			t.columns = append(t.columns, column{fmt.Sprintf("a%d", c), u, required && d.one(2), u.kind == double})
		}
		rows := pick(d, 0, 1, 3, 8, 8, 20, 20, 50, 200)
		if d.one(12) {
			rows = 1500
		}
		if t.size = rows; d.one(5) {
			t.parts = 1
			t.columns = append(t.columns, column{name: fmt.Sprintf("a%d", len(t.columns)), typ: plain(pick(d, text, bigint, integer))})
		}
		pools := make([][]*expr, len(t.columns))
		for c, col := range t.columns {
			for range pick(d, 1, 3, 6, 20, 100) {
				pools[c] = append(pools[c], d.value(col.typ))
			}
			if c >= len(t.columns)-t.parts {
				pools[c] = d.partitions(col.typ)
			}
		}
		nulls := pick(d, 0, 0, 5, 2)
		for range rows {
			row := make([]*expr, len(t.columns))
			for c, col := range t.columns {
				if row[c] = pick(d, pools[c]...); nulls > 0 && d.one(nulls*2) && !col.required && c < len(t.columns)-t.parts {
					row[c] = null(col.typ)
				}
			}
			t.rows = append(t.rows, row)
		}
		out[i] = t
	}
	return out
}

// partitions are the values of a partition column.
func (d dice) partitions(t typ) []*expr {
	all := []string{"1", "2", "10", "20240101"}
	var out []*expr
	for _, v := range all[:1+d.IntN(len(all))] {
		if t.kind == text {
			v = "'" + v + "'"
		}
		out = append(out, literal(t, v, v))
	}
	return out
}

// null is a NULL with a type.
func null(t typ) *expr {
	return literal(t, "CAST(NULL AS "+t.in(ours)+")", "CAST(NULL AS "+t.in(duck)+")")
}

func literal(t typ, ourText, duckText string) *expr {
	e := each(t, ourText, duckText)
	e.leaf = true
	return e
}

// value is a literal that is not NULL.
func (d dice) value(t typ) *expr {
	switch t.kind {
	case boolean:
		return pick(d, literal(t, "true", "true"), literal(t, "false", "false"))
	case tinyint, smallint, integer, bigint:
		return d.integer(t)
	case float, double:
		return d.floating(t)
	case decimal:
		return d.decimal(t)
	case text:
		return d.text()
	case date:
		return d.date()
	case nested:
		return d.nestedValue(t)
	}
	return d.datetime()
}

func (d dice) integer(t typ) *expr {
	bits := [...]int{tinyint: 8, smallint: 16, integer: 32, bigint: 64}[t.kind]
	n := int64(d.IntN(21) - 5)
	switch d.IntN(30) {
	case 0:
		n = int64(1)<<(bits-1) - 1 - int64(d.IntN(2))
	case 1:
		n = -int64(1)<<(bits-1) + int64(d.IntN(2)) + 1
	case 2, 3:
		n = int64(d.IntN(1<<min(bits-2, 16))) - 20
	}
	v := strconv.FormatInt(n, 10)
	if t.kind == integer {
		return literal(t, "("+v+")", "("+v+")")
	}
	return literal(t, "CAST("+v+" AS "+t.in(ours)+")", "CAST("+v+" AS "+t.in(duck)+")")
}

// floating is a multiple of a quarter below 2^20, so that sums are exact, or not
// finite.
func (d dice) floating(t typ) *expr {
	v := strconv.FormatFloat(float64(d.IntN(81)-20)/4, 'f', -1, 64)
	switch d.IntN(30) {
	case 0:
		v = "NaN"
	case 1:
		v = pick(d, "Infinity", "-Infinity")
	case 2, 3:
		v = strconv.FormatFloat(float64(d.IntN(1<<20))-1000.5, 'f', -1, 64)
	case 4:
		v = pick(d, "0.0", "-0.0")
	}
	return literal(t, "CAST('"+v+"' AS "+t.in(ours)+")", "CAST('"+v+"' AS "+t.in(duck)+")")
}

func (d dice) decimal(t typ) *expr {
	digits := pick(d, 1, 2, 3, t.precision)
	digits = min(digits+t.scale/2, t.precision)
	b := make([]byte, digits)
	for i := range b {
		b[i] = byte('0' + d.IntN(10))
		if d.one(20) {
			b[i] = '9'
		}
	}
	v := strings.Repeat("0", max(0, t.scale+1-digits)) + string(b)
	if t.scale > 0 {
		v = v[:len(v)-t.scale] + "." + v[len(v)-t.scale:]
	}
	if d.one(3) {
		v = "-" + v
	}
	return literal(t, "CAST('"+v+"' AS "+t.in(ours)+")", "CAST('"+v+"' AS "+t.in(duck)+")")
}

var words = []string{"", "a", "b", "ab", "abc", "A", "Ab", "aa", " a", "a ", "0", "12", "x_y", "50%", "€", "海龟", "z", "bixi", "zzzzzzzzzzzzzzzzzzzzzzzz"}

func (d dice) text() *expr {
	v := pick(d, words...)
	switch d.IntN(25) {
	case 0:
		v = strings.Repeat(pick(d, "x", "ab", "½"), 1+d.IntN(300))
	case 1, 2, 3:
		v += pick(d, words...)
	}
	return literal(plain(text), "'"+v+"'", "'"+v+"'")
}

func (d dice) date() *expr {
	v := fmt.Sprintf("%04d-%02d-%02d", pick(d, 1970, 1999, 2000, 2023, 2024), 1+d.IntN(12), 1+d.IntN(28))
	switch d.IntN(20) {
	case 0:
		v = pick(d, "2024-02-29", "1969-12-31", "1900-03-01", "2099-12-31", "1970-01-01")
	case 1, 2, 3, 4:
		v = fmt.Sprintf("2024-01-%02d", 1+d.IntN(5))
	}
	return literal(plain(date), "DATE'"+v+"'", "DATE'"+v+"'")
}

func (d dice) datetime() *expr {
	v := fmt.Sprintf("%04d-%02d-%02d %02d:%02d:%02d", pick(d, 1969, 1999, 2023, 2024), 1+d.IntN(12), 1+d.IntN(28), d.IntN(24), d.IntN(60), d.IntN(60))
	if d.one(3) {
		v = fmt.Sprintf("2024-01-%02d 00:00:00", 1+d.IntN(5))
	}
	return literal(plain(datetime), "DATETIME'"+v+"'", "TIMESTAMP'"+v+"'")
}

// create is the definition of the table, and load gives it its rows.
func (t *table) create(d dialect) string {
	cols := make([]string, len(t.columns))
	for i, c := range t.columns {
		if cols[i] = c.name + " " + c.typ.in(d); c.required {
			cols[i] += " NOT NULL"
		}
	}
	if n := len(cols) - t.parts; d == ours && t.parts > 0 {
		return "CREATE TABLE " + t.name + " (" + strings.Join(cols[:n], ", ") + ") PARTITIONED BY (" + strings.Join(cols[n:], ", ") + ")"
	}
	return "CREATE TABLE " + t.name + " (" + strings.Join(cols, ", ") + ")"
}

// load gives the statements that insert the rows.
func (t *table) load(d dialect) []string {
	const most = 500
	var out []string
	for from := 0; from < len(t.rows); from += most {
		var b strings.Builder
		b.WriteString("INSERT INTO " + t.name)
		if d == ours && t.parts > 0 {
			b.WriteString(" PARTITION (" + t.columns[len(t.columns)-1].name + ")")
		}
		b.WriteString(" VALUES ")
		for i, row := range t.rows[from:min(from+most, len(t.rows))] {
			if i > 0 {
				b.WriteString(", ")
			}
			b.WriteByte('(')
			for c, v := range row {
				if c > 0 {
					b.WriteString(", ")
				}
				v.write(&b, d)
			}
			b.WriteByte(')')
		}
		out = append(out, b.String())
	}
	return out
}

// statements make the table anew.
func (t *table) statements(d dialect) []string {
	return append([]string{"DROP TABLE IF EXISTS " + t.name, t.create(d)}, t.load(d)...)
}
