package logical

import (
	"fmt"
	"slices"
	"strings"

	"github.com/bixidata/bixi/planner/scalar"
)

// Expand gives each input row once for each grouping set: the input's columns,
// then Cols, which hold Keys where the set has them and NULL elsewhere, then Set,
// the set's number. Sets lists the positions in Keys that each set has, ascending.
type Expand struct {
	Input Node
	Keys  []scalar.Expr
	Cols  []Column
	Sets  [][]int
	Set   Column
}

// Has reports whether grouping set s has key k.
func (n *Expand) Has(s, k int) bool { return slices.Contains(n.Sets[s], k) }

// Columns are those of the input, the keys and the set.
func (n *Expand) Columns() []Column {
	return append(append(append([]Column{}, n.Input.Columns()...), n.Cols...), n.Set)
}

// Inputs is the one input.
func (n *Expand) Inputs() []Node { return []Node{n.Input} }

// WithInputs replaces the input.
func (n *Expand) WithInputs(in []Node) Node { c := *n; c.Input = in[0]; return &c }

// Exprs are the keys.
func (n *Expand) Exprs() []scalar.Expr { return n.Keys }

// MapExprs maps the keys.
func (n *Expand) MapExprs(f func(scalar.Expr) scalar.Expr) Node {
	c := *n
	c.Keys = Map(n.Keys, f)
	return &c
}

// Describe shows the keys and the sets.
func (n *Expand) Describe() string {
	keys := make([]string, len(n.Keys))
	for i, e := range n.Keys {
		keys[i] = fmt.Sprintf("%s#%d = %s", n.Cols[i].Name, n.Cols[i].ID, e)
	}
	sets := make([]string, len(n.Sets))
	for i, s := range n.Sets {
		sets[i] = strings.ReplaceAll(fmt.Sprint(s), " ", ",")
	}
	return fmt.Sprintf("Expand %s set#%d = %s", strings.Join(keys, ", "), n.Set.ID, strings.Join(sets, " "))
}

// MapColumns renames the keys' columns and the set's.
func (n *Expand) MapColumns(f func(Column) Column) Node {
	c := *n
	c.Cols = make([]Column, len(n.Cols))
	for i, col := range n.Cols {
		c.Cols[i] = f(col)
	}
	c.Set = f(n.Set)
	return &c
}
