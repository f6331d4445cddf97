package scalar_test

import (
	"fmt"
	"reflect"
	"testing"

	. "github.com/bixidata/bixi/planner/scalar"
	"github.com/bixidata/bixi/sql/decimal"
	"github.com/bixidata/bixi/sql/types"
)

func column(id int) Expr { return &Column{ID: id, Name: "c", Typ: types.BigIntType} }
func literal(v any) Expr { return &Literal{Value: v, Typ: types.BigIntType} }
func call(name string, args ...Expr) Expr {
	return &Call{Name: name, Args: args, Typ: types.BooleanType}
}

// every is an expression that holds every kind.
func every() Expr {
	return &Case{
		Whens: []Expr{call("=", column(1), literal(int64(2))), &In{Arg: column(3), List: []types.Datum{int64(1), nil}, Negate: true}},
		Thens: []Expr{&Cast{Arg: column(4), Typ: types.StringType}, literal(nil)},
		Else:  call("length", column(5)),
		Typ:   types.StringType,
	}
}

func TestTransform(t *testing.T) {
	e := every()
	before := e.String()
	if same := Transform(e, func(e Expr) Expr { return e }); same != e {
		t.Error("a transformation that changes nothing made a copy")
	}
	moved := Transform(e, func(e Expr) Expr {
		if c, ok := e.(*Column); ok {
			return &Column{ID: c.ID + 10, Name: c.Name, Typ: c.Typ}
		}
		return e
	})
	if e.String() != before {
		t.Error("the original was changed")
	}
	set := map[int]bool{}
	Columns(moved, set)
	if want := map[int]bool{11: true, 13: true, 14: true, 15: true}; !reflect.DeepEqual(set, want) {
		t.Errorf("columns %v, want %v", set, want)
	}
	// Bottom-up: f sees operands that it has made already.
	folded := Transform(call("+", call("+", literal(1), literal(2)), literal(3)), func(e Expr) Expr {
		c, ok := e.(*Call)
		if !ok {
			return e
		}
		return literal(c.Args[0].(*Literal).Value.(int) + c.Args[1].(*Literal).Value.(int))
	})
	if folded.String() != "6" {
		t.Errorf("folded to %s", folded)
	}
}

func TestWithChildren(t *testing.T) {
	Walk(every(), func(e Expr) bool {
		if again := e.WithChildren(e.Children()); !reflect.DeepEqual(again, e) {
			t.Errorf("%s became %s", e, again)
		}
		return true
	})
}

func TestWalk(t *testing.T) {
	var all, some []string
	Walk(every(), func(e Expr) bool { all = append(all, fmt.Sprintf("%T", e)); return true })
	if len(all) != 11 || all[0] != "*scalar.Case" {
		t.Errorf("visited %v", all)
	}
	Walk(every(), func(e Expr) bool { some = append(some, fmt.Sprintf("%T", e)); return false })
	if len(some) != 1 {
		t.Errorf("went on to %v", some)
	}
}

func TestConjuncts(t *testing.T) {
	a, b, c, d := column(1), column(2), column(3), column(4)
	nested := call("and", call("and", a, b), call("and", c, call("or", a, d)))
	parts := Conjuncts(nested)
	if got := fmt.Sprint(parts); got != fmt.Sprint([]Expr{a, b, c, call("or", a, d)}) {
		t.Errorf("parts %s", got)
	}
	if again := Conjuncts(And(parts)); !reflect.DeepEqual(again, parts) {
		t.Errorf("joined and split: %v", again)
	}
	if And(nil) != nil {
		t.Error("no conditions are no condition")
	}
	if And([]Expr{a}) != a {
		t.Error("one condition is itself")
	}
}

func TestString(t *testing.T) {
	for want, e := range map[string]fmt.Stringer{
		"'it\\'s'":                    &Literal{Value: "it's", Typ: types.StringType},
		"NULL":                        literal(nil),
		"-1.05":                       &Literal{Value: decimal.FromInt64(-105), Typ: types.DecimalOf(10, 2)},
		"cast(c#1 as DOUBLE)":         &Cast{Arg: column(1), Typ: types.DoubleType},
		"c#1 desc nulls first":        SortKey{Expr: column(1), Desc: true, NullsFirst: true},
		"c#1 desc":                    SortKey{Expr: column(1), Desc: true},
		"c#1":                         SortKey{Expr: column(1), NullsFirst: true},
		"count(distinct c#1)":         Aggregate{Name: "count", Args: []Expr{column(1)}, Distinct: true},
		"sum(c#1) filter (where c#2)": Aggregate{Name: "sum", Args: []Expr{column(1)}, Filter: column(2)},
	} {
		if e.String() != want {
			t.Errorf("got %s, want %s", e, want)
		}
	}
}
