package fuzz

import (
	"fmt"
	"strings"
)

// lateral is a LATERAL VIEW: a row for each element of a nested value.
type lateral struct {
	function string // EXPLODE or POSEXPLODE
	outer    bool
	value    *expr
	alias    string
	names    []string
}

// most is how many rows a row may become.
const mostElements = 5

// laterals explodes nested columns of the scope, if there are any.
func (s *scope) laterals(q *query) {
	for range 2 {
		var fit []*expr
		for _, e := range s.whole {
			if e.typ.shape().outer != "STRUCT" {
				fit = append(fit, e)
			}
		}
		if len(fit) == 0 || !s.one(3) || q.from.rows > mostRows/mostElements {
			return
		}
		q.from.rows *= mostElements
		l := &lateral{function: "EXPLODE", outer: s.one(2), value: pick(s.dice, fit...), alias: s.alias("v")}
		if s.one(4) {
			l.value = s.withoutSub().nestedForm(l.value.typ, 1)
		}
		parts := l.value.typ.shape().parts
		if len(parts) == 1 && s.one(3) {
			l.function, parts = "POSEXPLODE", []typ{plain(bigint), parts[0]}
		}
		for i, p := range parts {
			l.names = append(l.names, fmt.Sprintf("e%d", i))
			name := fmt.Sprintf("%s.e%d", l.alias, i)
			if l.function == "POSEXPLODE" && i == 0 {
				s.leaves = append(s.leaves, each(p, "CAST("+name+" AS BIGINT)", "CAST("+name+" AS BIGINT)").asColumn())
				continue
			}
			s.column(p, name)
		}
		q.laterals = append(q.laterals, l)
	}
}

func (l *lateral) write(b *strings.Builder, d dialect) {
	names := strings.Join(l.names, ", ")
	if d == ours {
		b.WriteString(" LATERAL VIEW ")
		if l.outer {
			b.WriteString("OUTER ")
		}
		b.WriteString(l.function + "(")
		l.value.write(b, d)
		b.WriteString(") " + l.alias + " AS " + names)
		return
	}
	if l.outer {
		b.WriteString(" LEFT")
	}
	text := "UNNEST($0)"
	switch {
	case l.value.typ.shape().outer == "MAP":
		text = "UNNEST(map_keys($0)), UNNEST(map_values($0))"
	case l.function == "POSEXPLODE":
		text = "UNNEST(range(CAST(LEN($0) AS BIGINT))), UNNEST($0)"
	}
	b.WriteString(" JOIN LATERAL (SELECT ")
	same(l.value.typ, text, l.value).write(b, d)
	b.WriteString(") AS " + l.alias + "(" + names + ") ON true")
}
