package fuzz

import (
	"context"
	"iter"
	"math/rand/v2"

	"github.com/bixidata/bixi/server"
)

// form is an expression of our dialect alone; types stand for its operands.
type form struct {
	result   kind
	text     string
	operands []kind
	examples []string // of operands, literals that mean something there; or none
}

// ownForms are forms of one type that DuckDB has not, or has with another meaning.
// Each keeps within its operands: no state, no chance.
var ownForms = []form{
	{boolean, "($0 RLIKE 'a')", []kind{text}, nil},
	{boolean, "($0 RLIKE '^[a-c]+$')", []kind{text}, nil},
	{boolean, "(NOT $0 RLIKE '(x|y|0)')", []kind{text}, nil},
	{boolean, "($0 NOT RLIKE '.')", []kind{text}, nil},
	{boolean, "($0 LIKE '%^_%' ESCAPE '^')", []kind{text}, nil},
	{boolean, "($0 LIKE $1)", []kind{text, text}, nil},
	{boolean, "ARRAY_CONTAINS(SPLIT($0, 'a'), $1)", []kind{text, text}, nil},
	{boolean, "ARRAY_CONTAINS(ARRAY($0, $1, NULL), $2)", []kind{integer, integer, integer}, nil},
	{boolean, "ANY_MATCH(ARRAY($0, $1), x -> x > $2)", []kind{bigint, bigint, bigint}, nil},
	{boolean, "ALL_MATCH(SPLIT($0, ''), x -> x <= $1)", []kind{text, text}, nil},
	{boolean, "JSON_VALID(CONCAT('[', $0, ']'))", []kind{text}, nil},
	{boolean, "ISNAN($0)", []kind{double}, nil},
	{boolean, "(ARRAY($0, $1) < ARRAY($2, $1))", []kind{integer, text, integer}, nil},
	{boolean, "(STRUCT($0, $1) = STRUCT($2, $1))", []kind{text, bigint, text}, nil},
	{boolean, "(STRUCT($0) IN (STRUCT($1), STRUCT($0)))", []kind{date, date}, nil},
	{boolean, "(($0, $1) IN (($2, $1), (3, 'a')))", []kind{integer, text, integer}, nil},
	{boolean, "IS_TRUE($0)", []kind{boolean}, nil},
	{boolean, "IS_NOT_FALSE($0)", []kind{boolean}, nil},
	{boolean, "($0 IS TRUE)", []kind{boolean}, nil},
	{boolean, "($0 IS NOT FALSE)", []kind{boolean}, nil},
	{boolean, "NVL($0, $1)", []kind{boolean, boolean}, nil},
	{boolean, "($0 = $1)", []kind{date, datetime}, nil},
	{boolean, "($0 < $1)", []kind{bigint, double}, nil},
	{boolean, "($0 >= $1)", []kind{integer, decimal}, nil},
	{boolean, "($0 BETWEEN $1 AND $2)", []kind{bigint, integer, double}, nil},
	{boolean, "($0 IN (1, 2.5BD, 3.0))", []kind{integer}, nil},

	{text, "SPLIT_PART($0, 'b', 1)", []kind{text}, nil},
	{text, "SPLIT_PART($0, $1, 2)", []kind{text, text}, nil},
	{text, "REGEXP_REPLACE($0, '[ab]+', '-')", []kind{text}, nil},
	{text, "REGEXP_EXTRACT($0, '(a)(b*)', 2)", []kind{text}, nil},
	{text, "REGEXP_SUBSTR($0, '[0-9]+')", []kind{text}, nil},
	{text, "TRANSLATE($0, 'abx', 'bz')", []kind{text}, nil},
	{text, "INITCAP($0)", []kind{text}, nil},
	{text, "MD5($0)", []kind{text}, nil},
	{text, "HEX($0)", []kind{text}, nil},
	{text, "SUBSTR($0, $1)", []kind{text, integer}, nil},
	{text, "SUBSTRING($0, $1, 2)", []kind{text, integer}, nil},
	{text, "SUBSTRING_INDEX($0, 'a', 1)", []kind{text}, nil},
	{text, "CONCAT_WS('-', $0, $1)", []kind{text, text}, nil},
	{text, "SPLIT($0, 'a')[1]", []kind{text}, nil},
	{text, "SPLIT($0, '')[$1]", []kind{text, integer}, nil},
	{text, "MAP('a', $0, 'b', $1)[$2]", []kind{text, text, text}, nil},
	{text, "NAMED_STRUCT('x', $0, 'y', $1).x", []kind{text, integer}, nil},
	{text, "ARRAY_JOIN(SORT_ARRAY(ARRAY($0, $1, 'm')), ',')", []kind{text, text}, nil},
	{text, "ARRAY_MAX(FILTER(ARRAY($0, $1), x -> x > 'a'))", []kind{text, text}, nil},
	{text, "STR_TO_MAP(CONCAT('a=', $0), ',', '=')['a']", []kind{text}, nil},
	{text, "GET_JSON_OBJECT(TO_JSON(MAP('k', $0)), '$.k')", []kind{text}, nil},
	{text, "GET_JSON_OBJECT(TO_JSON(NAMED_STRUCT('k', ARRAY($0, $1))), '$.k[1]')", []kind{bigint, bigint}, nil},
	{text, "JSON_FORMAT(JSON_ARRAY($0, $1))", []kind{text, integer}, nil},
	{text, "TO_CHAR($0, 'yyyymmdd hh:mi')", []kind{datetime}, nil},
	{text, "DATE_FORMAT($0, 'yyyy/mm')", []kind{date}, nil},
	{text, "ADD_MONTHS($0, 1)", []kind{date}, nil},
	{text, "LAST_DAY($0)", []kind{date}, nil},
	{text, "CAST($0 AS STRING)", []kind{datetime}, nil},
	{text, "CAST($0 AS STRING)", []kind{double}, nil},
	{text, "DECODE($0, 1, 'one', 2, $1, 'many')", []kind{integer, text}, nil},
	{text, "NVL($0, $1)", []kind{text, text}, nil},
	{text, "CAST(CAST($0 AS VARCHAR(2)) AS STRING)", []kind{text}, nil},

	{bigint, "SIZE(SPLIT($0, 'a'))", []kind{text}, nil},
	{bigint, "SIZE(ARRAY_DISTINCT(ARRAY($0, $1)))", []kind{bigint, bigint}, nil},
	{bigint, "REGEXP_COUNT($0, 'a')", []kind{text}, nil},
	{bigint, "INSTR($0, $1)", []kind{text, text}, nil},
	{bigint, "LENGTHB($0)", []kind{text}, nil},
	{bigint, "CAST(ASCII($0) AS BIGINT)", []kind{text}, nil},
	{bigint, "FIND_IN_SET($0, 'a,b,ab')", []kind{text}, nil},
	{bigint, "CEIL($0)", []kind{decimal}, nil},
	{bigint, "FLOOR($0)", []kind{decimal}, nil},
	{bigint, "PMOD($0, $1)", []kind{bigint, bigint}, nil},
	{bigint, "(CASE WHEN $0 < 0 THEN NULL ELSE $0 END ^ 3L)", []kind{bigint}, nil},
	{bigint, "ARRAY($0, $1)[$2]", []kind{bigint, bigint, integer}, nil},
	{bigint, "MAP($0, $1, -99L, 2L)[$0]", []kind{bigint, bigint}, nil},
	{bigint, "ARRAY_REDUCE(ARRAY($0, $1), 0L, (s, x) -> s + x % 10L, s -> s)", []kind{bigint, bigint}, nil},
	{bigint, "CAST(DATEDIFF($0, $1, 'mm') AS BIGINT)", []kind{datetime, datetime}, nil},
	{bigint, "CAST(DATEPART($0, 'dd') AS BIGINT)", []kind{datetime}, nil},
	{bigint, "CAST(WEEKDAY($0) AS BIGINT)", []kind{date}, nil},
	{bigint, "CAST(YEAR($0) AS BIGINT)", []kind{date}, nil},
	{bigint, "CAST(HOUR($0) AS BIGINT)", []kind{datetime}, nil},
	{bigint, "UNIX_TIMESTAMP($0)", []kind{datetime}, nil},
	{bigint, "CAST(GET_JSON_OBJECT(CONCAT('{\"a\":', CAST($0 AS STRING), '}'), '$.a') AS BIGINT)", []kind{bigint}, nil},
	{integer, "ARRAY_MIN(ARRAY($0, $1, NULL))", []kind{integer, integer}, nil},
	{integer, "NVL($0, $1)", []kind{integer, integer}, nil},
	{integer, "TRANSFORM(ARRAY($0, $1), x -> x)[0]", []kind{integer, integer}, nil},

	{double, "ROUND($0, 1)", []kind{double}, nil},
	{double, "SIGN($0)", []kind{double}, nil},
	{double, "($0 / $1)", []kind{integer, bigint}, nil},
	{double, "CAST($0 AS DOUBLE)", []kind{decimal}, nil},
	{double, "LN($0)", []kind{double}, nil},
	{double, "MONTHS_BETWEEN($0, $1)", []kind{datetime, datetime}, nil},

	{date, "DATE_SUB($0, 3)", []kind{date}, nil},
	{date, "CAST(LAST_DAY($0) AS DATE)", []kind{date}, nil},
	{date, "CAST(NEXT_DAY($0, 'TU') AS DATE)", []kind{date}, nil},
	{date, "($0 + INTERVAL '1' MONTH)", []kind{date}, nil},
	{datetime, "DATEADD($0, 1, 'mm')", []kind{datetime}, nil},
	{datetime, "DATETRUNC($0, 'mm')", []kind{datetime}, nil},
	{datetime, "LASTDAY($0)", []kind{datetime}, nil},
	{datetime, "($0 - INTERVAL '90' MINUTE)", []kind{datetime}, nil},
	{datetime, "CAST($0 AS DATETIME)", []kind{date}, nil},
}

// ownForm is a form of a type that only our dialect has; nil if there is none.
func (s *scope) ownForm(t typ, depth int) *expr {
	var fit []form
	for _, f := range s.own {
		if f.result == t.kind && t.kind != decimal {
			fit = append(fit, f)
		}
	}
	if len(fit) == 0 {
		return nil
	}
	return s.made(pick(s.dice, fit...), t, depth)
}

// made is a form with operands.
func (s *scope) made(f form, t typ, depth int) *expr {
	kids := make([]*expr, len(f.operands))
	for i, k := range f.operands {
		u := plain(k)
		if k == decimal {
			u = s.anyDecimal()
		}
		if kids[i] = s.expr(u, depth-1); f.examples != nil {
			kids[i] = s.meaningful(u, f.examples[i], kids[i])
		}
	}
	return same(t, f.text, kids...)
}

// meaningful is an example, another value, or the one or the other by row.
func (s *scope) meaningful(t typ, example string, other *expr) *expr {
	lit := literal(t, example, "")
	switch s.IntN(3) {
	case 0:
		return lit
	case 1:
		return same(t, "IF($0, $1, $2)", s.withoutSub().condition(0), lit, other)
	}
	return other
}

// TryOwnForms runs each form with random literals, for tests of this list.
func TryOwnForms(ctx context.Context, engine server.Statements, seed uint64) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		s := &scope{dice: dice{rand.New(rand.NewPCG(seed, 0))}, names: new(int)}
		for _, f := range ownForms {
			q := &query{limit: -1, items: []*expr{cast(s.made(f, plain(f.result), 0), plain(f.result))}}
			a := run(ctx, engine, plainly, q.in(ours))
			if v, _ := failure(a, answer{Error: "may be"}); v == agreed {
				a.err = nil
			}
			if !yield(f.text, a.err) {
				return
			}
		}
	}
}
