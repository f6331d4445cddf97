package syntax

import "github.com/bixidata/bixi/sql/diag"

// Node is any element of the tree. Nodes are pointers to plain structs; a
// parsed tree has no cycles and shares no nodes.
type Node interface {
	// Pos is the place of the node's first token; of a binary operation,
	// that of its left operand (OpPos is the operator's).
	Pos() diag.Pos
	// each visits the direct children in the order of the text.
	each(visit func(Node))
	print(p *printer)
}

// Statement is one sentence of a script.
type Statement interface {
	Node
	// Span is the part of the script the statement was read from, without the
	// semicolon.
	Span() Span
	source() *Source
}

// Expr is a scalar expression.
type Expr interface {
	Node
	expr()
}

// TableRef is something a FROM clause can name.
type TableRef interface {
	Node
	tableRef()
}

// QueryExpr is what yields rows below a Query: *Select, *SetOp, *Values, or a
// parenthesised *Query that has clauses of its own.
type QueryExpr interface {
	Node
	queryExpr()
}

// Start is embedded in every node: the place of its first token.
type Start struct{ At diag.Pos }

// Pos is the place of the first token.
func (s Start) Pos() diag.Pos { return s.At }

// Span is a range of byte offsets, End exclusive.
type Span struct{ Begin, End int }

// Source is embedded in every statement.
type Source struct {
	Start
	Range Span
}

// Span is the part of the script the statement was read from.
func (s *Source) Span() Span      { return s.Range }
func (s *Source) source() *Source { return s }

type exprNode struct{ Start }

func (exprNode) expr() {}

type tableNode struct{ Start }

func (tableNode) tableRef() {}

type queryNode struct{ Start }

func (queryNode) queryExpr() {}

// Ident is one name as it was spelled, without backquotes. The zero Ident
// means "no name". Names compare without regard to case.
type Ident struct {
	Start
	Name   string
	Quoted bool // was in backquotes (an alias: or in string quotes)
}

// IsZero reports whether there is no name.
func (i Ident) IsZero() bool { return i.Name == "" && !i.Quoted }

func (i Ident) String() string { return i.Name }

// Name is a possibly qualified name of a table, view or schema: t, p.t, p.s.t.
type Name struct {
	Start
	Parts []Ident
}

// IsZero reports whether there is no name.
func (n Name) IsZero() bool { return len(n.Parts) == 0 }

// Last is the unqualified part.
func (n Name) Last() Ident {
	if len(n.Parts) == 0 {
		return Ident{}
	}
	return n.Parts[len(n.Parts)-1]
}

// String joins the parts with points, unquoted; for messages.
func (n Name) String() string {
	s := ""
	for i, p := range n.Parts {
		if i > 0 {
			s += "."
		}
		s += p.Name
	}
	return s
}
