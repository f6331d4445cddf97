package rule

import (
	"github.com/bixidata/bixi/planner/logical"
	"github.com/bixidata/bixi/planner/scalar"
)

// pruneColumns removes the columns that nothing above reads.
func pruneColumns(_ *Context, n logical.Node) (logical.Node, error) {
	return prune(n, logical.IDs(n)), nil
}

// prune gives n with at least the columns in need.
func prune(n logical.Node, need map[int]bool) logical.Node {
	switch n := n.(type) {
	case *logical.Scan:
		out := *n
		out.Cols, out.Ordinals = nil, nil
		used := with(need, n.Conds)
		for i, c := range n.Cols {
			if used[c.ID] {
				out.Cols, out.Ordinals = append(out.Cols, c), append(out.Ordinals, n.Ordinals[i])
			}
		}
		return &out
	case *logical.Project:
		out := &logical.Project{}
		for i, c := range n.Cols {
			if need[c.ID] {
				out.Items, out.Cols = append(out.Items, n.Items[i]), append(out.Cols, c)
			}
		}
		out.Input = prune(n.Input, with(nil, out.Items))
		return out
	case *logical.Aggregate:
		out := &logical.Aggregate{Keys: n.Keys, Always: n.Always, Cols: append([]logical.Column{}, n.Cols[:len(n.Keys)]...)}
		for i, a := range n.Aggs {
			if c := n.Cols[len(n.Keys)+i]; need[c.ID] {
				out.Aggs, out.Cols = append(out.Aggs, a), append(out.Cols, c)
			}
		}
		out.Input = prune(n.Input, with(nil, out.Exprs()))
		return out
	case *logical.Union:
		return pruneUnion(n, need)
	case *logical.Window:
		return pruneWindow(n, need)
	case *logical.Join:
		out := *n
		used := with(need, n.On)
		out.L, out.R = prune(n.L, used), prune(n.R, used)
		return &out
	case *logical.Shared:
		return pruneShared(n, need)
	case *logical.Values:
		return n
	}
	used := with(need, n.Exprs())
	in := n.Inputs()
	out := make([]logical.Node, len(in))
	for i, k := range in {
		out[i] = prune(k, used)
	}
	return n.WithInputs(out)
}

func with(need map[int]bool, es []scalar.Expr) map[int]bool {
	out := columnsOf(es...)
	for id := range need {
		out[id] = true
	}
	return out
}

// pruneUnion keeps the same positions of all inputs; an input that cannot drop a
// column itself is projected.
func pruneUnion(n *logical.Union, need map[int]bool) logical.Node {
	var keep []int
	for i, c := range n.Cols {
		if need[c.ID] {
			keep = append(keep, i)
		}
	}
	out := &logical.Union{}
	for _, i := range keep {
		out.Cols = append(out.Cols, n.Cols[i])
	}
	for _, in := range n.All {
		cols := in.Columns()
		want := map[int]bool{}
		p := &logical.Project{}
		for _, i := range keep {
			want[cols[i].ID] = true
			p.Items, p.Cols = append(p.Items, cols[i].Ref()), append(p.Cols, cols[i])
		}
		p.Input = prune(in, want)
		out.All = append(out.All, p)
	}
	return out
}
