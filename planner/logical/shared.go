package logical

import (
	"fmt"

	"github.com/bixidata/bixi/planner/scalar"
)

// Definition is a tree that several places of a statement read and that is
// computed once: a CTE, the source of several inserts, the bindings of a
// correlated subquery. It is closed: it refers to no column of a place that uses
// it. Its uses are the Shared nodes that point to it; rules rewrite Root in place,
// a definition after everything that uses it.
type Definition struct {
	Name string
	Root Node
}

// Shared is one use of a Definition. To the rules it is a leaf, like a table.
// Cols[i] is a column of its own with the values of the column of Def.Root
// numbered From[i].
type Shared struct {
	Def  *Definition
	From []int
	Cols []Column
}

// Use makes a new use of d, with all its columns under fresh numbers.
func (d *Definition) Use(fresh func(Column) Column) *Shared {
	s := &Shared{Def: d}
	for _, c := range d.Root.Columns() {
		s.From = append(s.From, c.ID)
		s.Cols = append(s.Cols, fresh(c))
	}
	return s
}

// Source finds the column of the definition that column id of s copies.
func (n *Shared) Source(id int) (Column, bool) {
	for i, c := range n.Cols {
		if c.ID == id {
			for _, d := range n.Def.Root.Columns() {
				if d.ID == n.From[i] {
					return d, true
				}
			}
		}
	}
	return Column{}, false
}

// ToSource expresses conditions over the columns of s in those of the definition.
func (n *Shared) ToSource(conds []scalar.Expr) []scalar.Expr {
	by := map[int]scalar.Expr{}
	for _, c := range n.Cols {
		if d, ok := n.Source(c.ID); ok {
			by[c.ID] = d.Ref()
		}
	}
	return Map(conds, func(e scalar.Expr) scalar.Expr { return Substitute(e, by) })
}

func (n *Shared) Columns() []Column                           { return n.Cols }
func (n *Shared) Inputs() []Node                              { return nil }
func (n *Shared) WithInputs([]Node) Node                      { return n }
func (n *Shared) Exprs() []scalar.Expr                        { return nil }
func (n *Shared) MapExprs(func(scalar.Expr) scalar.Expr) Node { return n }
func (n *Shared) Describe() string {
	return fmt.Sprintf("Shared %s [%s]", n.Def.Name, names(n.Cols))
}

// Definitions lists what the tree n uses, directly or not: each after the
// definitions it uses itself.
func Definitions(n Node) []*Definition {
	var out []*Definition
	seen := map[*Definition]bool{}
	var walk func(Node)
	walk = func(n Node) {
		if s, ok := n.(*Shared); ok && !seen[s.Def] {
			seen[s.Def] = true
			walk(s.Def.Root)
			out = append(out, s.Def)
		}
		for _, in := range n.Inputs() {
			walk(in)
		}
	}
	walk(n)
	return out
}

// Uses lists the uses of each definition in n and in the definitions it uses.
func Uses(n Node) map[*Definition][]*Shared {
	out := map[*Definition][]*Shared{}
	var walk func(Node)
	walk = func(n Node) {
		if s, ok := n.(*Shared); ok {
			out[s.Def] = append(out[s.Def], s)
		}
		for _, in := range n.Inputs() {
			walk(in)
		}
	}
	walk(n)
	for _, d := range Definitions(n) {
		walk(d.Root)
	}
	return out
}
