package syntax

import (
	"strings"
	"unicode/utf8"

	"github.com/bixidata/bixi/sql/diag"
)

func (p *parser) numberLit() Expr {
	t := p.tok()
	raw := p.raw(t)
	n := numberLength(raw)
	suffix := strings.ToUpper(raw[n:])
	switch suffix {
	case "", "F", "D", "BD":
	case "Y", "S", "L":
		if strings.ContainsAny(raw[:n], ".eE") {
			p.failAt(t.pos(), diag.CodeParse, "malformed number %s: the suffix %s is for whole numbers", clip(raw), suffix)
		}
	default:
		p.failAt(t.pos(), diag.CodeParse, "malformed number %s", clip(raw))
	}
	p.next()
	return &NumberLit{exprNode{Start{t.pos()}}, raw[:n], suffix}
}

// stringValue reads one or more adjacent strings as one.
func (p *parser) stringValue(what string) string {
	if k := p.tok().kind; k != tokString && k != tokRaw {
		p.unexpected(what)
		return ""
	}
	value := p.decode(p.next())
	if k := p.tok().kind; k != tokString && k != tokRaw {
		return value
	}
	var b strings.Builder
	b.WriteString(value)
	for p.tok().kind == tokString || p.tok().kind == tokRaw {
		b.WriteString(p.decode(p.next()))
	}
	return b.String()
}

// decode gives the value of a string token.
func (p *parser) decode(t token) string {
	s := p.raw(t)
	if t.kind == tokRaw {
		return s[2 : len(s)-1]
	}
	return unescape(s[1 : len(s)-1])
}

// unescape resolves backslashes; the lexer has checked the octal ones.
func unescape(s string) string {
	i := strings.IndexByte(s, '\\')
	if i < 0 {
		return s
	}
	b := make([]byte, 0, len(s))
	for ; i >= 0; i = strings.IndexByte(s, '\\') {
		b = append(b, s[:i]...)
		s = s[i+1:]
		switch c := s[0]; {
		case isDigit(c) && len(s) > 2 && isDigit(s[1]) && isDigit(s[2]):
			b = utf8.AppendRune(b, rune(c-'0')<<6|rune(s[1]-'0')<<3|rune(s[2]-'0'))
			s = s[3:]
			continue
		case c == '0':
			b = append(b, 0)
		case c == 't':
			b = append(b, '\t')
		case c == 'n':
			b = append(b, '\n')
		case c == 'r':
			b = append(b, '\r')
		case c == 'b':
			b = append(b, '\b')
		case c == 'Z':
			b = append(b, 0x1A)
		default:
			b = append(b, c)
		}
		s = s[1:]
	}
	return string(append(b, s...))
}

func (p *parser) binaryLit() Expr {
	t := p.next()
	raw := p.raw(t)
	digits := raw[2 : len(raw)-1]
	if len(digits)%2 == 1 {
		digits = "0" + digits
	}
	value := make([]byte, len(digits)/2)
	for i := range value {
		value[i] = hexDigit(digits[2*i])<<4 | hexDigit(digits[2*i+1])
	}
	return &BinaryLit{exprNode{Start{t.pos()}}, string(value)}
}

func hexDigit(c byte) byte {
	if isDigit(c) {
		return c - '0'
	}
	return c | 0x20 - 'a' + 10
}

// interval reads INTERVAL value unit [TO unit], or gives nil when the word is
// a column's name here.
func (p *parser) interval(at exprNode) Expr {
	if !p.atInterval() {
		return nil
	}
	n := &Interval{exprNode: at}
	p.expect("INTERVAL")
	n.Value = p.unary()
	n.From = p.unit()
	if p.accept("TO") {
		n.To = p.unit()
		if _, ok := n.Value.(*StringLit); !ok {
			p.failAt(n.Value.Pos(), diag.CodeParse, "an interval of two units is written as a string, as in '2000-1' YEAR TO MONTH")
		}
	}
	return n
}

func (p *parser) unit() Unit {
	u := intervalUnit(p.tok().word())
	if u == "" {
		p.unexpected("an interval unit such as DAY or MONTH")
	}
	p.next()
	return u
}

// atInterval reports whether INTERVAL begins an interval: a literal follows, or
// something with a unit behind it.
func (p *parser) atInterval() bool {
	isUnit := func(n int) bool { return intervalUnit(p.peek(n).word()) != "" }
	switch follows := p.peek(1); follows.kind {
	case tokString, tokRaw, tokNumber:
		return true
	case tokWord, tokQuoted:
		return isName(follows) && isUnit(2)
	case tokOp:
		switch follows.op() {
		case "-", "+":
			return p.peek(2).kind == tokNumber && isUnit(3)
		case "(":
			return isUnit(p.closing(1) + 1)
		}
	}
	return false
}

// closing gives the distance to the parenthesis that closes the one n ahead.
func (p *parser) closing(n int) int {
	for depth := 0; p.i+n < len(p.tokens)-1; n++ {
		switch p.peek(n).op() {
		case "(":
			depth++
		case ")":
			if depth--; depth == 0 {
				return n
			}
		}
	}
	return n
}
