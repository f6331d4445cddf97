package tpch_test

import (
	"testing"

	"github.com/bixidata/bixi/bench/tpch"
	"github.com/bixidata/bixi/sql/diag"
	"github.com/bixidata/bixi/sql/syntax"
)

func TestQueriesParse(t *testing.T) {
	queries, err := tpch.Queries()
	if err != nil {
		t.Fatal(err)
	}
	if len(queries) != 22 {
		t.Errorf("%d queries", len(queries))
	}
	for _, q := range queries {
		stmt, err := syntax.ParseStatement(q.Text)
		if err != nil {
			t.Errorf("%s: %s", q.Name, diag.Render(err, q.Text))
			continue
		}
		if _, ok := stmt.(*syntax.QueryStatement); !ok {
			t.Errorf("%s is a %T", q.Name, stmt)
		}
	}
}

func TestSchemaNamesTheTables(t *testing.T) {
	schema, err := tpch.Schema()
	if err != nil {
		t.Fatal(err)
	}
	tables := tpch.Tables()
	if len(schema) != len(tables) {
		t.Fatalf("%d definitions of %d tables", len(schema), len(tables))
	}
	for i, text := range schema {
		stmt, err := syntax.ParseStatement(text)
		if err != nil {
			t.Fatal(diag.Render(err, text))
		}
		if create := stmt.(*syntax.CreateTable); create.Name.Last().Name != tables[i] {
			t.Errorf("definition %d is of %s, not %s", i, create.Name.Last().Name, tables[i])
		}
	}
}
