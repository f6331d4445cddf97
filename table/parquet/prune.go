package parquet

import (
	"slices"

	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/table"
)

// pagesOf is what the page index says of one column of a row group.
type pagesOf struct {
	starts []int64 // first row of each page
	stats  []table.ColumnStats
}

// pruneRanges is the row ranges of row group g that skip leaves. It asks for
// every stretch of rows between two page boundaries of any column with an index.
func (f *File) pruneRanges(g int, cols []Column, skip func(Stats) bool) []rowSpan {
	rows := f.RowGroupRows(g)
	whole := f.RowGroupStats(g, cols)
	indexed := make([]*pagesOf, len(cols))
	cuts := []int64{0, rows}
	for i, c := range cols {
		n := f.find(c)
		if n == nil || n.leaf < 0 || n.err != nil {
			continue
		}
		if indexed[i] = pageStats(f.chunk(g, n.leaf), n, c.Type); indexed[i] != nil {
			cuts = append(cuts, indexed[i].starts...)
		}
	}
	slices.Sort(cuts)
	cuts = slices.Compact(cuts)
	var out []rowSpan
	for k := 1; k < len(cuts) && cuts[k] <= rows; k++ {
		from, to := cuts[k-1], cuts[k]
		st := Stats{Rows: to - from, Columns: slices.Clone(whole.Columns)}
		for i, p := range indexed {
			if p != nil {
				st.Columns[i] = p.at(from, to)
			}
		}
		switch {
		case skip(st):
		case len(out) > 0 && out[len(out)-1].to == from:
			out[len(out)-1].to = to
		default:
			out = append(out, rowSpan{from, to})
		}
	}
	return out
}

// at is the statistics of the page that holds rows [from, to).
func (p *pagesOf) at(from, to int64) table.ColumnStats {
	k, found := slices.BinarySearch(p.starts, from)
	if !found {
		k--
	}
	st := p.stats[k]
	st.Bytes = 0
	if st.Nulls > 0 { // how many of them are in this part is not known
		pageEnd := to
		if k+1 < len(p.starts) {
			pageEnd = p.starts[k+1]
		}
		if p.starts[k] != from || pageEnd != to {
			if st.Min != nil || st.Nulls < pageEnd-p.starts[k] {
				st.Nulls = unknownNulls
			} else {
				st.Nulls = to - from
			}
		}
	}
	return st
}

// pageStats reads the page index of a chunk, nil if it has none to be used.
func pageStats(c chunk, n *node, target types.Type) *pagesOf {
	x, err := c.pageIndex()
	if err != nil || len(x.offsets) == 0 || len(x.columns.NullPages) != len(x.offsets) ||
		len(x.columns.MinValues) != len(x.offsets) || len(x.columns.MaxValues) != len(x.offsets) {
		return nil
	}
	p := &pagesOf{}
	for i := range x.offsets {
		p.starts = append(p.starts, x.offsets[i].FirstRowIndex)
		st := table.ColumnStats{}
		if len(x.columns.NullCounts) == len(x.offsets) {
			st.Nulls = x.columns.NullCounts[i]
		}
		if !x.columns.NullPages[i] {
			st.Min, st.Max = bounds(n.leafType, target, x.columns.MinValues[i], x.columns.MaxValues[i])
			if !n.optional {
				st.Nulls = 0
			}
		}
		p.stats = append(p.stats, st)
	}
	if p.starts[0] != 0 || !slices.IsSorted(p.starts) {
		return nil
	}
	return p
}
