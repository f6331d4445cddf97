package syntax

import "github.com/bixidata/bixi/sql/types"

// Script is the part of SELECT TRANSFORM (items) that names a program: USING
// 'command' and what surrounds it. The items are those of the Select. MAP items
// and REDUCE items in place of SELECT TRANSFORM (items) are read as the same.
type Script struct {
	Start
	In        *RowFormat // nil when absent
	Command   string
	Resources []string
	Columns   []ScriptColumn // nil when absent
	Out       *RowFormat     // nil when absent
}

// ScriptColumn is a column that a script gives; its type is nil when absent.
type ScriptColumn struct {
	Name Ident
	Type *types.Type
}

// RowFormat is ROW FORMAT DELIMITED with its options, in the order of the text.
type RowFormat struct {
	Start
	Options []RowOption
}

// RowOption is one option of a RowFormat, such as FIELDS TERMINATED BY and ','.
type RowOption struct {
	Start
	Name, Value string
}

func (*Script) each(func(Node)) {}

// atScript tells SELECT TRANSFORM (…) USING 'script' from the function.
func (p *parser) atScript() bool {
	if !p.at("TRANSFORM") || p.peek(1).op() != "(" {
		return false
	}
	behind := p.peek(p.closing(1) + 1).word()
	return behind == "USING" || behind == "ROW"
}

// atMapReduce reports whether MAP items USING or REDUCE items USING begins here,
// where a table alias could stand too.
func (p *parser) atMapReduce() bool {
	if !p.at("MAP", "REDUCE") {
		return false
	}
	t := p.peek(1)
	return isBareAlias(t) || t.kind == tokNumber || t.kind == tokString || t.op() == "*"
}

// transform reads what follows SELECT, from TRANSFORM on.
func (p *parser) transform(s *Select) {
	s.Script = &Script{Start: p.start()}
	p.expect("TRANSFORM")
	s.Items = parens(p, p.scriptItem)
	p.script(s.Script)
}

// mapReduce reads MAP or REDUCE in place of SELECT TRANSFORM (…).
func (p *parser) mapReduce(s *Select) {
	s.Script = &Script{Start: p.start()}
	p.next()
	s.Items = list(p, p.scriptItem)
	p.script(s.Script)
}

func (p *parser) scriptItem() *SelectItem {
	return &SelectItem{Start: p.start(), Expr: p.exprOrStar()}
}

func (p *parser) script(s *Script) {
	s.In = p.rowFormat()
	p.expect("USING")
	s.Command = p.stringValue("a command in quotes")
	if p.accept("RESOURCES") {
		s.Resources = list(p, func() string { return p.stringValue("the name of a resource") })
	}
	if p.accept("AS") {
		if p.atOp("(") {
			s.Columns = parens(p, p.scriptColumn)
		} else {
			s.Columns = list(p, p.scriptColumn)
		}
	}
	s.Out = p.rowFormat()
}

// scriptColumn reads name, name type or name:type.
func (p *parser) scriptColumn() ScriptColumn {
	c := ScriptColumn{Name: p.columnName()}
	if p.acceptOp(":") || p.at(typeWords...) || p.at("INTEGER", "DEC") {
		t := p.typ()
		c.Type = &t
	}
	return c
}

func (p *parser) rowFormat() *RowFormat {
	f := &RowFormat{Start: p.start()}
	if !p.accept("ROW", "FORMAT") {
		return nil
	}
	if p.at("SERDE") {
		p.unsupported("ROW FORMAT SERDE of a script")
	}
	p.expect("DELIMITED")
	for p.err == nil {
		o := RowOption{Start: p.start()}
		switch {
		case p.accept("FIELDS", "TERMINATED", "BY"):
			o.Name = "FIELDS TERMINATED BY"
		case p.accept("ESCAPED", "BY"):
			o.Name = "ESCAPED BY"
		case p.accept("COLLECTION", "ITEMS", "TERMINATED", "BY"):
			o.Name = "COLLECTION ITEMS TERMINATED BY"
		case p.accept("MAP", "KEYS", "TERMINATED", "BY"):
			o.Name = "MAP KEYS TERMINATED BY"
		case p.accept("LINES", "TERMINATED", "BY"):
			o.Name = "LINES TERMINATED BY"
		case p.accept("NULL", "DEFINED", "AS"):
			o.Name = "NULL DEFINED AS"
		default:
			return f
		}
		o.Value = p.stringValue("a string")
		f.Options = append(f.Options, o)
	}
	return f
}

// script writes the items and the script of s.
func (p *printer) script(items []*SelectItem, s *Script) {
	p.word("TRANSFORM")
	printParens(p, items)
	s.print(p)
}

func (s *Script) print(p *printer) {
	p.rowFormat(s.In)
	p.word("USING")
	p.str(s.Command)
	for i, r := range s.Resources {
		if p.wordIf(i == 0, "RESOURCES"); i > 0 {
			p.raw(",")
		}
		p.str(r)
	}
	if s.Columns != nil {
		p.word("AS (")
		for i, c := range s.Columns {
			p.comma(i)
			p.ident(c.Name)
			if c.Type != nil {
				p.typ(*c.Type)
			}
		}
		p.raw(")")
	}
	p.rowFormat(s.Out)
}

func (p *printer) rowFormat(f *RowFormat) {
	if f == nil {
		return
	}
	p.word("ROW FORMAT DELIMITED")
	for _, o := range f.Options {
		p.word(o.Name)
		p.str(o.Value)
	}
}
