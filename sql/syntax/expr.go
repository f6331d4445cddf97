package syntax

import (
	"github.com/bixidata/bixi/sql/diag"
	"github.com/bixidata/bixi/sql/types"
)

// NullLit is NULL.
type NullLit struct{ exprNode }

// BoolLit is TRUE or FALSE.
type BoolLit struct {
	exprNode
	Value bool
}

// NumberLit is a number as it was written; its value and type are the binder's.
// A sign is a Unary around it.
type NumberLit struct {
	exprNode
	Text   string // 1, 3.14, .5, 1E7
	Suffix string // "", Y, S, L, F, D or BD
}

// StringLit is a text with its escapes resolved and adjacent literals joined.
type StringLit struct {
	exprNode
	Value string
}

// BinaryLit is X'616263'; Value holds the bytes.
type BinaryLit struct {
	exprNode
	Value string
}

// TypedLit is DATE'…', DATETIME'…', TIMESTAMP'…', TIMESTAMP_NTZ'…' or JSON'…'.
type TypedLit struct {
	exprNode
	Type  types.Kind
	Value string
}

// Unit is a field of a date or interval, in the singular: YEAR, QUARTER, MONTH,
// WEEK, DAY, HOUR, MINUTE, SECOND, and for EXTRACT others such as DOW.
type Unit string

// Interval is INTERVAL value from [TO to]. Value is a *StringLit in the forms
// with TO; otherwise any expression.
type Interval struct {
	exprNode
	Value Expr
	From  Unit
	To    Unit // "" when there is one unit
}

// ColumnRef is a, t.a, p.t.a or a column followed by struct fields; which part
// means what is the binder's to find.
type ColumnRef struct {
	exprNode
	Parts []Ident
}

// Star is *, t.* or * EXCEPT (…) REPLACE (…). It stands only in select lists
// and as the argument of COUNT.
type Star struct {
	exprNode
	Qualifier []Ident
	Except    []Ident
	Replace   []*SelectItem
}

// UnaryOp is a prefix operator as it is printed.
type UnaryOp string

// The prefix operators.
const (
	OpNeg    UnaryOp = "-"
	OpPlus   UnaryOp = "+"
	OpBitNot UnaryOp = "~"
	OpNot    UnaryOp = "NOT"
)

// Unary is a prefix operator applied to X.
type Unary struct {
	exprNode
	Op UnaryOp
	X  Expr
}

// BinaryOp is an infix operator as it is printed. == is read as =, != as <>,
// MOD as % and IS NOT DISTINCT FROM as <=>.
type BinaryOp string

// The infix operators; AND and OR are in Logical.
const (
	OpBitXor       BinaryOp = "^"
	OpMul          BinaryOp = "*"
	OpDiv          BinaryOp = "/"
	OpMod          BinaryOp = "%"
	OpIntDiv       BinaryOp = "DIV"
	OpAdd          BinaryOp = "+"
	OpSub          BinaryOp = "-"
	OpConcat       BinaryOp = "||"
	OpBitAnd       BinaryOp = "&"
	OpBitOr        BinaryOp = "|"
	OpEq           BinaryOp = "="
	OpNe           BinaryOp = "<>"
	OpLt           BinaryOp = "<"
	OpLe           BinaryOp = "<="
	OpGt           BinaryOp = ">"
	OpGe           BinaryOp = ">="
	OpNullSafeEq   BinaryOp = "<=>"
	OpDistinctFrom BinaryOp = "IS DISTINCT FROM"
)

// IsComparison reports = to IS DISTINCT FROM.
func (op BinaryOp) IsComparison() bool {
	switch op {
	case OpEq, OpNe, OpLt, OpLe, OpGt, OpGe, OpNullSafeEq, OpDistinctFrom:
		return true
	}
	return false
}

// Binary is L op R. Chains lean to the left, at most maxHeight deep.
type Binary struct {
	exprNode
	Op    BinaryOp
	OpPos diag.Pos
	L, R  Expr
}

// LogicalOp is AND or OR.
type LogicalOp string

// The logical connectives.
const (
	OpAnd LogicalOp = "AND"
	OpOr  LogicalOp = "OR"
)

// Logical is a flat chain of two or more terms joined by the same connective.
type Logical struct {
	exprNode
	Op    LogicalOp
	OpPos diag.Pos // of the first connective
	Terms []Expr
}

// IsWhat is what an IS predicate asks for.
type IsWhat string

// The values an IS predicate can ask for. IS UNKNOWN is read as IS NULL.
const (
	IsNull  IsWhat = "NULL"
	IsTrue  IsWhat = "TRUE"
	IsFalse IsWhat = "FALSE"
)

// Is is X IS [NOT] NULL, TRUE or FALSE.
type Is struct {
	exprNode
	OpPos diag.Pos
	X     Expr
	Not   bool
	What  IsWhat
}

// Between is X [NOT] BETWEEN Low AND High.
type Between struct {
	exprNode
	OpPos     diag.Pos
	X         Expr
	Not       bool
	Low, High Expr
}

// InList is X [NOT] IN (List…). X and the items are *Row for row values.
type InList struct {
	exprNode
	OpPos diag.Pos
	X     Expr
	Not   bool
	List  []Expr
}

// InQuery is X [NOT] IN (Query). X is a *Row for row values.
type InQuery struct {
	exprNode
	OpPos diag.Pos
	X     Expr
	Not   bool
	Query *Query
}

// LikeOp is LIKE or RLIKE (also written REGEXP).
type LikeOp string

// The pattern predicates.
const (
	OpLike  LikeOp = "LIKE"
	OpRLike LikeOp = "RLIKE"
)

// Quantifier says how many of a list of patterns must match.
type Quantifier string

// The quantifiers; NoQuantifier is the plain predicate with one pattern.
const (
	NoQuantifier Quantifier = ""
	QuantAny     Quantifier = "ANY"
	QuantAll     Quantifier = "ALL"
)

// Like is X [NOT] LIKE|RLIKE pattern [ESCAPE e], or LIKE ANY|ALL (patterns).
type Like struct {
	exprNode
	Op       LikeOp
	OpPos    diag.Pos
	X        Expr
	Not      bool
	Quant    Quantifier
	Patterns []Expr // one unless Quant is set
	Escape   Expr   // nil when absent
}

// Case is CASE [Operand] WHEN … THEN … [ELSE …] END.
type Case struct {
	exprNode
	Operand Expr // nil in the searched form
	Whens   []*When
	Else    Expr // nil when absent
}

// When is one branch of a Case.
type When struct {
	Start
	Cond, Then Expr
}

// Cast is CAST(X AS Type).
type Cast struct {
	exprNode
	X       Expr
	Type    types.Type
	TypePos diag.Pos
}

// Call is a function call. A type name used as a function, BIGINT(x), is a Call
// too. COUNT(*) has one *Star argument.
type Call struct {
	exprNode
	Project     Ident // of proj:f; zero otherwise
	Builtin     bool  // ::f, which never means a user's function
	Name        Ident
	Distinct    bool
	Args        []Expr
	IgnoreNulls bool
	WithinGroup []*OrderItem
	Filter      Expr        // nil when absent
	Over        *WindowSpec // nil when absent
}

// WindowSpec is what follows OVER, or a name in the WINDOW clause.
type WindowSpec struct {
	Start
	Base        Ident // the named window it is or extends; zero when none
	PartitionBy []Expr
	OrderBy     []*OrderItem
	Frame       *Frame // nil when absent
}

// FrameUnit is what a frame's offsets count.
type FrameUnit string

// The frame units.
const (
	FrameRows   FrameUnit = "ROWS"
	FrameRange  FrameUnit = "RANGE"
	FrameGroups FrameUnit = "GROUPS"
)

// FrameExclude names rows taken out of a frame.
type FrameExclude string

// The exclusions. EXCLUDE NO OTHERS is ExcludeNone.
const (
	ExcludeNone    FrameExclude = ""
	ExcludeCurrent FrameExclude = "CURRENT ROW"
	ExcludeGroup   FrameExclude = "GROUP"
	ExcludeTies    FrameExclude = "TIES"
)

// Frame is the frame clause of a window. Without BETWEEN, To is CURRENT ROW.
type Frame struct {
	Start
	Unit     FrameUnit
	From, To Bound
	Exclude  FrameExclude
}

// BoundKind is the kind of a frame's end.
type BoundKind uint8

// The ends a frame can have, in the order in which they may follow each other.
const (
	UnboundedPreceding BoundKind = iota
	Preceding
	CurrentRow
	Following
	UnboundedFollowing
)

// Bound is one end of a frame.
type Bound struct {
	Start
	Kind   BoundKind
	Offset Expr // of Preceding and Following
}

// Extract is EXTRACT(Field FROM X).
type Extract struct {
	exprNode
	Field Unit
	X     Expr
}

// Trim is TRIM([Side] [Chars] FROM X); the plain call trim(x) is a Call.
type Trim struct {
	exprNode
	Side  string // BOTH, LEADING or TRAILING
	Chars Expr   // nil means blanks
	X     Expr
}

// Index is X[I].
type Index struct {
	exprNode
	X, I Expr
}

// FieldRef is X.Name where X is not itself a plain name.
type FieldRef struct {
	exprNode
	X    Expr
	Name Ident
}

// Exists is EXISTS (Query).
type Exists struct {
	exprNode
	Query *Query
}

// Subquery is a query used as a scalar.
type Subquery struct {
	exprNode
	Query *Query
}

// Lambda is x -> Body or (a, b) -> Body. As FUNCTION(@x type, …) AS Body it has
// Types, and its parameters are named with their @.
type Lambda struct {
	exprNode
	Params []Ident
	Types  []*ParamType
	Body   Expr
}

// Row is (a, b, …) with two or more items.
type Row struct {
	exprNode
	Items []Expr
}
