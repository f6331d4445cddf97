package syntax

import (
	"os"
	"strings"
	"testing"

	"github.com/bixidata/bixi/sql/diag"
	tidb "github.com/pingcap/tidb/pkg/parser"
	"github.com/pingcap/tidb/pkg/parser/ast"
	"github.com/pingcap/tidb/pkg/parser/format"
	"github.com/pingcap/tidb/pkg/parser/mysql"
	_ "github.com/pingcap/tidb/pkg/parser/test_driver" // literal values
)

// TestStandard reads standard SELECTs with another product's parser too: what
// that one accepts ours accepts, and it reads what ours prints as the same query.
func TestStandard(t *testing.T) {
	data, err := os.ReadFile("testdata/standard.txt")
	if err != nil {
		t.Fatal(err)
	}
	other := tidb.New()
	other.SetSQLMode(mysql.ModePipesAsConcat)
	for _, text := range strings.Split(strings.TrimSpace(string(data)), "\n") {
		want, err := normalise(other, text)
		if err != nil {
			t.Errorf("%s: not standard: %v", text, err)
			continue
		}
		s, err := ParseStatement(text)
		if err != nil {
			t.Error(diag.Render(err, text))
			continue
		}
		printed := Print(s)
		got, err := normalise(other, printed)
		if err != nil {
			t.Errorf("%s: the other parser refuses what is printed: %v", printed, err)
			continue
		}
		if got != want {
			t.Errorf("%s\nprinted as %s\nreads as   %s\ninstead of %s", text, printed, got, want)
		}
		checkFixpoint(t, chunk{name: text}, s)
	}
}

// normalise reads text with the other parser and restores it with parentheses
// around every operation, so that texts compare as trees.
func normalise(p *tidb.Parser, text string) (string, error) {
	stmt, err := p.ParseOneStmt(text, "", "")
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
	case *ast.ParenthesesExpr:
		return n.Expr, true
	case *ast.BinaryOperationExpr, *ast.UnaryOperationExpr, *ast.IsNullExpr, *ast.IsTruthExpr, *ast.BetweenExpr,
		*ast.PatternInExpr, *ast.PatternLikeOrIlikeExpr, *ast.PatternRegexpExpr:
		return &ast.ParenthesesExpr{Expr: n.(ast.ExprNode)}, true
	}
	return n, true
}
