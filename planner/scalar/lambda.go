package scalar

import (
	"fmt"
	"strings"

	"github.com/bixidata/bixi/sql/types"
)

// Lambda is an argument of a function of higher order: a function of its own
// whose Body is computed for each element of a nested value. It stands among the
// Args of a Call and nowhere else; its type is that of the body.
type Lambda struct {
	Params []*Param
	Body   Expr
}

// Param is a reference to a parameter of a lambda around it. It is no Column, so
// passes that collect, replace or number columns leave it alone. ID counts the
// parameters of the lambdas around it, outermost first; of equal IDs the
// innermost lambda's is meant, so a closed expression may be put anywhere.
type Param struct {
	ID   int
	Name string // for display
	Typ  types.Type
}

func (e *Lambda) Type() types.Type { return e.Body.Type() }
func (e *Param) Type() types.Type  { return e.Typ }

func (e *Lambda) Children() []Expr { return []Expr{e.Body} }
func (e *Param) Children() []Expr  { return nil }

func (e *Lambda) WithChildren(k []Expr) Expr { return &Lambda{Params: e.Params, Body: k[0]} }
func (e *Param) WithChildren([]Expr) Expr    { return e }

func (e *Lambda) String() string {
	params := make([]string, len(e.Params))
	for i, p := range e.Params {
		params[i] = p.String()
	}
	return "(" + strings.Join(params, ", ") + ") -> " + e.Body.String()
}

func (e *Param) String() string { return fmt.Sprintf("%s$%d", e.Name, e.ID) }

// Free lists what e reads from around it, each once, in order of first use: its
// columns, and parameters of lambdas that are not inside e.
func Free(e Expr) []Expr {
	var out []Expr
	seen := map[string]bool{}
	add := func(key string, e Expr) {
		if !seen[key] {
			seen[key], out = true, append(out, e)
		}
	}
	var walk func(e Expr, bound []*Param)
	walk = func(e Expr, bound []*Param) {
		switch e := e.(type) {
		case *Column:
			add(fmt.Sprint("column ", e.ID), e)
		case *Param:
			for _, p := range bound {
				if p.ID == e.ID {
					return
				}
			}
			add(fmt.Sprint("param ", e.ID), e)
		case *Lambda:
			walk(e.Body, append(bound[:len(bound):len(bound)], e.Params...))
		default:
			for _, k := range e.Children() {
				walk(k, bound)
			}
		}
	}
	walk(e, nil)
	return out
}
