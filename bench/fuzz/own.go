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
}

// ownForms are forms of one type that DuckDB has not, or has with another meaning.
// Each keeps within its operands: no state, no chance.
var ownForms = []form{
	{boolean, "($0 RLIKE 'a')", []kind{text}},
	{boolean, "($0 RLIKE '^[a-c]+$')", []kind{text}},
	{boolean, "(NOT $0 RLIKE '(x|y|0)')", []kind{text}},
	{boolean, "($0 NOT RLIKE '.')", []kind{text}},
	{boolean, "($0 LIKE '%^_%' ESCAPE '^')", []kind{text}},
	{boolean, "($0 LIKE $1)", []kind{text, text}},
	{boolean, "ARRAY_CONTAINS(SPLIT($0, 'a'), $1)", []kind{text, text}},
	{boolean, "ARRAY_CONTAINS(ARRAY($0, $1, NULL), $2)", []kind{integer, integer, integer}},
	{boolean, "ANY_MATCH(ARRAY($0, $1), x -> x > $2)", []kind{bigint, bigint, bigint}},
	{boolean, "ALL_MATCH(SPLIT($0, ''), x -> x <= $1)", []kind{text, text}},
	{boolean, "JSON_VALID(CONCAT('[', $0, ']'))", []kind{text}},
	{boolean, "ISNAN($0)", []kind{double}},
	{boolean, "(ARRAY($0, $1) < ARRAY($2, $1))", []kind{integer, text, integer}},
	{boolean, "(STRUCT($0, $1) = STRUCT($2, $1))", []kind{text, bigint, text}},
	{boolean, "(STRUCT($0) IN (STRUCT($1), STRUCT($0)))", []kind{date, date}},
	{boolean, "(($0, $1) IN (($2, $1), (3, 'a')))", []kind{integer, text, integer}},
	{boolean, "IS_TRUE($0)", []kind{boolean}},
	{boolean, "IS_NOT_FALSE($0)", []kind{boolean}},
	{boolean, "($0 IS TRUE)", []kind{boolean}},
	{boolean, "($0 IS NOT FALSE)", []kind{boolean}},
	{boolean, "NVL($0, $1)", []kind{boolean, boolean}},
	{boolean, "($0 = $1)", []kind{date, datetime}},
	{boolean, "($0 < $1)", []kind{bigint, double}},
	{boolean, "($0 >= $1)", []kind{integer, decimal}},
	{boolean, "($0 BETWEEN $1 AND $2)", []kind{bigint, integer, double}},
	{boolean, "($0 IN (1, 2.5BD, 3.0))", []kind{integer}},

	{text, "SPLIT_PART($0, 'b', 1)", []kind{text}},
	{text, "SPLIT_PART($0, $1, 2)", []kind{text, text}},
	{text, "REGEXP_REPLACE($0, '[ab]+', '-')", []kind{text}},
	{text, "REGEXP_EXTRACT($0, '(a)(b*)', 2)", []kind{text}},
	{text, "REGEXP_SUBSTR($0, '[0-9]+')", []kind{text}},
	{text, "TRANSLATE($0, 'abx', 'bz')", []kind{text}},
	{text, "INITCAP($0)", []kind{text}},
	{text, "MD5($0)", []kind{text}},
	{text, "HEX($0)", []kind{text}},
	{text, "SUBSTR($0, $1)", []kind{text, integer}},
	{text, "SUBSTRING($0, $1, 2)", []kind{text, integer}},
	{text, "SUBSTRING_INDEX($0, 'a', 1)", []kind{text}},
	{text, "CONCAT_WS('-', $0, $1)", []kind{text, text}},
	{text, "SPLIT($0, 'a')[1]", []kind{text}},
	{text, "SPLIT($0, '')[$1]", []kind{text, integer}},
	{text, "MAP('a', $0, 'b', $1)[$2]", []kind{text, text, text}},
	{text, "NAMED_STRUCT('x', $0, 'y', $1).x", []kind{text, integer}},
	{text, "ARRAY_JOIN(SORT_ARRAY(ARRAY($0, $1, 'm')), ',')", []kind{text, text}},
	{text, "ARRAY_MAX(FILTER(ARRAY($0, $1), x -> x > 'a'))", []kind{text, text}},
	{text, "STR_TO_MAP(CONCAT('a=', $0), ',', '=')['a']", []kind{text}},
	{text, "GET_JSON_OBJECT(TO_JSON(MAP('k', $0)), '$.k')", []kind{text}},
	{text, "GET_JSON_OBJECT(TO_JSON(NAMED_STRUCT('k', ARRAY($0, $1))), '$.k[1]')", []kind{bigint, bigint}},
	{text, "JSON_FORMAT(JSON_ARRAY($0, $1))", []kind{text, integer}},
	{text, "TO_CHAR($0, 'yyyymmdd hh:mi')", []kind{datetime}},
	{text, "DATE_FORMAT($0, 'yyyy/mm')", []kind{date}},
	{text, "ADD_MONTHS($0, 1)", []kind{date}},
	{text, "LAST_DAY($0)", []kind{date}},
	{text, "CAST($0 AS STRING)", []kind{datetime}},
	{text, "CAST($0 AS STRING)", []kind{double}},
	{text, "DECODE($0, 1, 'one', 2, $1, 'many')", []kind{integer, text}},
	{text, "NVL($0, $1)", []kind{text, text}},
	{text, "CAST(CAST($0 AS VARCHAR(2)) AS STRING)", []kind{text}},

	{bigint, "SIZE(SPLIT($0, 'a'))", []kind{text}},
	{bigint, "SIZE(ARRAY_DISTINCT(ARRAY($0, $1)))", []kind{bigint, bigint}},
	{bigint, "REGEXP_COUNT($0, 'a')", []kind{text}},
	{bigint, "INSTR($0, $1)", []kind{text, text}},
	{bigint, "LENGTHB($0)", []kind{text}},
	{bigint, "CAST(ASCII($0) AS BIGINT)", []kind{text}},
	{bigint, "FIND_IN_SET($0, 'a,b,ab')", []kind{text}},
	{bigint, "CEIL($0)", []kind{decimal}},
	{bigint, "FLOOR($0)", []kind{decimal}},
	{bigint, "PMOD($0, $1)", []kind{bigint, bigint}},
	{bigint, "(CASE WHEN $0 < 0 THEN NULL ELSE $0 END ^ 3L)", []kind{bigint}},
	{bigint, "ARRAY($0, $1)[$2]", []kind{bigint, bigint, integer}},
	{bigint, "MAP($0, $1, -99L, 2L)[$0]", []kind{bigint, bigint}},
	{bigint, "ARRAY_REDUCE(ARRAY($0, $1), 0L, (s, x) -> s + x % 10L, s -> s)", []kind{bigint, bigint}},
	{bigint, "CAST(DATEDIFF($0, $1, 'mm') AS BIGINT)", []kind{datetime, datetime}},
	{bigint, "CAST(DATEPART($0, 'dd') AS BIGINT)", []kind{datetime}},
	{bigint, "CAST(WEEKDAY($0) AS BIGINT)", []kind{date}},
	{bigint, "CAST(YEAR($0) AS BIGINT)", []kind{date}},
	{bigint, "CAST(HOUR($0) AS BIGINT)", []kind{datetime}},
	{bigint, "UNIX_TIMESTAMP($0)", []kind{datetime}},
	{bigint, "CAST(GET_JSON_OBJECT(CONCAT('{\"a\":', CAST($0 AS STRING), '}'), '$.a') AS BIGINT)", []kind{bigint}},
	{integer, "ARRAY_MIN(ARRAY($0, $1, NULL))", []kind{integer, integer}},
	{integer, "NVL($0, $1)", []kind{integer, integer}},
	{integer, "TRANSFORM(ARRAY($0, $1), x -> x)[0]", []kind{integer, integer}},

	{double, "ROUND($0, 1)", []kind{double}},
	{double, "SIGN($0)", []kind{double}},
	{double, "($0 / $1)", []kind{integer, bigint}},
	{double, "CAST($0 AS DOUBLE)", []kind{decimal}},
	{double, "LN($0)", []kind{double}},
	{double, "MONTHS_BETWEEN($0, $1)", []kind{datetime, datetime}},

	{date, "DATE_SUB($0, 3)", []kind{date}},
	{date, "CAST(LAST_DAY($0) AS DATE)", []kind{date}},
	{date, "CAST(NEXT_DAY($0, 'TU') AS DATE)", []kind{date}},
	{date, "($0 + INTERVAL '1' MONTH)", []kind{date}},
	{datetime, "DATEADD($0, 1, 'mm')", []kind{datetime}},
	{datetime, "DATETRUNC($0, 'mm')", []kind{datetime}},
	{datetime, "LASTDAY($0)", []kind{datetime}},
	{datetime, "($0 - INTERVAL '90' MINUTE)", []kind{datetime}},
	{datetime, "CAST($0 AS DATETIME)", []kind{date}},
}

// ownForm is a form of a type that only our dialect has; nil if there is none.
func (s *scope) ownForm(t typ, depth int) *expr {
	var fit []form
	for _, f := range ownForms {
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
		kids[i] = s.expr(u, depth-1)
	}
	return same(t, f.text, kids...)
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
