// Package physical is the physical plan: how a statement is carried out, as
// plain data. A node is a struct of exported plain fields embedding Leaf, Unary,
// Binary or Nary; one codec (Encode, Decode) serves them all. Column references
// are positions in the input batch. The operators are in worker/operator, one
// a node; the vocabulary Nodes lists what both sides must know.
package physical

import (
	"fmt"
	"strings"

	"github.com/bixidata/bixi/planner/scalar"
	"github.com/bixidata/bixi/sql/types"
)

// Node is an element of a physical plan.
type Node interface {
	// Inputs lists the nodes below, left first.
	Inputs() []Node
	// SetInputs replaces them.
	SetInputs(in []Node)
	// Schema is the columns of the node's batches.
	Schema() types.Schema
	// Describe is the node without its inputs, on one line.
	Describe() string
	// Estimated is what the planner thought of the node.
	Estimated() *Estimate
}

// Leaf, Unary, Binary and Nary give a node its inputs.
type (
	Leaf  struct{ Estimate }
	Unary struct {
		Estimate
		Input Node
	}
	Binary struct {
		Estimate
		Left, Right Node
	}
	Nary struct {
		Estimate
		All []Node
	}
)

func (*Leaf) Inputs() []Node   { return nil }
func (*Leaf) SetInputs([]Node) {}

func (u *Unary) Inputs() []Node      { return []Node{u.Input} }
func (u *Unary) SetInputs(in []Node) { u.Input = in[0] }

func (b *Binary) Inputs() []Node      { return []Node{b.Left, b.Right} }
func (b *Binary) SetInputs(in []Node) { b.Left, b.Right = in[0], in[1] }

func (n *Nary) Inputs() []Node      { return n.All }
func (n *Nary) SetInputs(in []Node) { n.All = in }

// Nodes is the vocabulary: one zero value of every node. A worker that lacks a
// name of the plan's is refused when it joins.
var Nodes = []Node{
	&Scan{},
	&Values{},
	&Filter{},
	&Project{},
	&HashAggregate{},
	&HashJoin{},
	&LoopJoin{},
	&Sort{},
	&TopN{},
	&Limit{},
	&Union{},
	&SingleRow{},
	&Exchange{},
	&ShuffleWrite{},
	&ShuffleRead{},
	&TableSink{},
	&FileSink{},
	&Map{},
	&Reduce{},
	&Expand{},
	&Repeat{},
	&Generate{},
	&Script{},
	&Window{},
	&LimitBy{},
	&Prefilter{},
	&TopGroups{},
}

// Format draws the plan as an indented tree.
func Format(n Node) string {
	var b strings.Builder
	format(&b, n, 0)
	return b.String()
}

func format(b *strings.Builder, n Node, depth int) {
	fmt.Fprintf(b, "%s%s\n", strings.Repeat("  ", depth), n.Describe())
	for _, in := range n.Inputs() {
		format(b, in, depth+1)
	}
}

// Walk visits n and everything below, parents first.
func Walk(n Node, f func(Node)) {
	f(n)
	for _, in := range n.Inputs() {
		Walk(in, f)
	}
}

func exprs[E fmt.Stringer](es []E) string {
	parts := make([]string, len(es))
	for i, e := range es {
		parts[i] = e.String()
	}
	return strings.Join(parts, ", ")
}

// Field of an expression list with names.
func fields(names []string, es []scalar.Expr) types.Schema {
	out := make(types.Schema, len(es))
	for i, e := range es {
		out[i] = types.Field{Name: names[i], Type: e.Type()}
	}
	return out
}
