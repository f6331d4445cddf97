package builtin

import (
	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/udf"
	"github.com/bixidata/bixi/udf/kernel"
)

// logic lists the three-valued connectives. The expression evaluator has its own
// forms of AND and OR, which leave out rows that are decided already.
func logic() []*udf.Function {
	return []*udf.Function{
		{Name: "and", Family: "operator", Doc: udf.Doc{Usage: "x AND y", Summary: "Conjunction; false if any side is false, else NULL if any is NULL.", Example: "false and null", Result: "false"},
			Resolve: booleans("and", 1, -1), Eval: connective(kernel.Truth.And)},
		{Name: "or", Family: "operator", Doc: udf.Doc{Usage: "x OR y", Summary: "Disjunction; true if any side is true, else NULL if any is NULL.", Example: "true or null", Result: "true"},
			Resolve: booleans("or", 1, -1), Eval: connective(kernel.Truth.Or)},
		{Name: "not", Family: "operator", Doc: udf.Doc{Usage: "NOT x", Summary: "Negation.", Example: "not false", Result: "true"},
			Resolve: booleans("not", 1, 1), Eval: not},
	}
}

func connective(join func(t, u kernel.Truth)) udf.Eval {
	return func(_ *udf.Call, args []*batch.Column, n int) (*batch.Column, error) {
		t := kernel.TruthOf(args[0], n)
		for _, a := range args[1:] {
			join(t, kernel.TruthOf(a, n))
		}
		return t.Column(), nil
	}
}

func not(_ *udf.Call, args []*batch.Column, n int) (*batch.Column, error) {
	t := kernel.TruthOf(args[0], n)
	t.True, t.False = t.False, t.True
	return t.Column(), nil
}
