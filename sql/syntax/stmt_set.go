package syntax

import (
	"github.com/bixidata/bixi/sql/diag"
	"strings"
)

// Set is SET key=value. SET alone lists the settings: Key is "". SET key shows
// one of them.
type Set struct {
	Source
	Key   string
	Show  bool
	Value string // raw text up to the semicolon, without surrounding blanks
}

// Unset is UNSET key.
type Unset struct {
	Source
	Key string
}

// set reads SET, SET key and SET key=value. The lexer gives all that follows as
// one token, since a value may be anything.
func (p *parser) set() Statement {
	p.expect("SET")
	key, value, found := strings.Cut(p.rest(), "=")
	s := &Set{Key: strings.TrimSpace(key), Value: strings.TrimSpace(value)}
	switch {
	case p.err != nil:
	case found && s.Key == "", strings.ContainsAny(s.Key, " \t\r\n"):
		p.failAt(p.restPos, diag.CodeParse, "a setting is written SET name=value")
	case s.Key != "" && !found:
		s.Show = true
	case strings.ContainsAny(s.Value, "\r\n"):
		p.fail(diag.Errorf(diag.CodeParse, p.restPos, "the value of %s goes over several lines", clip(s.Key)).
			WithHint("end the SET with a semicolon"))
	}
	return s
}

func (p *parser) unset() Statement {
	p.expect("UNSET")
	s := &Unset{Key: strings.TrimSpace(p.rest())}
	if p.err == nil && (s.Key == "" || strings.ContainsAny(s.Key, "= \t\r\n")) {
		p.failAt(p.restPos, diag.CodeParse, "a setting is removed with UNSET name")
	}
	return s
}

// rest passes the raw rest of the statement.
func (p *parser) rest() string {
	t := p.tok()
	if t.kind != tokRest {
		p.unexpected("the beginning of a script: SET is a statement of its own")
		return ""
	}
	s := p.raw(t)
	l := &lexer{text: p.text, off: int(t.begin), line: int(t.line), col: int(t.col)}
	l.advance(l.off + len(s) - len(strings.TrimLeft(s, " \t\r\n")))
	p.restPos = diag.Pos{Line: l.line, Col: l.col}
	p.next()
	return s
}

func (s *Set) each(func(Node)) {}

func (s *Set) print(p *printer) {
	p.word("SET")
	switch {
	case s.Key == "":
	case s.Show:
		p.word(s.Key)
	default:
		p.word(s.Key + "=" + s.Value)
	}
}

func (s *Unset) each(func(Node)) {}

func (s *Unset) print(p *printer) { p.word("UNSET " + s.Key) }
