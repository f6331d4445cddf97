// Package rule rewrites logical trees. Each rewrite is a pass in a file of its
// own; Passes is the order in which they run, with the reason where it matters.
package rule

import (
	"fmt"

	"github.com/bixidata/bixi/planner/cost"
	"github.com/bixidata/bixi/planner/logical"
	"github.com/bixidata/bixi/planner/scalar"
	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/udf"
)

// Context is what passes may use.
type Context struct {
	Functions *udf.Registry
	// Fold evaluates an expression without columns; false if it is volatile or fails.
	Fold      func(scalar.Expr) (types.Datum, bool)
	NewColumn func(name string, t types.Type, required bool) logical.Column
	Cost      *cost.Model
	// decided are the marks whose NULL is as good as FALSE, while decorrelating.
	decided map[int]bool
}

// Pass is one rewrite of a whole tree.
type Pass struct {
	Name string
	Run  func(*Context, logical.Node) (logical.Node, error)
	// Required passes run even when the optimizer is off: lowering depends on them.
	Required bool
	// Plain passes run only when the optimizer is off, for what optional passes do better.
	Plain bool
	// Define, if set, prepares a definition for the pass, given the trees that use
	// it, which the pass has already rewritten.
	Define func(c *Context, d *logical.Definition, users []logical.Node)
}

// Passes lists the rewrites in order.
var Passes = []Pass{
	{Name: "connect-joins", Run: connectJoins, Plain: true},           // before decorrelate, which may share the left side of an Apply
	{Name: "decorrelate", Run: decorrelate, Required: true},           // first of the others: nothing else knows Apply
	{Name: "distinct-aggregates", Run: splitDistinct, Required: true}, // lowering knows plain aggregates only
	{Name: "connect-decorrelated", Run: connectJoins, Plain: true},    // decorrelate puts conditions over products
	{Name: "inline-shared", Run: inlineShared},                        // the passes below do not see through a use
	{Name: "fold-constants", Run: foldConstants},
	{Name: "factor-or", Run: factorOr},                                   // before push-filters, which moves what it finds
	{Name: "push-filters", Run: pushFilters, Define: pushIntoDefinition}, // also turns outer joins into inner ones
	{Name: "fold-pushed", Run: foldConstants},                            // pushing puts expressions in place of columns
	{Name: "push-semi-joins", Run: pushSemiJoins},                        // before order-joins, to which the reduced side is one relation
	{Name: "window-top", Run: windowTop},                                 // after push-filters, which puts rankings' conditions on their windows
	{Name: "order-joins", Run: orderJoins},                               // needs filters at the scans to estimate
	{Name: "reduce-aggregates", Run: reduceAggregates},                   // the order of joins says what meets the groups
	{Name: "join-unions", Run: joinUnions},                               // the order of joins says what meets the union
	{Name: "prune-columns", Run: pruneColumns, Define: pruneDefinition},  // after what may add column uses
	{Name: "joins-to-semi", Run: joinsToSemi, Define: joinsToSemiInside}, // last: a column that nobody reads would count
}

// Trace receives the tree after each pass that changed it.
type Trace func(pass string, n logical.Node)

// Run applies the passes: all but the plain ones, or only those that are plain or required.
func Run(c *Context, n logical.Node, optimize bool, trace Trace) (logical.Node, error) {
	for _, p := range Passes {
		if optimize && p.Plain || !optimize && !p.Required && !p.Plain {
			continue
		}
		var before string
		if trace != nil {
			before = logical.Format(n)
		}
		var err error
		if n, err = p.rewrite(c, n); err != nil {
			return nil, err
		}
		if trace != nil && logical.Format(n) != before {
			trace(p.Name, n)
		}
	}
	return n, nil
}

// rewrite applies the pass to n and then to the definitions it uses, each after
// everything that uses it.
func (p *Pass) rewrite(c *Context, n logical.Node) (logical.Node, error) {
	n, err := p.Run(c, n)
	if err != nil {
		return nil, err
	}
	users := []logical.Node{n}
	defs := logical.Definitions(n)
	for i := len(defs) - 1; i >= 0; i-- {
		d := defs[i]
		if p.Define != nil {
			p.Define(c, d, users)
		}
		if d.Root, err = p.Run(c, d.Root); err != nil {
			return nil, err
		}
		users = append(users, d.Root)
	}
	return n, nil
}

// Verify checks what must hold between passes: every expression reads only
// columns that its node's inputs give, or inside an Apply those of its left side,
// and no column is given twice.
func Verify(n logical.Node) error {
	for _, d := range logical.Definitions(n) {
		if err := verify(d.Root, nil); err != nil {
			return err
		}
	}
	return verify(n, nil)
}

func verify(n logical.Node, outer map[int]bool) error {
	if s, ok := n.(*logical.Shared); ok {
		for _, c := range s.Cols {
			if _, ok := s.Source(c.ID); !ok {
				return fmt.Errorf("%s reads a column that its definition does not give: %s#%d", n.Describe(), c.Name, c.ID)
			}
		}
	}
	in := merged(outer, nil)
	for i, k := range n.Inputs() {
		around := outer
		if j, ok := n.(*logical.Join); ok && j.Apply && i == 1 {
			around = in
		}
		if err := verify(k, around); err != nil {
			return err
		}
		for _, c := range k.Columns() {
			in[c.ID] = true
		}
	}
	if s, ok := n.(*logical.Scan); ok {
		in = merged(outer, logical.IDs(s))
	}
	for _, e := range n.Exprs() {
		if !logical.Within(e, in) {
			return fmt.Errorf("%s reads a column that is not among its inputs: %s", n.Describe(), e)
		}
	}
	seen := map[int]bool{}
	for _, c := range n.Columns() {
		if seen[c.ID] {
			return fmt.Errorf("%s gives column %s#%d twice", n.Describe(), c.Name, c.ID)
		}
		seen[c.ID] = true
	}
	return nil
}

func call(name string, args ...scalar.Expr) scalar.Expr {
	return &scalar.Call{Name: name, Args: args, Typ: types.BooleanType}
}

// columnsOf is the set of columns e reads.
func columnsOf(es ...scalar.Expr) map[int]bool {
	set := map[int]bool{}
	for _, e := range es {
		scalar.Columns(e, set)
	}
	return set
}

// isVolatile reports whether e may not be moved or evaluated more than once.
func (c *Context) isVolatile(e scalar.Expr) bool {
	found := false
	scalar.Walk(e, func(e scalar.Expr) bool {
		if call, ok := e.(*scalar.Call); ok {
			f := c.Functions.Lookup(call.Name)
			found = found || f != nil && f.Volatile
		}
		return !found
	})
	return found
}

// filtered puts conds over n, if there are any.
func filtered(n logical.Node, conds []scalar.Expr) logical.Node {
	if len(conds) == 0 {
		return n
	}
	if f, ok := n.(*logical.Filter); ok {
		return &logical.Filter{Input: f.Input, Conds: append(append([]scalar.Expr{}, f.Conds...), conds...)}
	}
	return &logical.Filter{Input: n, Conds: conds}
}

// passThrough is a Project that gives cols of in and then the extra items.
func passThrough(in logical.Node, cols []logical.Column, items []scalar.Expr, itemCols []logical.Column) *logical.Project {
	p := &logical.Project{Input: in}
	for _, c := range cols {
		p.Items = append(p.Items, c.Ref())
		p.Cols = append(p.Cols, c)
	}
	p.Items = append(p.Items, items...)
	p.Cols = append(p.Cols, itemCols...)
	return p
}
