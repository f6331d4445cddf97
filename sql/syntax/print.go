package syntax

import (
	"fmt"
	"strings"

	"github.com/bixidata/bixi/sql/types"
)

// Print writes n as text, on one line, in a normal form: keywords in upper
// case, parentheses only where they are needed, aliases with AS. What it prints
// parses to a tree that prints the same.
func Print(n Node) string { return write(&printer{}, n) }

// PrintGrouped writes n as Print does, but with parentheses around every operation,
// so that it does not matter to a reader how tightly operators bind.
func PrintGrouped(n Node) string { return write(&printer{grouped: true}, n) }

func write(p *printer, n Node) string {
	if e, ok := n.(Expr); ok {
		p.expr(e, precOr)
	} else {
		n.print(p)
	}
	return p.b.String()
}

// printer collects text. Words are separated by one blank.
type printer struct {
	b    strings.Builder
	glue bool // the next word needs no blank before it
	// grouped puts every operation into parentheses.
	grouped bool
}

// word writes s, with a blank before it where one is needed.
func (p *printer) word(s string) {
	if !p.glue && p.b.Len() > 0 {
		p.b.WriteByte(' ')
	}
	p.raw(s)
}

func (p *printer) wordIf(cond bool, s string) {
	if cond {
		p.word(s)
	}
}

// raw writes s right behind what precedes it.
func (p *printer) raw(s string) {
	p.b.WriteString(s)
	p.glue = false
	if s != "" {
		switch s[len(s)-1] {
		case '(', '[', '.', '=', '<', ':':
			p.glue = true
		}
	}
}

// op writes an infix operator between blanks.
func (p *printer) op(s string) {
	p.word(s)
	p.glue = false
}

// comma separates element i of a list from the one before it.
func (p *printer) comma(i int) {
	if i > 0 {
		p.raw(",")
	}
}

func printList[T Node](p *printer, nodes []T) {
	for i, n := range nodes {
		p.comma(i)
		n.print(p)
	}
}

func printParens[T Node](p *printer, nodes []T) {
	p.word("(")
	printList(p, nodes)
	p.raw(")")
}

func (p *printer) exprs(list []Expr) {
	for i, e := range list {
		p.comma(i)
		p.expr(e, precOr)
	}
}

// ident writes a name, in backquotes if it was or if it must be.
func (p *printer) ident(id Ident) {
	p.word(quoteName(id.Name, id.Quoted))
	p.glue = false
}

func quoteName(name string, quoted bool) string {
	plain := nameLength(name) == len(name) && keywords[lookupKeyword(name)].standing != reserved
	if plain && !quoted {
		return name
	}
	return "`" + strings.ReplaceAll(name, "`", "``") + "`"
}

// idents writes names in parentheses.
func (p *printer) idents(ids []Ident) {
	p.word("(")
	for i, id := range ids {
		p.comma(i)
		p.ident(id)
	}
	p.raw(")")
}

// path writes names with points between them.
func (p *printer) path(ids []Ident) {
	for i, id := range ids {
		if i > 0 {
			p.raw(".")
		}
		p.ident(id)
	}
}

func (p *printer) name(n Name) { p.path(n.Parts) }

// alias writes [AS alias [(columns)]].
func (p *printer) alias(id Ident, columns []Ident) {
	if id.IsZero() {
		return
	}
	p.word("AS")
	p.ident(id)
	if columns != nil {
		p.idents(columns)
	}
}

func (p *printer) comment(s string) {
	if s != "" {
		p.word("COMMENT")
		p.str(s)
	}
}

// str writes a string literal.
func (p *printer) str(s string) {
	p.word(quoteString(s))
	p.glue = false
}

func quoteString(s string) string {
	b := make([]byte, 0, len(s)+2)
	b = append(b, '\'')
	for i := 0; i < len(s); i++ {
		switch c := s[i]; c {
		case '\'', '\\':
			b = append(b, '\\', c)
		case '\n':
			b = append(b, '\\', 'n')
		case '\r':
			b = append(b, '\\', 'r')
		case '\t':
			b = append(b, '\\', 't')
		default:
			if c < ' ' || c == 0x7F {
				b = fmt.Appendf(b, "\\%03o", c)
			} else {
				b = append(b, c)
			}
		}
	}
	return string(append(b, '\''))
}

// PrintType writes a type so that ParseType reads it back: struct fields keep
// their comments, and names are quoted where they must be.
func PrintType(t types.Type) string {
	p := &printer{}
	p.typ(t)
	return p.b.String()
}

func (p *printer) typ(t types.Type) {
	switch t.Kind {
	case types.Array:
		p.word("ARRAY<")
		p.typ(*t.Elem)
		p.raw(">")
	case types.Map:
		p.word("MAP<")
		p.typ(*t.Key)
		p.raw(",")
		p.typ(*t.Elem)
		p.raw(">")
	case types.Struct:
		p.word("STRUCT<")
		for i, f := range t.Fields {
			p.comma(i)
			p.ident(Ident{Name: f.Name})
			p.raw(":")
			p.typ(f.Type)
			p.wordIf(f.Required, "NOT NULL")
			p.comment(f.Comment)
		}
		p.raw(">")
	default:
		p.word(t.String())
	}
}
