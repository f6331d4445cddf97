package standard

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// grammar makes random texts of the standard's grammar, that need not mean anything:
// operators stand beside each other mostly without parentheses, so that it shows how
// tightly they bind. Left out is what the two read differently on purpose:
//   - predicates beside comparisons: in our dialect LIKE, IN, BETWEEN and = bind alike
//     (a = b LIKE c is (a = b) LIKE c), and IS NULL tighter than they;
//   - || beside other operators: looser than + in our dialect, tighter than ^ in the other;
//   - an INTERVAL beside operators that bind tighter than +;
//   - CROSS JOIN of a join in parentheses, which the other takes for what is without;
//   - GROUP BY, PARTITION BY and ORDER BY of a literal in parentheses, a place for one of the two;
//   - IN ((SELECT …)), where we ignore the second parentheses;
//   - WITH ROLLUP, which we print as ROLLUP (…), and OVER (w), printed as OVER w;
//
// and what our dialect has not: POSITION(a IN b), = ANY (SELECT …), INTERVAL of a column.
type grammar struct{ *rand.Rand }

func (g *grammar) one(n int) bool { return g.IntN(n) == 0 }

func (g *grammar) pick(list ...string) string { return list[g.IntN(len(list))] }

// some joins 1 to n texts.
func (g *grammar) some(n int, of func() string, between string) string {
	out := make([]string, 1+g.IntN(n))
	for i := range out {
		out[i] = of()
	}
	return strings.Join(out, between)
}

// maybe gives a text in one of n cases.
func (g *grammar) maybe(n int, of func() string) string {
	if g.one(n) {
		return of()
	}
	return ""
}

func (g *grammar) statement() string {
	with := g.maybe(6, func() string {
		common := func() string {
			columns := g.maybe(3, func() string { return " (" + g.some(3, g.name, ", ") + ")" })
			return g.name() + columns + " AS (" + g.query(1) + ")"
		}
		return g.pick("WITH ", "WITH RECURSIVE ") + g.some(2, common, ", ") + " "
	})
	return with + g.query(2)
}

// query is a SELECT or set operations of several.
func (g *grammar) query(depth int) string {
	text := g.selection(depth)
	for g.one(5) {
		side := g.selection(depth)
		if g.one(3) {
			side = "(" + g.query(depth-1) + ")"
		}
		text += " " + g.pick("UNION", "UNION ALL", "UNION DISTINCT", "INTERSECT", "EXCEPT") + " " + side
	}
	return text + g.ordered(depth)
}

func (g *grammar) ordered(depth int) string {
	return g.maybe(4, func() string { return " ORDER BY " + g.some(3, func() string { return g.key(depth) }, ", ") }) +
		g.maybe(5, func() string { return g.pick(" LIMIT 3", " LIMIT 3 OFFSET 2", " LIMIT 2, 3") })
}

func (g *grammar) key(depth int) string { return g.group(depth) + g.pick("", "", " ASC", " DESC") }

func (g *grammar) group(depth int) string {
	return g.open(func() string { return g.expr(depth - 1) })
}

// open makes a text that does not begin with a parenthesis.
func (g *grammar) open(of func() string) string {
	text := of()
	for strings.HasPrefix(text, "(") {
		text = of()
	}
	return text
}

func (g *grammar) selection(depth int) string {
	if depth < 0 {
		return "SELECT " + g.column() + " FROM " + g.name()
	}
	d := min(depth, 2)
	item := func() string {
		if g.one(8) {
			return g.pick("*", g.name()+".*")
		}
		return g.expr(d) + g.maybe(3, func() string { return g.pick(" AS ", " ") + g.name() })
	}
	items := g.expr(d)
	if !g.one(20) {
		items = g.some(3, item, ", ")
		if strings.HasPrefix(items, "*") {
			items = "*" // it comes first and alone in the other
		}
	}
	text := "SELECT " + g.pick("", "", "DISTINCT ", "ALL ") + items
	if g.one(12) {
		return text
	}
	text += " FROM " + g.some(2, func() string { return g.table(depth) }, ", ")
	text += g.maybe(2, func() string { return " WHERE " + g.expr(d+1) })
	text += g.maybe(4, func() string {
		return " GROUP BY " + g.some(3, func() string { return g.group(d + 1) }, ", ") +
			g.maybe(2, func() string { return " HAVING " + g.expr(d) })
	})
	return text + g.maybe(12, func() string { return " WINDOW w AS (" + g.window(d) + ")" })
}

func (g *grammar) table(depth int) string {
	text := g.source(depth)
	for g.one(3) {
		join := g.pick("JOIN", "INNER JOIN", "LEFT JOIN", "RIGHT JOIN", "LEFT OUTER JOIN", "CROSS JOIN", "NATURAL JOIN")
		right := g.source(depth)
		if join == "CROSS JOIN" {
			right = g.open(func() string { return g.source(depth) })
		}
		text += " " + join + " " + right
		if !strings.HasPrefix(join, "CROSS") && !strings.HasPrefix(join, "NATURAL") {
			text += g.pick(" USING ("+g.some(2, g.name, ", ")+")", " ON "+g.expr(depth))
		}
	}
	return text
}

func (g *grammar) source(depth int) string {
	as := g.pick(" AS ", " ") + g.name()
	if depth > 0 && g.one(5) {
		return "(" + g.query(depth-1) + ")" + as
	}
	if depth > 0 && g.one(8) {
		return "(" + g.table(depth-1) + ")"
	}
	return g.pick("", "", "p.") + g.name() + g.pick("", as)
}

func (g *grammar) name() string {
	return g.pick("a", "b", "c", "d", "t", "u", "x1", "`a b`", "`select`", "_z", "id", "value", "day", "type")
}

func (g *grammar) column() string { return g.pick("", "", g.name()+".") + g.name() }

func (g *grammar) literal() string {
	return g.pick("1", "0", "23", "1.5", "1e10", ".5", "'x'", "''", "'it\\'s'", "'a%_b'", "NULL", "TRUE", "FALSE", "DATE'2024-02-29'", "TIMESTAMP'2024-02-29 12:00:00'")
}

// expr is an expression in which operators stand as they come.
func (g *grammar) expr(depth int) string {
	if depth <= 0 {
		return g.operand(0)
	}
	d := depth - 1
	switch g.IntN(12) {
	case 0, 1:
		return g.some(3, func() string { return g.expr(d) }, g.pick(" AND ", " OR "))
	case 2:
		return "NOT " + g.expr(d)
	case 3, 4:
		return g.predicate(d)
	case 5:
		return g.comparison(d)
	case 6:
		return g.left(d) + g.pick(" IS NULL", " IS NOT NULL", " IS TRUE", " IS NOT FALSE")
	}
	return g.arithmetic(d)
}

// left is the left operand of a predicate.
func (g *grammar) left(depth int) string {
	return g.open(func() string { return g.arithmetic(depth) })
}

func (g *grammar) comparison(depth int) string {
	op := func() string { return g.pick(" = ", " <> ", " != ", " < ", " <= ", " > ", " >= ", " <=> ") }
	text := g.arithmetic(depth) + op() + g.arithmetic(depth)
	if g.one(4) { // leans left in both
		text += op() + g.arithmetic(depth)
	}
	return text
}

func (g *grammar) predicate(depth int) string {
	left, not := g.left(depth), g.pick(" ", " NOT ")
	switch g.IntN(6) {
	case 0:
		return left + not + "BETWEEN " + g.arithmetic(depth) + " AND " + g.arithmetic(depth)
	case 1:
		return left + not + "IN (" + g.some(3, func() string { return g.group(depth + 1) }, ", ") + ")"
	case 2:
		return left + not + "IN (" + g.query(depth-1) + ")"
	case 3:
		return left + not + "LIKE " + g.operand(depth-1) + g.maybe(4, func() string { return " ESCAPE '!'" })
	case 4:
		return g.pick("", "NOT ") + "EXISTS (" + g.query(depth-1) + ")"
	}
	row := func() string { return "(" + g.expr(depth-1) + ", " + g.operand(depth-1) + ")" }
	return row() + not + "IN (" + g.some(2, row, ", ") + ")"
}

// arithmetic is a chain of operators of all kinds that bind tighter than =.
func (g *grammar) arithmetic(depth int) string {
	text := g.operand(depth)
	for depth > 0 && g.one(2) {
		text += g.pick(" + ", " - ", " * ", " / ", " % ", " DIV ", " MOD ", " & ", " | ", " ^ ") + g.operand(depth)
	}
	return text
}

func (g *grammar) operand(depth int) string {
	d := depth - 1
	if depth <= 0 {
		return g.pick(g.column(), g.column(), g.literal(), g.pick("-", "+", "~")+g.column())
	}
	switch g.IntN(11) {
	case 0:
		return "(" + g.pick(g.arithmetic(d), g.comparison(d), g.predicate(d), "NOT "+g.expr(d), g.expr(d)+" OR "+g.expr(d)) + ")"
	case 1:
		return g.pick("- ", "+", "~") + g.operand(d)
	case 2:
		return g.caseOf(d)
	case 3:
		return g.call(d)
	case 4:
		return g.special(d)
	case 5:
		return "(" + g.query(d) + ")"
	case 6:
		return g.pick("ROW_NUMBER()", "SUM("+g.expr(d)+")", "COUNT(*)", "LAG("+g.expr(d)+", 1)", "FIRST_VALUE("+g.column()+")") +
			" OVER " + g.pick("w", "("+g.window(d)+")")
	}
	return g.operand(0)
}

func (g *grammar) caseOf(depth int) string {
	branch := func() string { return "WHEN " + g.expr(depth) + " THEN " + g.expr(depth) }
	return "CASE " + g.maybe(3, func() string { return g.expr(depth) + " " }) + g.some(2, branch, " ") +
		g.maybe(2, func() string { return " ELSE " + g.expr(depth) }) + " END"
}

func (g *grammar) call(depth int) string {
	name := g.pick("CONCAT", "COALESCE", "IF", "UPPER", "ROUND", "ABS", "NULLIF", "LENGTH", "GREATEST", "SUM", "COUNT", "MIN", "AVG", "f")
	distinct := ""
	switch name {
	case "SUM", "COUNT", "MIN", "AVG":
		return name + "(" + g.pick("", "", "DISTINCT ") + g.expr(depth) + ")"
	case "IF":
		return fmt.Sprintf("IF(%s, %s, %s)", g.expr(depth), g.expr(depth), g.expr(depth))
	}
	return name + "(" + distinct + g.some(3, func() string { return g.expr(depth) }, ", ") + ")"
}

func (g *grammar) special(depth int) string {
	e := g.expr(depth)
	switch g.IntN(5) {
	case 0:
		return "CAST(" + e + " AS " + g.pick("DATE", "DATETIME", "DOUBLE", "FLOAT", "CHAR(3)", "DECIMAL(10,2)", "DECIMAL(5)") + ")"
	case 1:
		return "EXTRACT(" + g.pick("YEAR", "MONTH", "DAY", "HOUR") + " FROM " + e + ")"
	case 2:
		return "SUBSTRING(" + e + " FROM " + g.expr(depth) + g.maybe(2, func() string { return " FOR " + g.expr(depth) }) + ")"
	case 3:
		return "TRIM(" + g.pick("BOTH ", "LEADING ", "TRAILING ") + g.pick(g.column(), g.literal()) + " FROM " + e + ")"
	case 4:
		return "(" + g.operand(0) + g.pick(" + ", " - ") + "INTERVAL " + g.pick("1", "'2'") + " " + g.pick("DAY", "MONTH", "YEAR", "HOUR") + ")"
	}
	return "(" + g.some(3, func() string { return g.operand(depth) }, " || ") + ")"
}

func (g *grammar) window(depth int) string {
	text := g.maybe(2, func() string { return "PARTITION BY " + g.some(2, func() string { return g.group(depth + 1) }, ", ") })
	if g.one(3) {
		return text
	}
	text += " ORDER BY " + g.some(2, func() string { return g.key(depth) }, ", ")
	bound := func(to string) string { return g.pick("UNBOUNDED", "1", "2") + " " + to }
	frame := func() string {
		return " " + g.pick("ROWS", "RANGE") + " " + g.pick(bound("PRECEDING"), "CURRENT ROW", "BETWEEN "+bound("PRECEDING")+" AND "+g.pick("CURRENT ROW", bound("FOLLOWING")), "BETWEEN CURRENT ROW AND "+bound("FOLLOWING"))
	}
	return text + g.maybe(2, frame)
}
