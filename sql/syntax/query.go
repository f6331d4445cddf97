package syntax

import "github.com/bixidata/bixi/sql/diag"

// Query is a body with what applies to the whole of it. Subqueries, CTEs and
// the sources of INSERT are all Queries.
type Query struct {
	queryNode
	With         []*CTE
	Recursive    bool
	Body         QueryExpr
	OrderBy      []*OrderItem
	DistributeBy []Expr
	SortBy       []*OrderItem
	ClusterBy    []*OrderItem
	Limit        Expr // nil when absent
	Offset       Expr // nil when absent
}

// CTE is one name of a WITH clause.
type CTE struct {
	Start
	Name    Ident
	Columns []Ident
	Query   *Query
}

// SetOpKind is a set operation; EXCEPT is also written MINUS.
type SetOpKind string

// The set operations.
const (
	Union     SetOpKind = "UNION"
	Intersect SetOpKind = "INTERSECT"
	Except    SetOpKind = "EXCEPT"
)

// SetOp is L op [ALL] R. All operations have one precedence and lean left.
type SetOp struct {
	queryNode
	Op    SetOpKind
	OpPos diag.Pos
	All   bool
	L, R  QueryExpr
}

// Values is VALUES (…), (…). Rows may differ in length until bound.
type Values struct {
	queryNode
	Rows [][]Expr
}

// Select is one SELECT with the clauses that belong to it alone.
type Select struct {
	queryNode
	Hints    []*Hint
	Distinct bool
	Items    []*SelectItem
	Script   *Script  // of SELECT TRANSFORM (items)
	From     TableRef // nil when absent; in a multi-insert it is the statement's
	Where    Expr
	GroupBy  []*GroupItem
	Having   Expr
	Windows  []*NamedWindow
	Qualify  Expr
}

// Hint is one hint of /*+ … */: a name and its arguments as text.
type Hint struct {
	Start
	Name string // lower case
	Args []string
}

// SelectItem is one element of a select list.
type SelectItem struct {
	Start
	Expr    Expr // may be a *Star
	Alias   Ident
	Aliases []Ident // AS (a, b) after a table function
}

// GroupKind is the kind of a grouping element.
type GroupKind string

// The grouping elements. GROUP BY a, b WITH ROLLUP is read as ROLLUP (a, b).
const (
	GroupExprs  GroupKind = ""
	GroupRollup GroupKind = "ROLLUP"
	GroupCube   GroupKind = "CUBE"
	GroupSets   GroupKind = "GROUPING SETS"
)

// GroupItem is one element of GROUP BY. A GroupExprs element holds the
// expressions that are grouped together: one, several for (a, b), none for ().
// The other kinds hold elements in Sets.
type GroupItem struct {
	Start
	Kind  GroupKind
	Exprs []Expr
	Sets  []*GroupItem
}

// NamedWindow is one definition of the WINDOW clause.
type NamedWindow struct {
	Start
	Name Ident
	Spec *WindowSpec
}

// NullOrder says where NULLs sort.
type NullOrder string

// The null orders. By default NULL is the smallest value.
const (
	NullsDefault NullOrder = ""
	NullsFirst   NullOrder = "NULLS FIRST"
	NullsLast    NullOrder = "NULLS LAST"
)

// OrderItem is one key of an ordering.
type OrderItem struct {
	Start
	Expr  Expr
	Desc  bool
	Nulls NullOrder
}

// Table is a named table, view or CTE in FROM.
type Table struct {
	tableNode
	Name    Name
	Alias   Ident
	Columns []Ident // alias(c, …)
	Sample  *Sample
	AsOf    *AsOf
}

// AsOf is TIMESTAMP AS OF expr or VERSION AS OF expr.
type AsOf struct {
	Start
	Version bool // VERSION; otherwise TIMESTAMP
	Expr    Expr
}

// SubqueryTable is (query) [alias[(c, …)]] in FROM. VALUES in FROM is one whose
// body is *Values.
type SubqueryTable struct {
	tableNode
	Query   *Query
	Alias   Ident
	Columns []Ident
	Sample  *Sample
}

// FuncTable is f(args) [alias[(c, …)]] in FROM: a table function or a view with
// parameters.
type FuncTable struct {
	tableNode
	Call    *Call
	Alias   Ident
	Columns []Ident
}

// JoinKind is the kind of a join.
type JoinKind string

// The kinds of join. CommaJoin is FROM a, b.
const (
	InnerJoin JoinKind = "JOIN"
	LeftJoin  JoinKind = "LEFT JOIN"
	RightJoin JoinKind = "RIGHT JOIN"
	FullJoin  JoinKind = "FULL JOIN"
	SemiJoin  JoinKind = "LEFT SEMI JOIN"
	AntiJoin  JoinKind = "LEFT ANTI JOIN"
	CrossJoin JoinKind = "CROSS JOIN"
	CommaJoin JoinKind = ","
)

// Join is L kind R.
type Join struct {
	tableNode
	Kind    JoinKind
	OpPos   diag.Pos
	Natural bool
	L, R    TableRef
	On      Expr    // nil when absent
	Using   []Ident // nil when absent
}

// LateralView is Left LATERAL VIEW [OUTER] Call Alias [AS Columns].
type LateralView struct {
	tableNode
	OpPos   diag.Pos // of LATERAL
	Left    TableRef
	Outer   bool
	Call    *Call
	Alias   Ident
	Columns []Ident
}

// SampleKind is the form of a TABLESAMPLE.
type SampleKind uint8

// The forms of TABLESAMPLE.
const (
	SampleBucket  SampleKind = iota // BUCKET x OUT OF y [ON exprs]
	SamplePercent                   // n PERCENT
	SampleRows                      // n ROWS
	SampleBytes                     // 100M
)

// Sample is TABLESAMPLE (…).
type Sample struct {
	Start
	Kind  SampleKind
	Size  string // x, n, or the number with its unit (100M)
	OutOf string // y of a bucket sample
	On    []Expr
}
