package syntax

import (
	"errors"
	"strconv"
	"strings"

	"github.com/bixidata/bixi/sql/diag"
)

// incomplete marks an error that more text could mend.
type incomplete struct{ err *diag.Error }

func (e incomplete) Error() string { return e.err.Error() }
func (e incomplete) Unwrap() error { return e.err }

// Incomplete reports whether err was raised because the text ended too early,
// so that a console may ask for another line.
func Incomplete(err error) bool { return errors.As(err, new(incomplete)) }

// fail keeps the first error and stops the parser.
func (p *parser) fail(err error) {
	if p.err != nil {
		return
	}
	p.err, p.failed = err, p.i
	p.i = len(p.tokens) - 1
}

func (p *parser) failAt(pos diag.Pos, code diag.Code, format string, args ...any) {
	p.fail(diag.Errorf(code, pos, format, args...))
}

func (p *parser) failHint(code diag.Code, hint, format string, args ...any) {
	p.fail(diag.Errorf(code, p.pos(), format, args...).WithHint("%s", hint))
}

// unsupported refuses a feature that is known but not part of this version.
func (p *parser) unsupported(format string, args ...any) {
	p.failAt(p.pos(), diag.CodeUnsupported, format, args...)
}

// unexpected fails at the next token; want says what should be there.
func (p *parser) unexpected(want string) {
	if p.err != nil {
		return
	}
	t := p.tok()
	if t.kind == tokBad {
		p.badToken(t)
		return
	}
	e := diag.Errorf(diag.CodeParse, t.pos(), "found %s, expected %s", p.describe(t), want)
	if t.kind == tokEOF {
		p.fail(incomplete{e})
		return
	}
	if t.op() == "::" {
		e.Hint = "a cast is written CAST(x AS type)"
	}
	if t.kind == tokWord && keywords[t.aux].standing == reserved && strings.HasSuffix(want, "name") {
		e.Hint = t.word() + " is a reserved word; write it in backquotes to use it as a name"
	}
	p.fail(e)
}

// describe names a token in a message.
func (p *parser) describe(t token) string {
	switch {
	case t.kind == tokEOF:
		return "the end of the text"
	case t.word() != "":
		return t.word()
	}
	s := p.raw(t)
	if t.kind == tokString || t.kind == tokRaw || t.kind == tokHex || t.kind == tokQuoted {
		return clip(s)
	}
	return strconv.Quote(clip(s))
}

// clip shortens a text for a message.
func clip(s string) string {
	r := []rune(s)
	if len(r) > 40 {
		return string(r[:40]) + "…"
	}
	return s
}

func (p *parser) badToken(t token) {
	bad := problem(t.aux)
	var e *diag.Error
	switch bad {
	case openString:
		e = diag.Errorf(diag.CodeParse, t.pos(), "the string that begins here is not closed")
	case openQuoted:
		e = diag.Errorf(diag.CodeParse, t.pos(), "the quoted name that begins here is not closed")
	case openComment:
		e = diag.Errorf(diag.CodeParse, t.pos(), "the comment that begins here is not closed")
	case emptyQuoted:
		e = diag.Errorf(diag.CodeParse, t.pos(), "a name must not be empty")
	case badOctal:
		e = diag.Errorf(diag.CodeParse, t.pos(), "an octal escape has three digits, \\000 to \\377").
			WithHint(`write \\ for a backslash`)
	case badHex:
		e = diag.Errorf(diag.CodeParse, t.pos(), "a binary literal X'…' holds hexadecimal digits only")
	default:
		e = diag.Errorf(diag.CodeParse, t.pos(), "unexpected character %q", []rune(p.raw(t))[0])
	}
	if bad.isOpen() {
		p.fail(incomplete{e})
		return
	}
	p.fail(e)
}
