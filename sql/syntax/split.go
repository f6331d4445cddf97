package syntax

import "github.com/bixidata/bixi/sql/diag"

// Piece is the text of one statement in a script.
type Piece struct {
	Text  string   // without the semicolon, from the first token to the last
	Start diag.Pos // of Text in the script
	Range Span     // of Text in the script
}

// Split cuts a script at its semicolons, but not at those in quotes or comments.
// It accepts any text. incomplete says that the last piece has no semicolon yet,
// or that a quote or comment is still open.
func Split(text string) (pieces []Piece, incomplete bool) {
	l := newLexer(text)
	var cur *Piece
	finish := func() {
		if cur != nil {
			cur.Text = text[cur.Range.Begin:cur.Range.End]
			pieces = append(pieces, *cur)
			cur = nil
		}
	}
	for {
		t := l.next()
		switch {
		case t.kind == tokEOF:
			incomplete = incomplete || cur != nil
			finish()
			return pieces, incomplete
		case t.op() == ";":
			finish()
			continue
		case t.kind == tokRest && t.begin == t.end:
			continue
		case t.kind == tokBad && problem(t.aux).isOpen():
			incomplete = true
		}
		if cur == nil {
			cur = &Piece{Start: t.pos(), Range: Span{Begin: int(t.begin)}}
		}
		cur.Range.End = int(t.end)
	}
}
