package bind

import (
	"strings"

	"github.com/bixidata/bixi/planner/logical"
	"github.com/bixidata/bixi/planner/physical"
	"github.com/bixidata/bixi/planner/scalar"
	"github.com/bixidata/bixi/sql/diag"
	"github.com/bixidata/bixi/sql/syntax"
	"github.com/bixidata/bixi/sql/types"
)

// script binds SELECT TRANSFORM: the query without it gives the rows that the
// program reads.
func (b *Binder) script(q *syntax.Select, order ordering, outer *scope, from *source) (logical.Node, error) {
	s := q.Script
	if b.env.ForbidScripts {
		return nil, diag.Errorf(diag.CodeUnsupported, s.Pos(), "scripts are not allowed here").WithHint("set bixi.script.allowed=true")
	}
	if len(s.Resources) > 0 {
		return nil, diag.Errorf(diag.CodeUnsupported, s.Pos(), "RESOURCES are not supported: there is no store of resources").
			WithHint("name the files in the command, by a path that every worker can read")
	}
	program, err := scriptProgram(s)
	if err != nil {
		return nil, err
	}
	inner := *q
	inner.Script = nil
	in, err := b.selectQuery(&inner, ordering{}, outer, from)
	if err != nil {
		return nil, err
	}
	n := &logical.Script{Input: in, Program: program}
	for _, c := range in.Columns() {
		n.Args = append(n.Args, c.Ref())
	}
	out, err := b.scriptColumns(n, s)
	if err != nil || len(order.items) == 0 {
		return out, err
	}
	return b.orderOutput(out, order, outer)
}

// scriptColumns names what the script gives and converts it to the types that are
// asked for; a text without conversion is NULL.
func (b *Binder) scriptColumns(n *logical.Script, s *syntax.Script) (logical.Node, error) {
	if s.Columns == nil {
		n.Program.Rest = true
		n.Cols = []logical.Column{b.NewColumn("key", types.StringType, false), b.NewColumn("value", types.StringType, false)}
		return n, nil
	}
	p := &logical.Project{Input: n}
	for _, c := range s.Columns {
		name := strings.ToLower(c.Name.Name)
		col := b.NewColumn(name, types.StringType, false)
		n.Cols = append(n.Cols, col)
		if c.Type == nil || c.Type.Equal(types.StringType) {
			p.Items, p.Cols = append(p.Items, col.Ref()), append(p.Cols, b.NewColumn(name, types.StringType, false))
			continue
		}
		if t := *c.Type; t.Kind == types.Array || t.Kind == types.Map || t.Kind == types.Struct || t.Kind == types.JSON {
			return nil, unsupported(c.Name.Pos(), "a script's column of type "+t.String()).WithHint("take it as STRING, and use from_json or split")
		}
		pos := c.Name.Pos()
		p.Items = append(p.Items, &scalar.Cast{Arg: col.Ref(), Typ: *c.Type, Safe: true, Line: pos.Line, Col: pos.Col})
		p.Cols = append(p.Cols, b.NewColumn(name, *c.Type, false))
	}
	return p, nil
}

func scriptProgram(s *syntax.Script) (physical.ScriptProgram, error) {
	p := physical.ScriptProgram{Line: s.Pos().Line, Col: s.Pos().Col}
	var ok bool
	if p.Words, ok = commandWords(s.Command); !ok {
		return p, semantic(s.Pos(), "the command of the script has an open quote")
	}
	if len(p.Words) == 0 {
		return p, semantic(s.Pos(), "the command of the script is empty")
	}
	var err error
	if p.In, err = scriptFormat(s.In); err == nil {
		p.Out, err = scriptFormat(s.Out)
	}
	return p, err
}

// scriptFormat is tab-separated with \N for NULL unless f says otherwise.
func scriptFormat(f *syntax.RowFormat) (physical.ScriptFormat, error) {
	out := physical.ScriptFormat{Field: "\t", Null: `\N`}
	if f == nil {
		return out, nil
	}
	for _, o := range f.Options {
		switch {
		case o.Name == "FIELDS TERMINATED BY" && o.Value != "" && !strings.Contains(o.Value, "\n"):
			out.Field = o.Value
		case o.Name == "NULL DEFINED AS":
			out.Null = o.Value
		case o.Name == "LINES TERMINATED BY" && o.Value == "\n":
		default:
			return out, unsupported(o.Pos(), o.Name+" '"+strings.ReplaceAll(o.Value, "\n", `\n`)+"' of a script")
		}
	}
	return out, nil
}

// commandWords splits a command at blanks. A word may be in single or double
// quotes, wholly or in part; a backslash keeps the next character as it is, but
// in single quotes. ok is false if a quote is open at the end.
func commandWords(s string) (words []string, ok bool) {
	var word []byte
	var quote byte
	begun := false
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case c == '\\' && quote != '\'' && i+1 < len(s):
			i++
			word, begun = append(word, s[i]), true
		case quote == 0 && (c == '\'' || c == '"'):
			quote, begun = c, true
		case quote != 0 && c == quote:
			quote = 0
		case quote == 0 && strings.IndexByte(" \t\r\n", c) >= 0:
			if begun {
				words = append(words, string(word))
			}
			word, begun = word[:0], false
		default:
			word, begun = append(word, c), true
		}
	}
	if begun {
		words = append(words, string(word))
	}
	return words, quote == 0
}
