package syntax

import (
	"slices"
	"unicode/utf8"

	"github.com/bixidata/bixi/sql/diag"
	"github.com/bixidata/bixi/sql/types"
)

// Limits that keep every recursion over a tree, here and in later rooms, within
// a few megabytes of stack.
const (
	maxNesting   = 500     // parentheses, subqueries, CASE, nested types
	maxStatement = 2 << 20 // bytes of a statement
	maxHeight    = 20_000  // of a chain such as a + b + c …, nesting included
)

// Parse reads a script: statements with semicolons between them.
func Parse(text string) ([]Statement, error) {
	p, err := newParser(text)
	if err != nil {
		return nil, err
	}
	var list []Statement
	err = p.run(func(p *parser) {
		list = nil
		for {
			for p.acceptOp(";") {
			}
			if p.tok().kind == tokEOF {
				return
			}
			s := p.statement()
			list = append(list, s)
			if !p.atOp(";") && !endsInBlock(s) {
				p.end()
			}
		}
	})
	if err != nil {
		return nil, err
	}
	return list, nil
}

// ParseStatement reads exactly one statement; one semicolon may follow it.
func ParseStatement(text string) (Statement, error) {
	if len(text) > maxStatement {
		return nil, diag.Errorf(diag.CodeParse, diag.Pos{Line: 1, Col: 1}, "the statement has %d bytes, and %d is the most", len(text), maxStatement).
			WithHint("load many rows with bixi table import")
	}
	return parseOne(text, func(p *parser) Statement {
		s := p.statement()
		p.acceptOp(";")
		return s
	})
}

// ParseExpr reads one expression.
func ParseExpr(text string) (Expr, error) { return parseOne(text, (*parser).expr) }

// ParseType reads one type, as in a column definition.
func ParseType(text string) (types.Type, error) { return parseOne(text, (*parser).typ) }

func parseOne[T any](text string, parse func(*parser) T) (T, error) {
	var result, none T
	p, err := newParser(text)
	if err != nil {
		return none, err
	}
	err = p.run(func(p *parser) {
		result = parse(p)
		p.end()
	})
	if err != nil {
		return none, err
	}
	return result, nil
}

// parser reads tokens. The first error sticks: from then on every token is
// tokEOF and nothing is accepted, so grammar functions need no error paths; what
// they return after an error is not used.
type parser struct {
	text   string
	tokens []token
	i      int
	err    error
	failed int // token index of the error

	nesting int
	height  int // of the tallest chain in what was parsed last; see binary

	// watch is a token, or -1; for it and the one before it the keywords that were
	// asked for are collected, for a hint.
	watch int
	tried []string

	restPos diag.Pos // of the last raw rest
}

func newParser(text string) (*parser, error) {
	if !utf8.ValidString(text) {
		return nil, invalidUTF8(text)
	}
	if uint64(len(text)) > 1<<32-2 {
		return nil, diag.Errorf(diag.CodeUnsupported, diag.Pos{}, "a script of 4 GiB or more")
	}
	return &parser{text: text, tokens: lex(text), watch: -1}, nil
}

func invalidUTF8(text string) error {
	for i, r := range text {
		if r != utf8.RuneError {
			continue
		}
		if _, size := utf8.DecodeRuneInString(text[i:]); size == 1 {
			l := newLexer(text)
			l.advance(i)
			return diag.Errorf(diag.CodeParse, diag.Pos{Line: l.line, Col: l.col}, "the text is not valid UTF-8 here")
		}
	}
	return nil
}

// run parses. When that fails it parses once more to learn which keywords would
// have been welcome where it failed, and hints at one that looks alike.
func (p *parser) run(parse func(*parser)) error {
	parse(p)
	if p.err == nil {
		return nil
	}
	first := p.err
	e := diag.Of(first)
	if e.Hint != "" || e.Code != diag.CodeParse {
		return first
	}
	q := &parser{text: p.text, tokens: p.tokens, watch: p.failed}
	parse(q)
	e.Hint = p.nearMiss(q.tried)
	return first
}

// nearMiss looks for a misspelt keyword at the failed token and at the one
// before it, which may have been taken for an alias. Of words equally near one
// with the same first letter is likelier.
func (p *parser) nearMiss(tried []string) string {
	for _, i := range []int{p.failed, p.failed - 1} {
		if i < 0 || p.tokens[i].kind != tokWord || p.tokens[i].word() != "" {
			continue
		}
		word := upper(p.raw(p.tokens[i]))
		if len(word) < 2 {
			continue // a name more likely than a slip
		}
		alike := slices.DeleteFunc(slices.Clone(tried), func(w string) bool { return w[0] != word[0] })
		if near := diag.Near(word, append(alike, tried...)); near != "" {
			return "did you mean " + near + "?"
		}
	}
	return ""
}

func (p *parser) tok() token { return p.tokens[p.i] }

// peek is the token n places ahead; peek(0) is tok().
func (p *parser) peek(n int) token { return p.tokens[min(p.i+n, len(p.tokens)-1)] }

func (p *parser) pos() diag.Pos { return p.tok().pos() }

func (p *parser) start() Start { return Start{p.pos()} }

// raw is a token's text as written.
func (p *parser) raw(t token) string { return p.text[t.begin:t.end] }

// next passes one token and gives it.
func (p *parser) next() token {
	t := p.tok()
	if t.kind != tokEOF {
		p.i++
	}
	return t
}

// at reports whether the next token is one of these keywords.
func (p *parser) at(words ...string) bool {
	if p.watch >= 0 && (p.i == p.watch || p.i == p.watch-1) && p.err == nil {
		p.tried = append(p.tried, words...)
	}
	w := p.tok().word()
	if w == "" {
		return false
	}
	for _, want := range words {
		if w == want {
			return true
		}
	}
	return false
}

// atSeq reports whether these keywords follow one another.
func (p *parser) atSeq(words ...string) bool {
	if !p.at(words[0]) {
		return false
	}
	for i, w := range words[1:] {
		if p.peek(i+1).word() != w {
			return false
		}
	}
	return true
}

// accept passes the keywords if all of them follow.
func (p *parser) accept(words ...string) bool {
	if !p.atSeq(words...) {
		return false
	}
	p.i += len(words)
	return true
}

// expect passes the keywords or fails.
func (p *parser) expect(words ...string) {
	for _, w := range words {
		if !p.accept(w) {
			p.unexpected(w)
			return
		}
	}
}

// acceptBy passes word BY; word alone is an error.
func (p *parser) acceptBy(word string) bool {
	if !p.accept(word) {
		return false
	}
	p.expect("BY")
	return true
}

func (p *parser) atOp(op string) bool { return p.tok().op() == op }

func (p *parser) acceptOp(op string) bool {
	if !p.atOp(op) {
		return false
	}
	p.i++
	return true
}

func (p *parser) expectOp(op string) {
	if !p.acceptOp(op) {
		p.unexpected(`"` + op + `"`)
	}
}

// end fails unless the text ends here.
func (p *parser) end() {
	if p.tok().kind != tokEOF {
		p.unexpected("the end of the statement")
	}
}

// enter guards a recursion; each enter needs a leave. It reports false, having
// failed, when the nesting is too deep.
func (p *parser) enter() bool {
	p.nesting++
	if p.nesting > maxNesting {
		p.unsupported("nesting deeper than %d levels", maxNesting)
	}
	return p.err == nil
}

func (p *parser) leave() { p.nesting-- }

// grow adds a level to a chain whose parts are h high.
func (p *parser) grow(h int) int {
	if h >= maxHeight {
		p.unsupported("a chain of more than %d operators", maxHeight)
	}
	return h + 1
}

// list reads one or more elements with commas between them.
func list[T any](p *parser, element func() T) []T {
	items := []T{element()}
	for p.acceptOp(",") {
		items = append(items, element())
	}
	return items
}

// parens reads a list in parentheses.
func parens[T any](p *parser, element func() T) []T {
	p.expectOp("(")
	items := list(p, element)
	p.expectOp(")")
	return items
}
