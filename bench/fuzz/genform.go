package fuzz

import "fmt"

func (s *scope) integerForm(t typ, depth int) *expr {
	d := depth - 1
	a, b := s.expr(t, d), s.expr(t, d)
	switch s.IntN(13) {
	case 0, 1, 2:
		if t.kind < integer && !s.one(3) { // it overflows too often
			break
		}
		return same(t, "($0 "+pick(s.dice, "+", "-", "*")+" $1)", a, b)
	case 3:
		return each(t, "($0 DIV $1)", "($0 // NULLIF($1, 0))", a, b)
	case 4:
		return each(t, "($0 % $1)", "($0 % NULLIF($1, 0))", a, b)
	case 5:
		return same(t, "(- $0)", a)
	case 6:
		return same(t, "ABS($0)", a)
	case 7:
		if t.kind == bigint {
			return same(t, "LENGTH($0)", s.expr(plain(text), d))
		}
	case 8:
		if s.one(3) {
			return each(t, "CAST(INSTR($0, $1) AS "+t.in(ours)+")", "", s.expr(plain(text), d), s.value(plain(text))).mirror(t)
		}
		if s.one(3) {
			return each(t, "CAST(DATEDIFF($0, $1) AS "+t.in(ours)+")", "CAST($0 - $1 AS "+t.in(duck)+")", s.expr(plain(date), d), s.expr(plain(date), d))
		}
		return each(t, "CAST("+pick(s.dice, "MONTH", "DAY")+"($0) AS "+t.in(ours)+")", "", s.expr(plain(date), d)).mirror(t)
	case 9:
		if t.kind == bigint {
			return each(t, "CAST(($0 "+pick(s.dice, "&", "|")+" $1) AS BIGINT)", "", a, b).mirror(t)
		}
	case 10:
		return cast(s.condition(d), t)
	case 11:
		u := typ{decimal, 9, 2}
		return each(t, "CAST($0 AS "+t.in(ours)+")", "CAST(TRUNC($0) AS "+t.in(duck)+")", s.expr(u, d))
	case 12:
		var wider []kind
		for _, k := range []kind{tinyint, smallint, integer, bigint} {
			if k != t.kind {
				wider = append(wider, k)
			}
		}
		return cast(s.expr(plain(pick(s.dice, wider...)), d), t)
	}
	return same(t, "($0 - $1)", a, b)
}

// mirror gives the other dialect the text of ours.
func (e *expr) mirror(typ) *expr {
	e.text[duck] = e.text[ours]
	return e
}

func (s *scope) floatingForm(t typ, depth int) *expr {
	d := depth - 1
	a, b := s.expr(t, d), s.expr(t, d)
	switch s.IntN(9) {
	case 0, 1, 2:
		return same(t, "($0 "+pick(s.dice, "+", "-", "*")+" $1)", a, b)
	case 3:
		if t.kind == double {
			i := plain(pick(s.dice, integer, bigint, double))
			return each(t, "($0 / $1)", "($0 / NULLIF($1, 0))", s.expr(i, d), s.expr(i, d))
		}
	case 4:
		return same(t, "(- $0)", a)
	case 5:
		return same(t, "ABS($0)", a)
	case 6:
		return cast(s.expr(plain(pick(s.dice, tinyint, smallint, integer)), d), t)
	case 7:
		if t.kind == double {
			return cast(s.expr(typ{decimal, 9, 2}, d), t)
		}
	case 8:
		if t.kind == double {
			return each(t, "SQRT($0)", "CASE WHEN $0 >= 0 THEN SQRT($0) END", a)
		}
	}
	return same(t, "($0 + $1)", a, b)
}

func (s *scope) decimalForm(t typ, depth int) *expr {
	d := depth - 1
	switch s.IntN(6) {
	case 0, 1:
		u := typ{decimal, min(t.precision, 25), min(t.scale, 9)}
		v := typ{decimal, 10, s.IntN(5)}
		return cast(same(t, "($0 "+pick(s.dice, "+", "-")+" $1)", s.expr(u, d), s.expr(v, d)), t)
	case 2:
		u, v := typ{decimal, min(t.precision, 18), min(t.scale, 6)}, typ{decimal, 10, s.IntN(4)}
		return cast(same(t, "($0 * $1)", s.expr(u, d), s.expr(v, d)), t)
	case 3:
		return same(t, "(- $0)", s.expr(t, d))
	case 4:
		return cast(s.expr(plain(pick(s.dice, tinyint, smallint, integer)), d), t)
	}
	return cast(s.expr(s.anyDecimal(), d), t)
}

func (s *scope) textForm(depth int) *expr {
	t := plain(text)
	d := depth - 1
	a, b := s.expr(t, d), s.expr(t, d)
	switch s.IntN(9) {
	case 0:
		return same(t, "($0 || $1)", a, b)
	case 1:
		return each(t, "CONCAT($0, $1)", "($0 || $1)", a, b)
	case 2:
		return same(t, pick(s.dice, "UPPER", "LOWER", "REVERSE")+"($0)", s.asciiText(d))
	case 3:
		return same(t, fmt.Sprintf("SUBSTR($0, %d, %d)", 1+s.IntN(4), 1+s.IntN(4)), a)
	case 4:
		return same(t, fmt.Sprintf("SUBSTR($0, %d)", 1+s.IntN(4)), a)
	case 5:
		return same(t, pick(s.dice, "TRIM", "LTRIM", "RTRIM")+"($0)", a)
	case 6:
		return same(t, "REPLACE($0, 'a', "+pick(s.dice, "''", "'bb'")+")", a)
	case 7:
		return cast(s.expr(plain(pick(s.dice, tinyint, smallint, integer, bigint)), d), t)
	}
	switch s.IntN(4) {
	case 0:
		n := 1 + s.IntN(5)
		return same(t, fmt.Sprintf("%s($0, %d, '%s')", pick(s.dice, "LPAD", "RPAD"), n, pick(s.dice, "x", "ab")), a)
	case 1:
		return same(t, fmt.Sprintf("REPEAT($0, %d)", s.IntN(3)), a)
	case 2:
		return each(t, "CAST($0 AS STRING)", "CAST($0 AS VARCHAR)", s.condition(d))
	}
	return cast(s.expr(plain(date), d), t)
}

// asciiText has the same case in both engines.
func (s *scope) asciiText(depth int) *expr { return s.expr(plain(text), depth) }

func (s *scope) dateForm(depth int) *expr {
	t := plain(date)
	a := s.expr(t, depth-1)
	switch s.IntN(3) {
	case 0:
		n := s.IntN(60) - 30
		return each(t, fmt.Sprintf("DATE_ADD($0, %d)", n), fmt.Sprintf("CAST($0 + %d AS DATE)", n), a)
	case 1:
		return cast(s.expr(plain(datetime), depth-1), t)
	}
	return same(t, "COALESCE($0, $1)", a, s.leafOf(t))
}
