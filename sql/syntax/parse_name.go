package syntax

import (
	"strings"

	"github.com/bixidata/bixi/sql/diag"
)

// isName reports whether t can be a name.
func isName(t token) bool {
	return t.kind == tokQuoted || t.kind == tokWord && keywords[t.aux].standing != reserved
}

// isBareAlias reports whether t can be an alias without AS.
func isBareAlias(t token) bool {
	return t.kind == tokQuoted || t.kind == tokWord && keywords[t.aux].standing == free
}

func (p *parser) ident(what string) Ident {
	if !isName(p.tok()) {
		p.unexpected(what)
		return Ident{Start: p.start()}
	}
	t := p.next()
	id := Ident{Start: Start{t.pos()}, Name: p.raw(t)}
	if t.kind == tokQuoted {
		id.Quoted = true
		id.Name = strings.ReplaceAll(id.Name[1:len(id.Name)-1], "``", "`")
	}
	return id
}

func (p *parser) columnName() Ident { return p.ident("a column name") }

// name reads a qualified name.
func (p *parser) name(what string) Name {
	n := Name{Start: p.start(), Parts: []Ident{p.ident(what)}}
	for p.acceptOp(".") {
		n.Parts = append(n.Parts, p.ident(what))
	}
	if len(n.Parts) > 3 {
		p.failAt(n.At, diag.CodeParse, "a name has at most three parts: project.schema.table")
	}
	return n
}

func (p *parser) tableName() Name { return p.name("a table name") }

// number reads a whole number and gives it as written.
func (p *parser) number(what string) string {
	s := p.raw(p.tok())
	if p.tok().kind != tokNumber || strings.Trim(s, "0123456789") != "" {
		p.unexpected(what)
		return ""
	}
	p.next()
	return s
}
