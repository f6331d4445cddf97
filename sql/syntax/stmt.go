package syntax

import "github.com/bixidata/bixi/sql/diag"

// leading is a statement by the keyword it begins with.
type leading struct {
	word  string
	parse func(*parser) Statement
}

// statements is the table of all statements.
func statements() []leading {
	return []leading{
		{"SELECT", (*parser).queryStatement},
		{"WITH", (*parser).queryStatement},
		{"FROM", (*parser).queryStatement},
		{"VALUES", (*parser).queryStatement},
		{"INSERT", (*parser).insertStatement},
		{"UPDATE", (*parser).updateStatement},
		{"DELETE", (*parser).deleteStatement},
		{"MERGE", (*parser).mergeStatement},
		{"LOAD", (*parser).loadStatement},
		{"UNLOAD", (*parser).unloadStatement},
		{"READ", (*parser).readStatement},
		{"CREATE", (*parser).create},
		{"DROP", (*parser).drop},
		{"ALTER", (*parser).alter},
		{"TRUNCATE", (*parser).truncate},
		{"SHOW", (*parser).show},
		{"DESC", (*parser).desc},
		{"DESCRIBE", (*parser).desc},
		{"EXPLAIN", (*parser).explain},
		{"SET", (*parser).set},
		{"UNSET", (*parser).unset},
		{"USE", (*parser).use},
		{"ANALYZE", (*parser).analyze},
		{"CLONE", (*parser).clone},
		{"COST", (*parser).cost},
		{"COUNT", (*parser).count},
		{"MSCK", (*parser).msck},
		{"RESTORE", (*parser).restore},
		{"IF", (*parser).ifStatement},
		{"LOOP", (*parser).loop},
		{"FUNCTION", (*parser).functionStatement},
		{"LIST", (*parser).listStatement},
	}
}

// unsupportedStatements are statements of the language that are not read yet,
// by their first word.
var unsupportedStatements = map[string]string{
	"ADD": "resources", "EXPORT": "EXPORT",
	"ALIAS": "ALIAS", "COPY": "COPY", "FREEZE": "FREEZE", "GET": "GET", "HTTP": "HTTP", "INSTALL": "INSTALL", "KILL": "KILL",
	"PUT": "PUT", "REMOVE": "REMOVE", "STATUS": "STATUS", "TOP": "TOP", "WAIT": "WAIT", "WHOAMI": "WHOAMI",
	"GRANT": "permissions", "LOCK": "LOCK TABLE",
	"MAP": "TRANSFORM", "PURGE": "PURGE", "REDO": "REDO", "REDUCE": "TRANSFORM", "REVOKE": "permissions",
	"SETPROJECT": "SETPROJECT", "TUNNEL": "TUNNEL", "UNDO": "UNDO", "UNLOCK": "UNLOCK TABLE",
}

// statement reads one statement up to, but without, its semicolon.
func (p *parser) statement() Statement {
	begin := p.i
	s := p.dispatch()
	p.finish(s, begin)
	return s
}

// finish records where s, which began at token begin, was read from.
func (p *parser) finish(s Statement, begin int) {
	if p.err != nil {
		return
	}
	first := p.tokens[begin]
	src := s.source()
	src.At = first.pos()
	src.Range = Span{int(first.begin), int(p.tokens[max(p.i-1, begin)].end)}
}

func (p *parser) dispatch() Statement {
	if p.atOp("(") {
		return p.queryStatement()
	}
	if p.atOp("@") {
		return p.assign()
	}
	for _, l := range statements() {
		if p.at(l.word) {
			return l.parse(p)
		}
	}
	t := p.tok()
	if t.kind == tokWord {
		if feature, ok := unsupportedStatements[upper(p.raw(t))]; ok {
			p.failAt(t.pos(), diag.CodeUnsupported, "%s", feature)
		}
	}
	p.unexpected("a statement")
	return &QueryStatement{Query: &Query{}}
}

// upper is s in upper case, ASCII letters only.
func upper(s string) string {
	b := []byte(s)
	for i, c := range b {
		if 'a' <= c && c <= 'z' {
			b[i] = c - 'a' + 'A'
		}
	}
	return string(b)
}
