package planner_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/bixidata/bixi/planner"
	"github.com/bixidata/bixi/planner/physical"
	"github.com/bixidata/bixi/sql/syntax"
)

// TestManyJoins plans 150 joins, which takes less than a second, and finds a
// condition for each.
func TestManyJoins(t *testing.T) {
	for name, join := range map[string]string{
		"chain": " join customer t%[1]d on t%[1]d.c_custkey = t%[2]d.c_custkey",
		"star":  " join orders t%[1]d on t%[1]d.o_custkey = t0.c_custkey and t%[1]d.o_orderkey > 5",
		"left":  " left join orders t%[1]d on t%[1]d.o_custkey = t0.c_custkey",
	} {
		text := "select count(*) from customer t0"
		for i := 1; i <= 150; i++ {
			text += fmt.Sprintf(join, i, i-1)
		}
		stmt, err := syntax.ParseStatement(text)
		if err != nil {
			t.Fatal(err)
		}
		s := session()
		s.Verify = false
		p, err := planner.Make(context.Background(), s, stmt)
		if err != nil {
			t.Fatal(err)
		}
		plan := physical.Format(p.Root)
		if n := strings.Count(plan, "HashJoin"); n != 150 || strings.Contains(plan, "LoopJoin") {
			t.Errorf("%s: there are %d joins by a key", name, n)
		}
	}
}
