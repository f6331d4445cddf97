// Package standard reads the standard part of the language with another product's
// parser too: what that one accepts ours accepts, with the same meaning.
package standard

import (
	"flag"
	"math/rand/v2"
	"os"
	"strings"
	"testing"

	"github.com/bixidata/bixi/bench/fuzz"
	"github.com/bixidata/bixi/bench/suite"
	"github.com/bixidata/bixi/bench/tpcds"
	"github.com/bixidata/bixi/bench/tpch"
	"github.com/bixidata/bixi/sql/diag"
	"github.com/bixidata/bixi/sql/syntax"
	"github.com/pingcap/tidb/pkg/parser"
	"github.com/pingcap/tidb/pkg/parser/ast"
	"github.com/pingcap/tidb/pkg/parser/format"
	"github.com/pingcap/tidb/pkg/parser/mysql"
	"github.com/pingcap/tidb/pkg/parser/opcode"
	_ "github.com/pingcap/tidb/pkg/parser/test_driver" // literal values
)

var (
	seed    = flag.Uint64("seed", 1, "where the random choices begin")
	queries = flag.Int("queries", 3000, "how many random queries are read")
)

// TestStandard reads a corpus that the other parser must accept.
func TestStandard(t *testing.T) {
	data, err := os.ReadFile("../../sql/syntax/testdata/standard.txt")
	if err != nil {
		t.Fatal(err)
	}
	o := newOracle(t)
	for _, text := range strings.Split(strings.TrimSpace(string(data)), "\n") {
		if !o.agrees(text) {
			t.Errorf("%s: not standard", text)
		}
	}
}

// TestGrammar reads random texts of the standard grammar.
func TestGrammar(t *testing.T) {
	o := newOracle(t)
	g := &grammar{Rand: rand.New(rand.NewPCG(*seed, 0))}
	for range *queries {
		o.agrees(g.statement())
	}
	o.mostly(0.9)
}

// TestGenerated reads the queries that are compared with DuckDB.
func TestGenerated(t *testing.T) {
	o := newOracle(t)
	for text := range fuzz.Texts(*seed, *queries) {
		o.agrees(asStandard.Replace(text))
	}
	o.mostly(0.3) // others have ARRAY, LATERAL VIEW and so on
}

// asStandard writes names of our dialect as ones that both parsers know.
var asStandard = strings.NewReplacer(
	" AS BOOLEAN)", " AS DECIMAL(1))", " AS TINYINT)", " AS DECIMAL(3))", " AS SMALLINT)", " AS DECIMAL(5))",
	" AS INT)", " AS DECIMAL(10))", " AS BIGINT)", " AS DECIMAL(19))", " AS STRING)", " AS CHAR(9))",
	"DATETIME'", "TIMESTAMP'", "FULL JOIN", "LEFT JOIN", "LEFT SEMI JOIN", "JOIN", "LEFT ANTI JOIN", "JOIN",
	"IS DISTINCT FROM", "<=>",
)

// TestBenchmarks reads the texts of TPC-H and TPC-DS that the peers take.
func TestBenchmarks(t *testing.T) {
	o := newOracle(t)
	for _, read := range []func() (*suite.Suite, error){tpch.Suite, tpcds.Suite} {
		s, err := read()
		if err != nil {
			t.Fatal(err)
		}
		for _, q := range s.Queries {
			o.agrees(q.For("duckdb"))
		}
	}
	o.mostly(0.5)
}

// oracle is the other parser.
type oracle struct {
	*testing.T
	parser         *parser.Parser
	read, accepted int
}

func newOracle(t *testing.T) *oracle {
	p := parser.New()
	p.SetSQLMode(mysql.ModePipesAsConcat)
	return &oracle{T: t, parser: p}
}

// mostly fails if the other parser accepts fewer than a share of the texts.
func (o *oracle) mostly(share float64) {
	o.Logf("%d of %d texts are standard (seed %d)", o.accepted, o.read, *seed)
	if float64(o.accepted) < share*float64(o.read) {
		o.Errorf("only %d of %d texts are standard", o.accepted, o.read)
	}
}

// agrees compares how both parsers read a text. It is false if the other refuses it.
func (o *oracle) agrees(text string) bool {
	o.read++
	want, err := o.tree(text)
	if err != nil {
		return false
	}
	o.accepted++
	s, err := syntax.ParseStatement(text)
	if err != nil {
		o.Errorf("the other parser accepts\n%s", diag.Render(err, text))
		return true
	}
	printed := syntax.PrintGrouped(s)
	got, err := o.tree(printed)
	if err != nil {
		o.Errorf("%s\nprinted as %s\nis refused by the other parser: %v", text, printed, err)
		return true
	}
	if got != want {
		o.Errorf("%s\nprinted as %s\nreads as   %s\ninstead of %s", text, printed, got, want)
	}
	o.again(syntax.Print(s), printed)
	return true
}

// again reads what was printed once more.
func (o *oracle) again(printed, grouped string) {
	s, err := syntax.ParseStatement(printed)
	if err != nil {
		o.Errorf("what is printed does not parse\n%s", diag.Render(err, printed))
		return
	}
	if second := syntax.Print(s); second != printed {
		o.Errorf("printed as %s\nand then as %s", printed, second)
	}
	if second := syntax.PrintGrouped(s); second != grouped {
		o.Errorf("printed as %s\nreads as %s\ninstead of %s", printed, second, grouped)
	}
}

// tree reads text with the other parser and restores it with parentheses around
// every operation, so that texts compare as trees.
func (o *oracle) tree(text string) (string, error) {
	stmt, err := o.parser.ParseOneStmt(text, "", "")
	if err != nil {
		return "", err
	}
	stmt.Accept(parenthesise{})
	var b strings.Builder
	err = stmt.Restore(format.NewRestoreCtx(format.DefaultRestoreFlags, &b))
	return b.String(), err
}

type parenthesise struct{}

func (parenthesise) Enter(n ast.Node) (ast.Node, bool) { return n, false }

func (parenthesise) Leave(n ast.Node) (ast.Node, bool) {
	switch n := n.(type) {
	case *ast.SelectStmt:
		n.ExplicitAll = false
	case *ast.Join:
		n.Left, n.Right = single(n.Left), single(n.Right)
		n.ExplicitParens = n.ExplicitParens && n.Right != nil
	case *ast.SetOprSelectList:
		for i, side := range n.Selects {
			n.Selects[i] = bare(side)
		}
	case *ast.ParenthesesExpr:
		return n.Expr, true
	case *ast.UnaryOperationExpr:
		if e := exists(n.V); e != nil && (n.Op == opcode.Not || n.Op == opcode.Not2) { // NOT is a part of it
			e.Not = !e.Not
			return e, true
		}
		return &ast.ParenthesesExpr{Expr: n}, true
	case *ast.BinaryOperationExpr, *ast.IsNullExpr, *ast.IsTruthExpr, *ast.BetweenExpr,
		*ast.PatternInExpr, *ast.PatternLikeOrIlikeExpr, *ast.PatternRegexpExpr:
		return &ast.ParenthesesExpr{Expr: n.(ast.ExprNode)}, true
	}
	return n, true
}

// single is a table without parentheses around it alone.
func single(n ast.ResultSetNode) ast.ResultSetNode {
	if j, ok := n.(*ast.Join); ok && j.Right == nil {
		return j.Left
	}
	return n
}

// bare is a SELECT among set operations without needless parentheses.
func bare(n ast.Node) ast.Node {
	list, ok := n.(*ast.SetOprSelectList)
	if !ok || len(list.Selects) > 1 || list.OrderBy != nil || list.Limit != nil || list.With != nil {
		return n
	}
	if s, ok := list.Selects[0].(*ast.SelectStmt); ok && s.OrderBy == nil && s.Limit == nil {
		s.AfterSetOperator = list.AfterSetOperator
		s.IsInBraces = false
		return s
	}
	return n
}

func exists(n ast.ExprNode) *ast.ExistsSubqueryExpr {
	e, _ := n.(*ast.ExistsSubqueryExpr)
	return e
}
