package syntax

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// lexer cuts text into tokens. It never fails: what is no token becomes tokBad
// and scanning goes on behind it, so that Split can find the next semicolon.
// The text must be valid UTF-8 and shorter than 4 GiB.
type lexer struct {
	text      string
	off       int // of the next byte
	line, col int // of off
	start     bool
	last      string // keyword of the previous token
}

func newLexer(text string) *lexer {
	return &lexer{text: text, line: 1, col: 1, start: true}
}

// lex gives all tokens of text up to and including tokEOF.
func lex(text string) []token {
	l := newLexer(text)
	tokens := make([]token, 0, len(text)/5+2)
	for {
		t := l.next()
		tokens = append(tokens, t)
		if t.kind == tokEOF {
			return tokens
		}
	}
}

func (l *lexer) next() token {
	if l.start && (l.last == "SET" || l.last == "UNSET") {
		l.start, l.last = false, ""
		return l.rest()
	}
	if open, ok := l.skipBlank(); !ok {
		return open
	}
	t := l.scan()
	switch {
	case t.op() == ";":
		l.start = true
	case t.word() != "SET" && t.word() != "UNSET":
		l.start = false
	}
	l.last = t.word()
	return t
}

// take makes a token of the bytes up to end.
func (l *lexer) take(kind tokenKind, aux uint16, end int) token {
	t := token{kind: kind, aux: aux, begin: uint32(l.off), end: uint32(end), line: uint32(l.line), col: uint32(l.col)}
	l.advance(end)
	return t
}

func (l *lexer) bad(p problem, end int) token { return l.take(tokBad, uint16(p), end) }

func (l *lexer) advance(end int) {
	for ; l.off < end; l.off++ {
		switch c := l.text[l.off]; {
		case c == '\n':
			l.line++
			l.col = 1
		case utf8.RuneStart(c):
			l.col++
		}
	}
}

// skipBlank passes white space and comments. An unclosed comment is a bad token.
func (l *lexer) skipBlank() (token, bool) {
	for l.off < len(l.text) {
		c := l.text[l.off]
		switch {
		case c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v':
			l.advance(l.off + 1)
		case strings.HasPrefix(l.text[l.off:], "--"):
			end := strings.IndexByte(l.text[l.off:], '\n')
			if end < 0 {
				end = len(l.text) - l.off
			}
			l.advance(l.off + end)
		case strings.HasPrefix(l.text[l.off:], "/*"):
			if l.last == "SELECT" && strings.HasPrefix(l.text[l.off:], "/*+") {
				return token{}, true
			}
			end := strings.Index(l.text[l.off+2:], "*/")
			if end < 0 {
				return l.bad(openComment, len(l.text)), false
			}
			l.advance(l.off + 2 + end + 2)
		case c >= utf8.RuneSelf:
			r, size := utf8.DecodeRuneInString(l.text[l.off:])
			if !unicode.IsSpace(r) && r != '\uFEFF' {
				return token{}, true
			}
			l.advance(l.off + size)
		default:
			return token{}, true
		}
	}
	return token{}, true
}

// scan reads one token; l.off is at its first byte or at the end.
func (l *lexer) scan() token {
	if l.off >= len(l.text) {
		return l.take(tokEOF, 0, l.off)
	}
	s := l.text[l.off:]
	switch c := s[0]; {
	case strings.HasPrefix(s, "/*+"):
		end := strings.Index(s, "*/")
		if end < 0 {
			return l.bad(openComment, len(l.text))
		}
		return l.take(tokHint, 0, l.off+end+2)
	case c == '\'' || c == '"':
		return l.quoted(1)
	case c == '`':
		return l.backquoted()
	case (c == 'x' || c == 'X') && len(s) > 1 && s[1] == '\'':
		return l.hex()
	case (c == 'r' || c == 'R') && len(s) > 1 && (s[1] == '\'' || s[1] == '"'):
		return l.raw()
	case isDigit(c) || c == '.' && len(s) > 1 && isDigit(s[1]):
		return l.number()
	}
	if n := nameLength(s); n > 0 {
		return l.take(tokWord, lookupKeyword(s[:n]), l.off+n)
	}
	if i := findOperator(s); i >= 0 {
		return l.take(tokOp, uint16(i), l.off+len(operators[i]))
	}
	r, size := utf8.DecodeRuneInString(s)
	if op, ok := fullWidth[r]; ok {
		return l.take(tokOp, uint16(findOperator(op)), l.off+size)
	}
	return l.bad(badChar, l.off+size)
}

// findOperator gives the index of the longest operator s begins with, or -1.
func findOperator(s string) int {
	for i, op := range operators {
		if op[0] == s[0] && strings.HasPrefix(s, op) {
			return i
		}
	}
	return -1
}

// quoted reads a string whose opening quote is at l.off+open-1.
func (l *lexer) quoted(open int) token {
	s := l.text[l.off:]
	quote := s[open-1]
	for i := open; i < len(s); i++ {
		switch s[i] {
		case quote:
			return l.take(tokString, 0, l.off+i+1)
		case '\\':
			if i+1 < len(s) && isDigit(s[i+1]) && !validOctal(s[i+1:]) {
				l.advance(l.off + i)
				return l.bad(badOctal, l.off+2)
			}
			i++
		}
	}
	return l.bad(openString, len(l.text))
}

// validOctal reports whether the digits behind a backslash are an escape: three
// octal digits up to 377, or a lone 0.
func validOctal(s string) bool {
	isOctal := func(i int) bool { return i < len(s) && '0' <= s[i] && s[i] <= '7' }
	switch {
	case isOctal(0) && isOctal(1) && isOctal(2):
		return s[0] <= '3'
	case s[0] == '0':
		return !isOctal(1)
	}
	return false
}

func (l *lexer) raw() token {
	s := l.text[l.off:]
	end := strings.IndexByte(s[2:], s[1])
	if end < 0 {
		return l.bad(openString, len(l.text))
	}
	return l.take(tokRaw, 0, l.off+2+end+1)
}

func (l *lexer) hex() token {
	s := l.text[l.off:]
	end := strings.IndexByte(s[2:], '\'')
	if end < 0 {
		return l.bad(openString, len(l.text))
	}
	for _, c := range []byte(s[2 : 2+end]) {
		if !isDigit(c) && (c|0x20 < 'a' || c|0x20 > 'f') {
			return l.bad(badHex, l.off+2+end+1)
		}
	}
	return l.take(tokHex, 0, l.off+2+end+1)
}

// backquoted reads `name`, in which a doubled backquote stands for one.
func (l *lexer) backquoted() token {
	s := l.text[l.off:]
	for i := 1; i < len(s); i++ {
		if s[i] != '`' {
			continue
		}
		if i+1 < len(s) && s[i+1] == '`' {
			i++
			continue
		}
		if i == 1 {
			return l.bad(emptyQuoted, l.off+2)
		}
		return l.take(tokQuoted, 0, l.off+i+1)
	}
	return l.bad(openQuoted, len(l.text))
}

// number reads digits, a fraction and an exponent, and whatever letters follow:
// the parser knows which suffixes mean something where.
func (l *lexer) number() token {
	s := l.text[l.off:]
	i := numberLength(s)
	for i < len(s) && (isLetter(s[i]) || isDigit(s[i])) {
		i++
	}
	return l.take(tokNumber, 0, l.off+i)
}

// numberLength is how much of s is digits, fraction and exponent.
func numberLength(s string) int {
	i := digits(s, 0)
	if i < len(s) && s[i] == '.' {
		i = digits(s, i+1)
	}
	if i < len(s) && s[i]|0x20 == 'e' {
		j := i + 1
		if j < len(s) && (s[j] == '+' || s[j] == '-') {
			j++
		}
		if k := digits(s, j); k > j {
			i = k
		}
	}
	return i
}

func digits(s string, i int) int {
	for i < len(s) && isDigit(s[i]) {
		i++
	}
	return i
}

// rest reads up to the semicolon that ends a SET; \; does not.
func (l *lexer) rest() token {
	i := l.off
	for i < len(l.text) && l.text[i] != ';' {
		if l.text[i] == '\\' && i+1 < len(l.text) && l.text[i+1] == ';' {
			i++
		}
		i++
	}
	return l.take(tokRest, 0, i)
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

func isLetter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' || c == '_' }

// nameLength is the length of the unquoted name s begins with, or 0.
func nameLength(s string) int {
	i := 0
	for i < len(s) {
		if c := s[i]; c < utf8.RuneSelf {
			if !isLetter(c) && (i == 0 || !isDigit(c)) {
				return i
			}
			i++
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		if !unicode.IsLetter(r) && (i == 0 || !unicode.In(r, unicode.Mn, unicode.Mc, unicode.Nd)) {
			return i
		}
		i += size
	}
	return i
}
